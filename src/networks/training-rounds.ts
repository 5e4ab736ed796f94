import type { ScalerSnapshot } from '../domain/lookback.ts'
import type { WeightArray } from '../domain/weights.ts'
import type { Batch, TrainingResult, TrainingRound } from '../learn/trainer.ts'
import { copyOf, descend, optimizerFor, takeOver } from './optimizer.ts'

/** A network as what trains it sees it: one array of parameters, and a loss with its slope. */
export interface Trainable {
  readonly initial: Float32Array
  /** The loss at these parameters; its slope by each of them is written to `slope`. */
  lossAt(
    parameters: Float32Array,
    batch: Batch,
    into: { readonly scaler: ScalerSnapshot; readonly slope: Float32Array },
  ): number
  /** Views of an array of parameters in the shapes of the network's weights, in their order. */
  shaped(parameters: Float32Array): WeightArray[]
}

/** A round's mean loss beyond so many times the usual one: the network has run away. */
const RUN_AWAY = 5
/** Up to so many times the usual loss, the parameters that a round began with are worth going back to. */
const GOOD = 1.5
/** In deviations of the target: below this, losses are not told apart. */
const LEAST_LOSS = 0.1
/** The usual loss is a mean over about so many rounds. */
const USUAL_ROUNDS = 30

/**
 * Begins training from the initial parameters and works rounds off, each from where the last one ended. A round
 * whose loss or parameters are not finite is undone; one that shows that the network has run away takes it back to
 * the last parameters that did well. Either says so by a loss that is no number.
 */
export function roundsOf(
  { initial, lossAt, shaped }: Trainable,
  longestMemory?: number,
): (round: TrainingRound) => TrainingResult {
  const optimizer = optimizerFor(initial.slice(), longestMemory)
  let before = copyOf(optimizer)
  let good = copyOf(optimizer)
  let usual: number | undefined
  const slope = new Float32Array(initial.length)

  return ({ round, requestedAt, scaler, learningRate, batches }) => {
    const began = performance.now()
    takeOver(before, optimizer)
    let total = 0
    for (const batch of batches) {
      total += lossAt(optimizer.parameters, batch, { scaler, slope })
      // Nothing after a loss that is not finite could be: the round is over.
      if (!Number.isFinite(total)) break
      descend(optimizer, slope, learningRate)
    }
    const loss = total / Math.max(1, batches.length)
    const times = loss / Math.max(LEAST_LOSS, usual ?? loss)
    const finite = Number.isFinite(loss) && areFinite(optimizer.parameters)
    const ranAway = finite && times > RUN_AWAY
    if (!finite) takeOver(optimizer, before)
    else if (ranAway) takeOver(optimizer, good)
    else if (times <= GOOD) [good, before] = [before, good]
    // Should the world have changed rather than the network, its losses become usual after a few rounds undone.
    if (finite && batches.length > 0)
      usual = ranAway ? Math.max(LEAST_LOSS, usual ?? 0) * GOOD : averaged(usual, loss)
    const arrays = shaped(optimizer.average).map(({ shape, values }) => ({ shape, values: values.slice() }))
    return {
      weights: { version: round, trainedAt: requestedAt, scaler, arrays },
      loss: finite && !ranAway ? loss : Number.NaN,
      steps: batches.length,
      wallMs: performance.now() - began,
    }
  }
}

function averaged(mean: number | undefined, value: number): number {
  return mean === undefined ? value : mean + (value - mean) / USUAL_ROUNDS
}

/** By index: `every` would take eight times as long. */
function areFinite(values: Float32Array): boolean {
  for (let index = 0; index < values.length; index++) if (!Number.isFinite(values[index])) return false
  return true
}
