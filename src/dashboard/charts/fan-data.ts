import { type Instant, MINUTE, SECOND, type Span } from '../../domain/instant.ts'
import type { Run } from '../forecast-runs.ts'
import { momentOf } from '../moment.ts'
import { longestJoin, type ObservedPoint } from '../observed.ts'
import type { ViewState } from '../view-state.ts'

/** The columns of the big chart after its times, in the order they are drawn in. */
export const FAN_COLUMNS = [
  'low90',
  'high90',
  'low80',
  'high80',
  'low50',
  'high50',
  'pastLow',
  'pastHigh',
  'past',
  'bridged',
  'observed',
  'mean',
] as const
export type FanColumn = (typeof FAN_COLUMNS)[number]

/** `undefined`: nothing at this time, the line goes on; `null`: the line breaks. */
export type Cell = number | null | undefined

export interface FanData {
  /** Seconds since 1970, ascending: what uPlot takes for time. */
  readonly times: readonly number[]
  /** Shape of each: [time]. */
  readonly columns: Readonly<Record<FanColumn, readonly Cell[]>>
}

export interface FanInput {
  readonly observed: readonly ObservedPoint[]
  readonly cadence: Span
  readonly run: Run | undefined
  readonly yesterday: Run | undefined
  readonly now: Instant | undefined
}

/** Of what the page shows. */
export function fanDataOf(state: ViewState): FanData {
  const { at, run, yesterday } = momentOf(state)
  const cadence = (state.station?.cadence_seconds ?? 0) * SECOND
  return fanData({ observed: state.observed, cadence, run, yesterday, now: at })
}

type Row = Partial<Record<FanColumn, number | null>>

/** Lays the observed line, the fan and yesterday's run on one axis of times. */
export function fanData({ observed, cadence, run, yesterday, now }: FanInput): FanData {
  const rows = new Map<Instant, Row>()
  const row = (time: Instant): Row => {
    const known = rows.get(time)
    if (known) return known
    const fresh: Row = {}
    rows.set(time, fresh)
    return fresh
  }
  if (yesterday) placePast(row, yesterday, now)
  placeObserved(row, observed, longestJoin(cadence))
  if (run) placeFan(row, run, { anchor: anchorOf(observed, run), now })
  const times = [...rows.keys()].sort((a, b) => a - b)
  const column = (name: FanColumn) => times.map((time) => rows.get(time)?.[name])
  return {
    times: times.map((time) => time / SECOND),
    columns: {
      low90: column('low90'),
      high90: column('high90'),
      low80: column('low80'),
      high80: column('high80'),
      low50: column('low50'),
      high50: column('high50'),
      pastLow: column('pastLow'),
      pastHigh: column('pastHigh'),
      past: column('past'),
      bridged: column('bridged'),
      observed: column('observed'),
      mean: column('mean'),
    },
  }
}

type RowAt = (time: Instant) => Row

function placeObserved(row: RowAt, observed: readonly ObservedPoint[], join: Span): void {
  let previous: ObservedPoint | undefined
  for (const point of observed) {
    if (previous && point.time - previous.time > join) {
      const hole = row(previous.time + join / 2)
      hole.observed = null
      hole.bridged = null
    }
    const cells = row(point.time)
    cells.observed = point.bridged ? null : point.value
    // The dashed line of held values begins and ends on measurements, so that no hole is left at its ends.
    if (point.bridged) {
      if (previous && !previous.bridged) row(previous.time).bridged = previous.value
      cells.bridged = point.value
    } else {
      cells.bridged = previous?.bridged ? point.value : null
    }
    previous = point
  }
}

/** Between two readings of a station that is worth an hourly forecast. */
const ANCHOR_REACH: Span = 30 * MINUTE

/** The reading that a run was issued on: the fan opens from there. */
function anchorOf(observed: readonly ObservedPoint[], run: Run): number | undefined {
  const at = observed.findLast((point) => point.time <= run.issuedAt && point.value !== null)
  return at && run.issuedAt - at.time <= ANCHOR_REACH ? (at.value ?? undefined) : undefined
}

const EDGES: readonly (readonly [FanColumn, string])[] = [
  ['low90', '0.05'],
  ['high90', '0.95'],
  ['low80', '0.1'],
  ['high80', '0.9'],
  ['low50', '0.25'],
  ['high50', '0.75'],
]

/**
 * The fan opens from the reading that the run was issued on. Where now lies between two of its times it has a row of its
 * own, on the line between them: past and future may be drawn on unlike scales.
 */
function placeFan(
  row: RowAt,
  run: Run,
  { anchor, now }: { readonly anchor: number | undefined; readonly now: Instant | undefined },
): void {
  if (anchor !== undefined) {
    const cells = row(run.issuedAt)
    cells.mean = anchor
    for (const [column] of EDGES) cells[column] = anchor
  }
  run.validAt.forEach((time, index) => {
    const cells = row(time)
    cells.mean = run.mean[index] ?? null
    for (const [column, level] of EDGES) cells[column] = run.quantiles.get(level)?.[index] ?? null
  })
  const times = [...(anchor === undefined ? [] : [run.issuedAt]), ...run.validAt]
  const after = times.findIndex((time) => now !== undefined && time > now)
  const [from, to] = [times[after - 1], times[after]]
  if (now === undefined || from === undefined || to === undefined || from === now) return
  const [first, last, here] = [row(from), row(to), row(now)]
  const share = (now - from) / (to - from)
  for (const column of ['mean', ...EDGES.map(([edge]) => edge)] as const) {
    const [low, high] = [first[column], last[column]]
    if (typeof low === 'number' && typeof high === 'number') here[column] = low + share * (high - low)
  }
}

function placePast(row: RowAt, yesterday: Run, now: Instant | undefined): void {
  yesterday.validAt.forEach((time, index) => {
    if (now !== undefined && time > now) return
    const cells = row(time)
    cells.past = yesterday.mean[index] ?? null
    cells.pastLow = yesterday.quantiles.get('0.05')?.[index] ?? null
    cells.pastHigh = yesterday.quantiles.get('0.95')?.[index] ?? null
  })
}
