import type { Series } from './series.ts'

/**
 * `published`: a window ends one sampling step before the row it starts from, and its target lies 144 rows after that
 * row; so its lead is 25 h, not 24. `exact`: the window's last step is the row itself, the lead 24 h.
 */
export const PROTOCOLS = ['published', 'exact'] as const
export type Protocol = (typeof PROTOCOLS)[number]

/** True time from a window's last step to its target. */
export const LEAD_HOURS: Record<Protocol, number> = { published: 25, exact: 24 }

/** The chapter's lengths, in hours: a lookback of 1440 rows, a step of 6 and a delay of 144 at ten minutes. */
const LOOKBACK_HOURS = 240
const DELAY_HOURS = 24

/** The chapter's borders, in rows at ten minutes of the 420,551 that it has. */
const CHAPTER_ROWS = 420_551
const TRAINING_END = 200_000
const VALIDATION_END = 300_000
const TEN_MINUTE_ROWS_PER_HOUR = 6

/** Rows by which a window and its target lie around the row they are drawn for. */
export interface Frame {
  readonly steps: number
  /** Rows from one step to the next. */
  readonly stride: number
  /** From the drawn row to the window's last step: 0 or negative. */
  readonly newest: number
  /** From the drawn row to the target's. */
  readonly ahead: number
}

/** Rows that windows are drawn for, `from` included, `until` not. */
export interface Span {
  readonly from: number
  readonly until: number
}

export interface Split {
  readonly training: Span
  readonly validation: Span
  readonly test: Span
  /** Rows that the scaler sees, from the first on. */
  readonly scaled: number
  /** Whether the borders are the chapter's own, or in proportion to theirs because the file is shorter. */
  readonly chapters: boolean
}

export function frameOf({ rowsPerHour }: Series, protocol: Protocol): Frame {
  return {
    steps: LOOKBACK_HOURS,
    stride: rowsPerHour,
    newest: protocol === 'published' ? -rowsPerHour : 0,
    ahead: DELAY_HOURS * rowsPerHour,
  }
}

/** Where training ends and validation ends. Targets of the last windows of a part lie a day in the next, as in the chapter. */
export function splitOf({ rows, rowsPerHour }: Series): Split {
  const perChapterRow = rowsPerHour / TEN_MINUTE_ROWS_PER_HOUR
  const chapters = rows >= (CHAPTER_ROWS - 1000) * perChapterRow
  const scale = chapters ? perChapterRow : rows / CHAPTER_ROWS
  const trainingEnd = Math.floor(TRAINING_END * scale)
  const validationEnd = Math.floor(VALIDATION_END * scale)
  const lookback = LOOKBACK_HOURS * rowsPerHour
  const after = DELAY_HOURS * rowsPerHour
  return {
    training: { from: lookback, until: trainingEnd },
    validation: { from: trainingEnd + 1 + lookback, until: validationEnd },
    test: { from: validationEnd + 1 + lookback, until: rows - after },
    scaled: trainingEnd,
    chapters,
  }
}
