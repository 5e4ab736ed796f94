import type { Fold } from '../domain/fold.ts'
import { type Forecast, LEADS, type Settlement, validTime } from '../domain/forecast.ts'
import { formatInstant, type Instant, MINUTE, type Span } from '../domain/instant.ts'
import type { Reading } from '../domain/reading.ts'
import { type Station, targetIndex } from '../domain/station.ts'

export type LedgerInput =
  | { readonly kind: 'issued'; readonly forecast: Forecast }
  | { readonly kind: 'reading'; readonly reading: Reading }

/** Every forecast at every lead is in exactly one of three counts: settled, expired, or still open. */
export interface LedgerState {
  /** In order of issue; only those whose last lead is still open. */
  readonly forecasts: Forecast[]
  /** How many forecasts have left the front of `forecasts`. */
  left: number
  /** Of each lead the first forecast, counted from the first ever, at which it is open. Shape [lead 24]. */
  readonly firstOpen: number[]
  settled: number
  /** Leads whose valid time went by without a measurement. */
  expired: number
}

/** How far a measurement may lie from a valid time and still be its truth. */
export function settleTolerance(station: Station): Span {
  return Math.min(station.cadence / 2, 5 * MINUTE)
}

/** Forecast-leads still waiting for their truth. */
export function openLeads({ forecasts, left, firstOpen }: LedgerState): number {
  return firstOpen.reduce((sum, first) => sum + left + forecasts.length - first, 0)
}

const NOTHING: readonly Settlement[] = []

/**
 * Knows the forecasts whose truth is still to come, and settles each at each lead at most once: by the first real
 * measurement of the target within `settleTolerance` of its valid time. A bridged reading moves time on and settles
 * nothing. Forecasts come in order of issue, so that at each lead the one due next is at hand: a reading costs what
 * is due and not what is open.
 */
export function ledger(station: Station): Fold<LedgerState, LedgerInput, readonly Settlement[]> {
  const target = targetIndex(station)
  const tolerance = settleTolerance(station)

  return {
    initial: () => ({
      forecasts: [],
      left: 0,
      firstOpen: Array.from({ length: LEADS }, () => 0),
      settled: 0,
      expired: 0,
    }),
    step(state, input) {
      if (input.kind === 'issued') {
        open(state, input.forecast)
        return { state, output: NOTHING }
      }
      const { eventTime, values, bridged } = input.reading
      expireBefore(state, eventTime - tolerance)
      const truth = bridged ? Number.NaN : values[target]!
      const output = Number.isNaN(truth) ? NOTHING : settleUntil(state, eventTime + tolerance, truth)
      dropClosed(state)
      return { state, output }
    },
  }
}

function open({ forecasts }: LedgerState, forecast: Forecast): void {
  const newest = forecasts.at(-1)
  if (newest && forecast.issuedAt < newest.issuedAt) {
    const [is, after] = [formatInstant(forecast.issuedAt), formatInstant(newest.issuedAt)]
    throw new Error(`ledger: a forecast issued at ${is} came after one issued at ${after}`)
  }
  forecasts.push(forecast)
}

function expireBefore(state: LedgerState, time: Instant): void {
  for (let lead = 0; lead < LEADS; lead++) {
    for (
      let due = nextOf(state, lead);
      due && validTime(due.issuedAt, lead) < time;
      due = nextOf(state, lead)
    ) {
      state.firstOpen[lead]!++
      state.expired++
    }
  }
}

function settleUntil(state: LedgerState, time: Instant, truth: number): readonly Settlement[] {
  const settlements: Settlement[] = []
  for (let lead = 0; lead < LEADS; lead++) {
    for (
      let due = nextOf(state, lead);
      due && validTime(due.issuedAt, lead) <= time;
      due = nextOf(state, lead)
    ) {
      settlements.push(settlementOf(due, lead, truth))
      state.firstOpen[lead]!++
      state.settled++
    }
  }
  return settlements
}

/** The forecast that is due next at a lead. */
function nextOf({ forecasts, left, firstOpen }: LedgerState, lead: number): Forecast | undefined {
  return forecasts[firstOpen[lead]! - left]
}

function settlementOf(forecast: Forecast, leadIndex: number, truth: number): Settlement {
  return {
    issuedAt: forecast.issuedAt,
    validAt: validTime(forecast.issuedAt, leadIndex),
    leadIndex,
    truth,
    models: forecast.models,
    quantiles: forecast.quantiles[leadIndex]!,
  }
}

/** The longest lead closes last: what it has passed is done with. */
function dropClosed(state: LedgerState): void {
  while (state.left < state.firstOpen[LEADS - 1]!) {
    state.forecasts.shift()
    state.left++
  }
}
