import { seededRandom } from '../domain/random.ts'
import type { Checkpoint } from './checkpoint.ts'
import type { ExperimentModel } from './model/experiment-model.ts'
import type { EpochRecord, Result } from './result.ts'
import { type RmspropState, rmspropStep } from './rmsprop.ts'
import { figuresOver, type Task } from './task.ts'

export interface TrainingOptions {
  readonly model: ExperimentModel
  readonly task: Task
  /** As it is before its first epoch, or as it stood when it was left. */
  readonly from: Checkpoint
  readonly watch: Watch
}

/** What training tells and asks on its way. */
export interface Watch {
  step(step: number, loss: number): void
  /** After each epoch; awaited. */
  epoch(record: EpochRecord, checkpoint: Checkpoint): Promise<void>
  /** Asked after each step; lets others have their turn. True ends training where it is. */
  leave(): Promise<boolean>
  /** Seconds of some clock. */
  now(): number
}

/**
 * Trains until the last epoch, or until the validation loss has not improved for as many as patience lasts. Each epoch
 * draws from a seed of its own, so one that was interrupted goes on after its last whole epoch as it would have.
 * Undefined where it was left.
 */
export async function train({ model, task, from, watch }: TrainingOptions): Promise<Checkpoint | undefined> {
  let checkpoint = from
  while (checkpoint.result.state === 'running') {
    const next = await nextEpoch(checkpoint, { model, task, watch })
    if (!next) return undefined
    checkpoint = next
  }
  return checkpoint
}

/** Before the first epoch. */
export function begun({ initial }: ExperimentModel, result: Result): Checkpoint {
  return {
    result,
    parameters: initial.slice(),
    squares: new Float32Array(initial.length),
    best: initial.slice(),
  }
}

async function nextEpoch(
  { result, parameters, squares, best }: Checkpoint,
  { model, task, watch }: Omit<TrainingOptions, 'from'>,
): Promise<Checkpoint | undefined> {
  const { settings, epochs } = result
  const epoch = epochs.length + 1
  const state: RmspropState = { parameters: parameters.slice(), squares: squares.slice() }
  const random = seededRandom(Math.imul(settings.seed, 0x9e3779b1) ^ Math.imul(epoch, 0x85ebca6b))
  const gradient = new Float32Array(parameters.length)
  const began = watch.now()
  let total = 0
  let step = 0
  const lost = (): Checkpoint => ({
    result: { ...result, state: 'diverged', diverged: { epoch, step: step + 1 } },
    parameters,
    squares,
    best,
  })
  for (const batch of task.training(random, settings.steps)) {
    total += model.lossAndGradient(state.parameters, batch, { gradient, random })
    if (!Number.isFinite(total) || !gradient.every(Number.isFinite)) return lost()
    rmspropStep(state, gradient, settings.learningRate)
    step += 1
    watch.step(step, total / step)
    if (await watch.leave()) return undefined
  }
  const trained = watch.now()
  const validation = figuresOver(task.loss, {
    batches: task.whole('validation'),
    predict: model.at(state.parameters),
  })
  if (!Number.isFinite(validation.loss)) return lost()
  const record: EpochRecord = {
    epoch,
    training: { loss: total / step },
    validation,
    seconds: trained - began,
    validationSeconds: watch.now() - trained,
  }
  const improved = result.best === null || validation.loss < result.best.validation.loss
  const reached = improved ? { epoch, validation, test: null } : result.best
  const over = epoch >= settings.epochs || epoch - (reached?.epoch ?? 0) >= settings.patience
  const next: Checkpoint = {
    result: { ...result, epochs: [...epochs, record], best: reached, state: over ? 'finished' : 'running' },
    ...state,
    best: improved ? state.parameters.slice() : best,
  }
  await watch.epoch(record, next)
  return next
}
