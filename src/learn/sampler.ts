import type { Fold } from '../domain/fold.ts'
import { LEADS, validTime } from '../domain/forecast.ts'
import { HOUR, type Instant, MINUTE, type Span } from '../domain/instant.ts'
import type { Lookback, Sample } from '../domain/lookback.ts'
import type { Reading } from '../domain/reading.ts'

export interface SamplerOptions {
  /** The station's cadence: a reading is the truth of a valid time at most half of it, and at most 5 min, away. */
  readonly cadence: Span
  /** The target's place among the channels. */
  readonly target: number
  /** Issues nearer to the last sampled one than this are left out: neighbours teach little and hold memory. Default 1 h. */
  readonly spacing?: Span
}

export type SamplerInput =
  /** A forecast is being issued. `base` is the newest real measurement of the target. */
  | { readonly kind: 'issue'; readonly lookback: Lookback; readonly base: number }
  | { readonly kind: 'reading'; readonly reading: Reading }

/** A sample whose labels are still to come. */
export interface PendingSample extends Sample {
  /** How far each truth lies from its valid time; Infinity where none came yet. Shape [lead 24]. */
  readonly distance: Float64Array
}

export interface SamplerState {
  /** In order of issue; never more than 24 h / spacing + 2. */
  readonly pending: readonly PendingSample[]
  readonly sampledAt: Instant | undefined
}

const LONGEST_TOLERANCE = 5 * MINUTE

/**
 * Joins lookbacks with what came: copies each at its issue time, waits until all 24 valid times are past, and gives
 * it out with its labels. Only real measurements are labels; one that never came stays NaN, and a sample without
 * any is dropped. It knows nothing of the window, so a gap that restarts that costs no sample whose truth still comes.
 */
export function sampler({
  cadence,
  target,
  spacing = HOUR,
}: SamplerOptions): Fold<SamplerState, SamplerInput, readonly Sample[]> {
  const tolerance = Math.min(cadence / 2, LONGEST_TOLERANCE)
  return {
    initial: () => ({ pending: [], sampledAt: undefined }),
    step(state, input) {
      switch (input.kind) {
        case 'issue':
          return { state: issued(state, input, spacing), output: [] }
        case 'reading':
          return matured(state, input.reading, { target, tolerance })
      }
    },
  }
}

function issued(
  state: SamplerState,
  { lookback, base }: { readonly lookback: Lookback; readonly base: number },
  spacing: Span,
): SamplerState {
  const { issuedAt } = lookback
  if (Number.isNaN(base)) return state
  if (state.sampledAt !== undefined && issuedAt - state.sampledAt < spacing) return state
  const inputs = new Float32Array(lookback.steps * lookback.channels)
  lookback.copyTo(inputs)
  const labels = {
    truth: new Float32Array(LEADS).fill(Number.NaN),
    distance: new Float64Array(LEADS).fill(Infinity),
  }
  return { pending: [...state.pending, { issuedAt, inputs, base, ...labels }], sampledAt: issuedAt }
}

function matured(
  state: SamplerState,
  reading: Reading,
  { target, tolerance }: { readonly target: number; readonly tolerance: Span },
): { state: SamplerState; output: readonly Sample[] } {
  const value = reading.bridged ? Number.NaN : reading.values[target]!
  if (!Number.isNaN(value)) {
    for (const sample of state.pending) label(sample, { eventTime: reading.eventTime, value, tolerance })
  }
  const first = state.pending.findIndex((sample) => !isPast(sample, reading.eventTime, tolerance))
  if (first === 0 || state.pending.length === 0) return { state, output: NONE }
  const complete = first === -1 ? state.pending : state.pending.slice(0, first)
  return {
    state: { ...state, pending: first === -1 ? [] : state.pending.slice(first) },
    output: complete.filter(hasLabels).map(({ distance: _, ...sample }) => sample),
  }
}

const NONE: readonly Sample[] = []

/** Keeps the measurement nearest to the valid time, the earlier one of two as near. */
function label(
  { issuedAt, truth, distance }: PendingSample,
  { eventTime, value, tolerance }: { eventTime: Instant; value: number; tolerance: Span },
): void {
  const leadIndex = Math.round((eventTime - issuedAt) / HOUR) - 1
  if (leadIndex < 0 || leadIndex >= LEADS) return
  const away = Math.abs(eventTime - validTime(issuedAt, leadIndex))
  if (away > tolerance || away >= distance[leadIndex]!) return
  truth[leadIndex] = value
  distance[leadIndex] = away
}

/** True once no later reading can change a label. */
function isPast({ issuedAt, distance }: PendingSample, now: Instant, tolerance: Span): boolean {
  return distance[LEADS - 1] === 0 || now >= validTime(issuedAt, LEADS - 1) + tolerance
}

function hasLabels({ truth }: Sample): boolean {
  return truth.some((value) => !Number.isNaN(value))
}
