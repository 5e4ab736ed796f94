import { TickcastError } from '../domain/errors.ts'
import { HOUR, type Span } from '../domain/instant.ts'
import type { Station } from '../domain/station.ts'
import type { NetworkSpec } from '../domain/weights.ts'
import { levelsOf } from '../forecast/features/levels.ts'
import type { EngineChoice } from '../networks/engine-choice.ts'
import type { RecurrentExpert } from '../networks/recurrent-experts.ts'

/** The flags that shape the network and its training, as the command line parses them. */
export interface NetworkFlags {
  readonly network: boolean
  readonly engine: EngineChoice
  readonly threads?: number
  /** Any of these three: one network of that shape in the place of all others. */
  readonly cell?: 'gru' | 'lstm'
  readonly units?: readonly number[]
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

/** The network that the flags describe; undefined where they describe none. */
export function shapedNetwork({ cell, units, bidirectional }: NetworkFlags): RecurrentExpert | undefined {
  if (cell === undefined && units === undefined && bidirectional === undefined) return undefined
  return {
    name: 'network',
    cell: cell ?? 'gru',
    units: units ?? [32],
    bidirectional: bidirectional ?? false,
    seed: 0,
  }
}

export function networkSpec(
  station: Station,
  { cell, units, bidirectional }: RecurrentExpert,
  flags: NetworkFlags,
): NetworkSpec {
  const { lookback, stride } = windowRows(station, flags)
  return {
    cell,
    units,
    bidirectional,
    steps: lookback / stride,
    stepSpan: stride * station.cadence,
    channels: levelsOf(station).count,
    target: 0,
  }
}
