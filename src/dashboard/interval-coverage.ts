import type { ScoreMessage, ScoreWindow } from '../protocol/scores.ts'
import type { StatusMessage } from '../protocol/status.ts'
import { decimal, UNKNOWN } from './format.ts'
import { scoredOver } from './model-table.ts'
import { publishedModel } from './moment.ts'
import type { ViewState } from './view-state.ts'

/** The published intervals as a reader knows them. */
export const NOMINAL = [0.5, 0.8, 0.9] as const

/** Share of truths that one interval contained, beside its nominal share. */
export interface HeldInterval {
  readonly nominal: number
  /** 0..1; undefined where nothing was settled. */
  readonly held: number | undefined
  /** Mean width in the unit of errors. */
  readonly width: number | undefined
}

export function heldIntervals(
  { coverage, width }: ScoreMessage,
  { lead, window }: { readonly lead: number; readonly window: ScoreWindow },
): HeldInterval[] {
  return NOMINAL.map((nominal) => ({
    nominal,
    held: coverage?.[String(nominal)]?.[window]?.[lead - 1] ?? undefined,
    width: width?.[String(nominal)]?.[window]?.[lead - 1] ?? undefined,
  }))
}

/** Of fewer forecasts that have come true it is not known how sure an interval is: its name is a hope. */
const TRIED_AT_LEAST = 100

/** Whether it has been seen what the published intervals a day ahead hold. */
export function areTried(state: Pick<ViewState, 'score' | 'observed' | 'runs'>): boolean {
  const model = publishedModel(state)
  return scoredOver(state.score, { model, lead: 24, window: 'all' }) >= TRIED_AT_LEAST
}

/** Whether the intervals are calibrated, as text; `kind` gives the colour. */
export interface CalibrationText {
  readonly kind: 'unknown' | 'early' | 'held' | 'off'
  readonly text: string
}

export function calibrationText(calibration: StatusMessage['calibration']): CalibrationText {
  if (!calibration) return { kind: 'unknown', text: '' }
  const { state, worst, off } = calibration
  switch (state) {
    case 'early':
      return {
        kind: state,
        text: 'Calibration: too early to say before 30 days, and 100 forecasts in the last 30.',
      }
    case 'held':
      return {
        kind: state,
        text: 'Calibrated: over 30 days every interval held within 8 points of its name.',
      }
    case 'off': {
      const others = off > 1 ? `, ${off - 1} more at this or other leads` : ''
      const held = worst
        ? `the ${percent(worst.nominal, 0)} interval at +${worst.lead_hours} h held ${percent(worst.coverage, 1)} over 30 days${others}`
        : `${off} intervals are more than 8 points from their names`
      return { kind: state, text: `Not calibrated: ${held}.` }
    }
  }
}

export function percent(share: number | undefined, digits: number): string {
  if (share === undefined) return UNKNOWN
  // A figure more than any other share has.
  const text = decimal(100 * share, digits)
  return `${Number(text) === 100 ? 100 : text} %`
}
