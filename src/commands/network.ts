import { TickcastError } from '../domain/errors.ts'
import { HOUR, type Span } from '../domain/instant.ts'
import { type Station, targetIndex } from '../domain/station.ts'
import type { NetworkSpec } from '../domain/weights.ts'
import type { EngineChoice } from '../recurrent/engine.ts'

/** The flags that shape the network and its training, as the command line parses them. */
export interface NetworkFlags {
  readonly network: boolean
  readonly engine: EngineChoice
  readonly threads?: number
  readonly cell: 'gru' | 'lstm'
  readonly units: readonly number[]
  readonly bidirectional?: true
  /** In rows. */
  readonly lookback?: number
  readonly stride?: number
  readonly trainEvery: Span
  readonly roundSteps: number
  readonly batch: number
}

const DEFAULT_STEPS = 24
const DEFAULT_STRIDE: Span = 3 * HOUR

/** The window of a station in rows: by default 72 h in steps of 3 h. */
export function windowRows(station: Station, flags: NetworkFlags): { lookback: number; stride: number } {
  const stride = flags.stride ?? Math.max(1, Math.round(DEFAULT_STRIDE / station.cadence))
  const lookback = flags.lookback ?? DEFAULT_STEPS * stride
  if (lookback % stride !== 0) {
    throw new TickcastError(
      'usage',
      `--lookback ${lookback} and --stride ${stride}: the lookback is to be a multiple of the stride`,
    )
  }
  return { lookback, stride }
}

export function networkSpec(station: Station, flags: NetworkFlags): NetworkSpec {
  const { lookback, stride } = windowRows(station, flags)
  return {
    cell: flags.cell,
    units: flags.units,
    bidirectional: flags.bidirectional ?? false,
    steps: lookback / stride,
    stepSpan: stride * station.cadence,
    channels: station.channels.length,
    target: targetIndex(station),
  }
}
