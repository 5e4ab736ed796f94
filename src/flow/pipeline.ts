import { type OperatorFunction, pipe } from 'rxjs'
import type { Span } from '../domain/instant.ts'
import type { Station } from '../domain/station.ts'
import { targetIndex } from '../domain/station.ts'
import { bridged } from './bridged.ts'
import { type IssueParts, issued } from './issued.ts'
import type { Learning } from './learning.ts'
import type { Moment, Turn } from './moment.ts'
import { ordered } from './ordered.ts'
import { settled } from './settled.ts'
import { heldForWeights, trained } from './trained.ts'
import { validated } from './validated.ts'
import { type WindowParts, windowed } from './windowed.ts'

export interface PipelineParts extends Omit<IssueParts, 'target'> {
  readonly station: Station
  /** How long a reading waits for older ones, in event time. */
  readonly lateness: Span
  /** Longer gaps restart the window. */
  readonly maxBridge: Span
  /** Undefined where no model needs a lookback. */
  readonly window: WindowParts | undefined
  /** Who learns beside the stream, other than `training`. Default: nobody. */
  readonly learning?: readonly Learning[]
}

/**
 * From a station's ticks to its verified forecasts. The order within one tick is what the product's honesty rests
 * on: what was said before is scored before anything is learnt, and a forecast knows its own reading and nothing
 * later.
 */
export function pipeline(parts: PipelineParts): OperatorFunction<Turn, Moment> {
  const { station, lateness, maxBridge, window, training, verification, learning = [] } = parts
  const { cadence } = station
  return pipe(
    validated(station),
    ordered({ cadence, lateness }),
    bridged({ cadence, maxBridge }),
    heldForWeights(training ? [training, ...learning] : learning),
    settled(verification),
    trained(training, learning),
    windowed(window),
    issued({ ...parts, target: targetIndex(station) }),
  )
}
