import { beforeAll, describe, expect, it } from 'vitest'
import type { Experiment } from '../../src/lab/experiment.ts'
import { jenaTask } from '../../src/lab/jena-task.ts'
import { type Result, resultKey } from '../../src/lab/result.ts'
import { openResults, type ResultFolder } from '../../src/lab/result-folder.ts'
import { type RmspropState, rmspropStep } from '../../src/lab/rmsprop.ts'
import { runExperiment } from '../../src/lab/run-experiment.ts'
import { figuresOver } from '../../src/lab/task.ts'
import { startBackend } from '../../src/tensorflow/start-backend.ts'
import { temporaryFolder } from '../support/files.ts'
import { madeUpSeries } from './series.ts'

const files = temporaryFolder()
const task = jenaTask(madeUpSeries({ rows: 1900 }), { protocol: 'exact', reversed: false })
const experiment: Experiment = {
  name: 'small',
  title: 'A small one with dropout',
  task: 'jena',
  layers: [{ kind: 'gru', units: 8, dropout: 0.2, recurrentDropout: 0.2, maskPerGate: true }],
  epochs: 3,
  group: 'chapter',
}

interface Run {
  readonly folder: ResultFolder
  readonly experiment?: Experiment
  readonly epochs?: number
  /** Leaves after so many steps. */
  readonly leaveAfter?: number
}

async function run({ folder, experiment: given = experiment, epochs, leaveAfter = Infinity }: Run) {
  let steps = 0
  let resumed = false
  const outcome = await runExperiment({
    experiment: given,
    task,
    data: { name: 'made up', target: 1 },
    protocol: 'exact',
    seed: 1,
    ...(epochs !== undefined && { epochs }),
    steps: 2,
    folder,
    onStart: (start) => {
      resumed = start.resumed
    },
    watch: {
      step: () => {
        steps += 1
      },
      epoch: async () => {},
      leave: async () => steps >= leaveAfter,
      now: () => 0,
    },
  })
  return { outcome, steps, resumed }
}

describe('lab runner', () => {
  beforeAll(() => startBackend('auto'))

  it('lab runner - an interrupted experiment that goes on ends as one that never stopped, to the bit', async () => {
    const whole = await run({ folder: openResults(files.path('whole')) })
    const folder = openResults(files.path('interrupted'))
    const first = await run({ folder, leaveAfter: 3 })
    expect(first.outcome).toBeUndefined()
    const kept = await folder.result('small.exact')
    expect(kept).toMatchObject({ state: 'running', epochs: [{ epoch: 1 }] })
    const second = await run({ folder })
    expect(second).toMatchObject({ resumed: true, steps: 4 })
    expect(second.outcome?.result).toEqual(whole.outcome?.result)
    expect(second.outcome?.result).toMatchObject({ state: 'finished' })
    expect(second.outcome?.result.best?.test?.loss).toBeGreaterThan(0)
    expect(await folder.checkpoint('small.exact')).toBeUndefined()
  })

  it('lab runner - what is done in this way is not done again; in another way it is', async () => {
    const folder = openResults(files.path('again'))
    await run({ folder, epochs: 1 })
    expect(await run({ folder, epochs: 1 })).toMatchObject({ steps: 0, outcome: { kept: true } })
    expect(await run({ folder, epochs: 2 })).toMatchObject({ steps: 4, outcome: { kept: false } })
  })

  it('lab runner - it stops early after 10 epochs without improvement, and keeps the best', async () => {
    const stuck: Experiment = { ...experiment, name: 'stuck', epochs: 50, learningRate: 1e-20 }
    const { outcome } = await run({ folder: openResults(files.path('stuck')), experiment: stuck })
    const { epochs, best, state } = outcome?.result ?? {}
    expect(state).toBe('finished')
    expect(epochs?.length).toBeLessThan(50)
    expect(epochs?.length).toBe((best?.epoch ?? 0) + 10)
    expect(best?.validation.loss).toBe(Math.min(...(epochs ?? []).map(({ validation }) => validation.loss)))
  })

  it('lab runner - a loss that is no number ends an experiment, reported as such', async () => {
    const wild: Experiment = { ...experiment, name: 'wild', learningRate: 1e38 }
    const folder = openResults(files.path('wild'))
    const { outcome } = await run({ folder, experiment: wild })
    expect(outcome?.result).toMatchObject({ state: 'diverged', diverged: { epoch: 1 } })
    expect(await run({ folder, experiment: wild })).toMatchObject({ steps: 0, outcome: { kept: true } })
  })

  it('lab runner - it learns a daily cycle better than persistence of another hour', async () => {
    const folder = openResults(files.path('learns'))
    const plain: Experiment = {
      ...experiment,
      name: 'plain',
      layers: [{ kind: 'gru', units: 8 }],
      epochs: 6,
      learningRate: 0.01,
    }
    const { outcome } = await run({ folder, experiment: plain })
    const losses = outcome?.result.epochs.map(({ validation }) => validation.loss) ?? []
    expect(losses.at(-1)).toBeLessThan(losses[0]! / 1.3)
  })

  it('lab runner - persistence needs no training and is right where nothing changes from day to day', async () => {
    const { layers: _, ...none } = experiment
    const { outcome } = await run({
      folder: openResults(files.path('none')),
      experiment: { ...none, name: 'none' },
    })
    const naive = figuresOver('mae', {
      batches: task.whole('validation'),
      predict: ({ size, inputs }) => Float32Array.from({ length: size }, (_, at) => inputs[at * 480 + 479]!),
    })
    expect(outcome?.result).toMatchObject({
      state: 'finished',
      epochs: [],
      best: { epoch: 0, validation: naive },
    })
  })
})

describe('results', () => {
  it('results - a file that is none of the lab is named, not overwritten in silence', async () => {
    await files.write('small.exact.json', '{"format":1')
    await expect(openResults(files.path('')).result('small.exact')).rejects.toThrow(
      /small.exact.json: no result of the lab/,
    )
  })

  it('results - protocol and seed tell the files of one experiment apart', () => {
    const settings = { protocol: 'exact', seed: 1 } as Result['settings']
    expect(resultKey({ experiment: 'gru', settings })).toBe('gru.exact')
    expect(resultKey({ experiment: 'gru', settings: { ...settings, seed: 2 } })).toBe('gru.exact.seed-2')
  })
})

describe('rmsprop', () => {
  it('rmsprop - the first steps are those of Keras: each in units of the root of the mean square', () => {
    const state: RmspropState = { parameters: Float32Array.of(1, -2), squares: new Float32Array(2) }
    rmspropStep(state, Float32Array.of(0.5, -4), 0.001)
    // sqrt(0.1 g^2) = 0.3162 |g|: a first step of 0.001 / 0.3162 against the gradient, whatever its size.
    expect(state.parameters[0]).toBeCloseTo(1 - 0.0031623, 6)
    expect(state.parameters[1]).toBeCloseTo(-2 + 0.0031623, 6)
    rmspropStep(state, Float32Array.of(0.5, 0), 0.001)
    expect(state.parameters[0]).toBeCloseTo(1 - 0.0031623 - 0.001 / Math.sqrt(0.19), 6)
    expect(state.parameters[1]).toBeCloseTo(-2 + 0.0031623, 6)
  })
})
