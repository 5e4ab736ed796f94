import type { ScalerSnapshot } from '../domain/lookback.ts'
import type { WeightArray } from '../domain/weights.ts'
import type { Batch, TrainingResult, TrainingRound } from '../learn/trainer.ts'
import { cloneState, loadState, optimizerFor, optimizerStep } from './optimizer.ts'

/** A network as what trains it sees it: one array of parameters, and a loss with its gradient. */
export interface Trainable {
  readonly initial: Float32Array
  /** The loss at these parameters; its gradient with respect to each of them is written to `gradient`. */
  lossAndGradient(
    parameters: Float32Array,
    batch: Batch,
    into: { readonly scaler: ScalerSnapshot; readonly gradient: Float32Array },
  ): number
  /** Views of an array of parameters in the shapes of the network's weights, in their order. */
  shaped(parameters: Float32Array): WeightArray[]
}

/** A round's mean loss beyond so many times the running mean: training has diverged. */
const DIVERGED = 5
/** Up to so many times the running mean, the parameters that a round began with are a good checkpoint. */
const ACCEPTABLE = 1.5
/** In deviations of the target: below this, losses are not told apart. */
const LEAST_LOSS = 0.1
/** The running mean of losses is over about so many rounds. */
const RUNNING_MEAN_ROUNDS = 30

/**
 * Begins training from the initial parameters and works rounds off, each from where the last one ended. A round
 * whose loss or parameters are not finite is rolled back; one that shows that training has diverged goes back to the last
 * good parameters. Either is told by a loss that is no number.
 */
export function roundsOf(
  { initial, lossAndGradient, shaped }: Trainable,
  emaDecay?: number,
): (round: TrainingRound) => TrainingResult {
  const optimizer = optimizerFor(initial.slice(), emaDecay)
  let before = cloneState(optimizer)
  let lastGood = cloneState(optimizer)
  let runningMean: number | undefined
  const gradient = new Float32Array(initial.length)

  return ({ round, requestedAt, scaler, learningRate, batches }) => {
    const began = performance.now()
    loadState(before, optimizer)
    let total = 0
    for (const batch of batches) {
      total += lossAndGradient(optimizer.parameters, batch, { scaler, gradient })
      // Nothing after a loss that is not finite could be: the round is over.
      if (!Number.isFinite(total)) break
      optimizerStep(optimizer, gradient, learningRate)
    }
    const loss = total / Math.max(1, batches.length)
    const times = loss / Math.max(LEAST_LOSS, runningMean ?? loss)
    const finite = Number.isFinite(loss) && areFinite(optimizer.parameters)
    const diverged = finite && times > DIVERGED
    if (!finite) loadState(optimizer, before)
    else if (diverged) loadState(optimizer, lastGood)
    else if (times <= ACCEPTABLE) [lastGood, before] = [before, lastGood]
    // Should the world have changed rather than the network, its losses become the mean after a few rounds rolled back.
    if (finite && batches.length > 0)
      runningMean = diverged
        ? Math.max(LEAST_LOSS, runningMean ?? 0) * ACCEPTABLE
        : averaged(runningMean, loss)
    const arrays = shaped(optimizer.average).map(({ shape, values }) => ({ shape, values: values.slice() }))
    return {
      weights: { version: round, trainedAt: requestedAt, scaler, arrays },
      loss: finite && !diverged ? loss : Number.NaN,
      steps: batches.length,
      wallMs: performance.now() - began,
    }
  }
}

function averaged(mean: number | undefined, value: number): number {
  return mean === undefined ? value : mean + (value - mean) / RUNNING_MEAN_ROUNDS
}

/** By index: `every` would take eight times as long. */
function areFinite(values: Float32Array): boolean {
  for (let index = 0; index < values.length; index++) if (!Number.isFinite(values[index])) return false
  return true
}
