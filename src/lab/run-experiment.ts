import { startBackend } from '../tensorflow/start-backend.ts'
import { BATCH, type Experiment, LEARNING_RATE, PATIENCE } from './experiment.ts'
import { openModel } from './model/experiment-model.ts'
import { isRecurrent, type ModelSpec } from './model/model-spec.ts'
import { persistence } from './persistence-baseline.ts'
import type { Protocol } from './protocol.ts'
import { type Result, resultKey, type Settings, sameSettings } from './result.ts'
import type { ResultFolder } from './result-folder.ts'
import { figuresOver, type Task } from './task.ts'
import { begun, train, type Watch } from './train.ts'

export interface RunOptions {
  readonly experiment: Experiment
  readonly task: Task
  /** What the task's data is called, and its target's place where persistence is asked of it. */
  readonly data: { readonly name: string; readonly target: number }
  /** Of Jena alone. */
  readonly protocol?: Protocol
  readonly seed: number
  /** In place of the experiment's own. */
  readonly epochs?: number
  readonly steps?: number
  readonly folder: ResultFolder
  readonly watch: Watch
  /** Told before the first step. */
  readonly onStart: (start: { readonly result: Result; readonly resumed: boolean }) => void
}

/** Runs an experiment to its end, from where it was left. What is done in this very way is not done again. */
export async function runExperiment(
  options: RunOptions,
): Promise<{ result: Result; kept: boolean } | undefined> {
  const { experiment, task, folder, data } = options
  const settings = settingsOf(options)
  const key = resultKey({ experiment: experiment.name, settings })
  const earlier = await folder.result(key)
  if (earlier && isThrough(earlier) && sameSettings(earlier.settings, settings)) {
    return { result: earlier, kept: true }
  }
  const spec: ModelSpec = {
    input: task.input,
    loss: task.loss,
    layers: [...(experiment.layers ?? []), { kind: 'dense', units: 1 }],
  }
  const fresh = {
    format: 1,
    experiment: experiment.name,
    task: experiment.task,
    settings,
    epochs: [],
    best: null,
  } as const
  const unit = task.unitOfLoss && { unitOfLoss: task.unitOfLoss }
  if (!experiment.layers) {
    const predict = persistence({ ...seriesOf(task), target: data.target })
    const figures = (part: 'validation' | 'test') =>
      figuresOver(task.loss, { batches: task.whole(part), predict })
    const best = { epoch: 0, validation: figures('validation'), test: figures('test') }
    const result: Result = {
      ...fresh,
      ...unit,
      epochs: [],
      engine: 'none',
      parameters: 0,
      state: 'finished',
      best,
    }
    await folder.save(result)
    return { result, kept: false }
  }

  // Only recurrent layers are fused; beside them what is left is quickest on wasm.
  const engine = await startBackend(experiment.layers.some(isRecurrent) ? 'auto' : 'wasm')
  const model = openModel(spec, settings.seed)
  try {
    const checkpoint = await folder.checkpoint(key)
    const resumed = checkpoint !== undefined && sameSettings(checkpoint.result.settings, settings)
    const from = resumed
      ? checkpoint
      : begun(model, {
          ...fresh,
          ...unit,
          epochs: [],
          engine: engine.report,
          parameters: model.initial.length,
          state: 'running',
        })
    options.onStart({ result: from.result, resumed })
    const watch: Watch = {
      ...options.watch,
      async epoch(record, checkpoint) {
        await folder.save(checkpoint.result, checkpoint)
        await options.watch.epoch(record, checkpoint)
      },
    }
    const end = await train({ model, task, from, watch })
    if (!end) return undefined
    const { best } = end.result
    const test = best && figuresOver(task.loss, { batches: task.whole('test'), predict: model.at(end.best) })
    const result: Result = { ...end.result, best: best && { ...best, test } }
    await folder.save(result)
    return { result, kept: false }
  } finally {
    model.dispose()
  }
}

/** Left between its last epoch and its test, it is not. */
function isThrough({ state, best }: Result): boolean {
  return state !== 'running' && best?.test !== null
}

function settingsOf({ experiment, task, data, protocol, seed, epochs, steps }: RunOptions): Settings {
  return {
    ...(protocol && { protocol }),
    seed,
    epochs: experiment.layers ? (epochs ?? experiment.epochs) : 0,
    steps: experiment.layers ? (steps ?? task.stepsPerEpoch) : 0,
    batch: BATCH,
    learningRate: experiment.learningRate ?? LEARNING_RATE,
    patience: PATIENCE,
    layers: (experiment.layers ?? []).map((layer) => ({ ...layer })),
    data: { name: data.name, samples: task.sizes },
  }
}

function seriesOf({ input }: Task): { readonly steps: number; readonly width: number } {
  if (input.kind !== 'series') throw new Error('persistence is a forecast of a series')
  return input
}
