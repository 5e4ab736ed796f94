import type { ScalerSnapshot } from '../domain/lookback.ts'
import type { WeightArray } from '../domain/weights.ts'
import type {
  Batch,
  OptimizerState,
  TrainedRound as Trained,
  TrainerState,
  TrainingRound,
} from '../learn/trainer.ts'
import { copyState, emptyOptimizerState, optimizerStep } from './optimizer.ts'

/** A network as what trains it sees it: a loss and its gradient as a function of one array of parameters. */
export interface Trainable {
  /** Of the average that forecasts are made with. */
  readonly emaDecay: number
  /** The loss at these parameters; its gradient with respect to each of them is written to `gradient`. */
  lossAndGradient(parameters: Float32Array, batch: Batch, context: GradientContext): number
  /** Views of an array of parameters in the shapes of the network's weights, in their order. */
  shaped(parameters: Float32Array): WeightArray[]
}

export interface GradientContext {
  readonly scaler: ScalerSnapshot
  readonly gradient: Float32Array
  /** Where the generator of dropout and noise stands; it moves on with what is drawn. */
  readonly noise: { state: number }
}

export interface TrainedRound extends Trained {
  /** Memory that neither the new state nor the weights use, but the former state may: the round after this may have it. */
  readonly spare: OptimizerState | undefined
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
 * Works a round off from where training stands: a function of state and round, in whatever thread; neither is written
 * to. A round whose loss or parameters are not finite is rolled back; one that shows that training has diverged goes
 * back to the last good parameters. Either is told by a loss that is no number. `spare` is memory to step in, whatever
 * it holds.
 */
export function trainRound(
  network: Trainable,
  state: TrainerState,
  { round, spare }: { readonly round: TrainingRound; readonly spare?: OptimizerState | undefined },
): TrainedRound {
  const { scaler, learningRate, batches } = round
  const { emaDecay } = network
  const before = state.optimizer
  const stepped = spare ?? emptyOptimizerState(before.parameters.length)
  copyState(before, stepped)
  const gradient = new Float32Array(before.parameters.length)
  const noise = { state: state.noise }
  let total = 0
  for (const batch of batches) {
    total += network.lossAndGradient(stepped.parameters, batch, { scaler, gradient, noise })
    // Nothing after a loss that is not finite could be: the round is over.
    if (!Number.isFinite(total)) break
    optimizerStep(stepped, gradient, { learningRate, emaDecay })
  }
  const loss = total / Math.max(1, batches.length)
  const finite = Number.isFinite(loss) && areFinite(stepped.parameters)
  const times = loss / Math.max(LEAST_LOSS, state.runningMean ?? loss)
  const diverged = finite && times > DIVERGED
  const runningMean =
    finite && batches.length > 0 ? meanAfter(state.runningMean, { loss, diverged }) : state.runningMean
  const optimizer = !finite ? before : diverged ? state.lastGood : stepped
  const lastGood = finite && times <= ACCEPTABLE ? before : state.lastGood
  const next = { optimizer, lastGood, runningMean, noise: noise.state }
  const arrays = network
    .shaped(optimizer.average)
    .map(({ shape, values }) => ({ shape, values: values.slice() }))
  return {
    state: next,
    spare: [stepped, before, state.lastGood].find((one) => one !== optimizer && one !== lastGood),
    result: {
      weights: { version: round.round, trainedAt: round.requestedAt, scaler, arrays },
      loss: finite && !diverged ? loss : Number.NaN,
      steps: batches.length,
    },
  }
}

/** Should the world have changed rather than the network, its losses become the mean after a few rounds rolled back. */
function meanAfter(
  mean: number | null,
  { loss, diverged }: { readonly loss: number; readonly diverged: boolean },
): number {
  if (diverged) return Math.max(LEAST_LOSS, mean ?? 0) * ACCEPTABLE
  return mean === null ? loss : mean + (loss - mean) / RUNNING_MEAN_ROUNDS
}

/** By index: `every` would take eight times as long. */
function areFinite(values: Float32Array): boolean {
  for (let index = 0; index < values.length; index++) if (!Number.isFinite(values[index])) return false
  return true
}
