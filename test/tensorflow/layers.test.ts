import * as tf from '@tensorflow/tfjs'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { seededRandom } from '../../src/domain/random.ts'
import { loadKernel } from '../../src/kernel/load-kernel.ts'
import { fuse } from '../../src/tensorflow/fuse.ts'
import { FUSED, registerFusedKernel } from '../../src/tensorflow/register.ts'
import { startBackend } from '../../src/tensorflow/start-backend.ts'
import { apart } from '../kernel/cases.ts'

const kernel = loadKernel()
const TOLERANCE = 1e-5

beforeAll(async () => {
  await startBackend('cpu')
  if (kernel) registerFusedKernel(kernel)
})

interface LayerDraw {
  readonly cell: 'gru' | 'lstm'
  readonly units: number
  readonly bidirectional: boolean
  readonly activation: 'tanh' | 'relu'
  readonly recurrentActivation: 'sigmoid' | 'hardSigmoid'
  readonly goBackwards: boolean
  readonly useBias: boolean
  readonly dropout: number
}

const layerDraws: fc.Arbitrary<LayerDraw> = fc.record({
  cell: fc.constantFrom('gru', 'lstm'),
  units: fc.constantFrom(1, 3, 8, 11),
  bidirectional: fc.boolean(),
  activation: fc.constantFrom('tanh', 'relu'),
  recurrentActivation: fc.constantFrom('sigmoid', 'hardSigmoid'),
  goBackwards: fc.boolean(),
  useBias: fc.boolean(),
  dropout: fc.constantFrom(0, 0.4),
})

interface ModelDraw {
  readonly layers: readonly LayerDraw[]
  readonly returnSequences: boolean
  readonly samples: number
  readonly steps: number
  readonly inputs: number
}

const modelDraws: fc.Arbitrary<ModelDraw> = fc.record({
  layers: fc.array(layerDraws, { minLength: 1, maxLength: 2 }),
  returnSequences: fc.boolean(),
  samples: fc.constantFrom(1, 2, 5),
  steps: fc.constantFrom(1, 2, 6),
  inputs: fc.constantFrom(1, 3),
})

/** Weights at random and without initialisers, of which the stock ones take seconds. */
function randomise(model: tf.LayersModel, seed: number): void {
  const random = seededRandom(seed)
  tf.tidy(() =>
    model.setWeights(
      model.getWeights().map(({ shape, size }) =>
        tf.tensor(
          Float32Array.from({ length: size }, () => 1.6 * (random.unit() - 0.5)),
          shape,
        ),
      ),
    ),
  )
}

/** The same mask whenever a mask of that shape is drawn, kept as plain numbers. */
function dropoutFunc(ones: tf.Tensor, rate: number): tf.Tensor {
  const random = seededRandom(ones.size)
  const factors = Float32Array.from({ length: ones.size }, () => (random.unit() < rate ? 0 : 1 / (1 - rate)))
  return tf.tensor(factors, ones.shape)
}

function modelOf({ layers, returnSequences, steps, inputs }: ModelDraw): tf.Sequential {
  const model = tf.sequential()
  for (const [index, draw] of layers.entries()) {
    const { cell, bidirectional, dropout, ...rest } = draw
    const args = {
      ...rest,
      dropout,
      recurrentDropout: dropout,
      dropoutFunc,
      returnSequences: returnSequences || index < layers.length - 1,
      recurrentInitializer: 'zeros' as const,
      ...(index === 0 && { inputShape: [steps, inputs] }),
    }
    const layer = cell === 'gru' ? tf.layers.gru(args) : tf.layers.lstm(args)
    const shape = index === 0 && { inputShape: [steps, inputs] }
    if (!bidirectional) {
      model.add(layer)
      continue
    }
    const both = tf.layers.bidirectional({ layer, ...shape })
    // It builds its layers anew from their config, which knows nothing of the fixed masks.
    for (const name of ['forwardLayer', 'backwardLayer']) {
      Object.assign((both as unknown as Record<string, tf.RNN>)[name]!.cell, { dropoutFunc })
    }
    model.add(both)
  }
  return model
}

/**
 * Output, and the gradients of a loss by all weights and the inputs; of a single step the output alone, for the stock
 * layers' gradient fails there (its `unstack` gives one gradient where `stack` wants a list). Single steps' gradients are
 * held to double precision in kernel.test.ts.
 */
function outcome(model: tf.LayersModel, x: tf.Tensor, training: boolean): Float32Array[] {
  return tf.tidy(() => {
    if (x.shape[1] === 1) return [(model.apply(x, { training }) as tf.Tensor).dataSync<'float32'>().slice()]
    const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable)
    const output = model.apply(x, { training }) as tf.Tensor
    const factors = tf.tensor(
      Float32Array.from({ length: output.size }, (_, index) => Math.sin(index + 1)),
      output.shape,
    )
    const loss = (): tf.Scalar => (model.apply(x, { training }) as tf.Tensor).mul(factors).sum().asScalar()
    const byWeights = tf.variableGrads(loss, variables)
    const byInputs = tf.grad((input: tf.Tensor) =>
      (model.apply(input, { training }) as tf.Tensor).mul(factors).sum(),
    )(x)
    return [
      output.dataSync<'float32'>().slice(),
      ...variables.map(({ name }) => byWeights.grads[name]!.dataSync<'float32'>().slice()),
      byInputs.dataSync<'float32'>().slice(),
    ]
  })
}

function inputsFor({ samples, steps, inputs }: ModelDraw, seed: number): tf.Tensor3D {
  const random = seededRandom(seed)
  const length = samples * steps * inputs
  return tf.tensor3d(
    Float32Array.from({ length }, () => 3 * (random.unit() - 0.5)),
    [samples, steps, inputs],
  )
}

describe.skipIf(!kernel)('fused layers', () => {
  test('fused layers - outputs and all gradients are those of the stock layers to 1e-5, stacked and both ways', () => {
    fc.assert(
      fc.property(modelDraws, fc.nat(), (draw, seed) => {
        const stock = modelOf(draw)
        randomise(stock, seed)
        const mine = fuse(modelOf(draw))
        mine.setWeights(stock.getWeights())
        const x = inputsFor(draw, seed)
        const [expected, actual] = [stock, mine].map((model) => outcome(model, x, true))
        for (const [index, values] of expected!.entries()) {
          expect(apart(actual![index]!, values)).toBeLessThan(TOLERANCE)
        }
        x.dispose()
        stock.dispose()
        mine.dispose()
      }),
      { numRuns: 40, seed: 5 },
    )
  })

  test('fused layers - a mask per gate is drawn where the config says implementation 1', () => {
    const drawn: number[] = []
    const layer = fuse(
      tf.layers.gru({
        units: 2,
        dropout: 0.5,
        implementation: 1,
        recurrentInitializer: 'zeros',
        dropoutFunc: (ones: tf.Tensor) => {
          drawn.push(drawn.length)
          return ones.mul(drawn.length)
        },
      }),
    )
    const x = tf.ones([1, 1, 1])
    layer.apply(x)
    layer.setWeights([tf.ones([1, 6]), tf.zeros([2, 6]), tf.zeros([6])])
    const predicted = (layer.apply(x, { training: true }) as tf.Tensor).dataSync()
    expect(drawn).toEqual([0, 1, 2])
    const hard = (value: number): number => Math.min(1, 0.2 * value + 0.5)
    expect(predicted[0]).toBeCloseTo((1 - hard(1)) * Math.tanh(3), 5)
  })

  test('fused layers - are saved as the stock layers are', () => {
    const draw: ModelDraw = {
      layers: [
        { ...PLAIN, cell: 'gru', bidirectional: true },
        { ...PLAIN, cell: 'lstm', dropout: 0.4 },
      ],
      returnSequences: false,
      samples: 1,
      steps: 3,
      inputs: 2,
    }
    const saved = modelOf(draw).toJSON(null, false)
    const fusedModel = fuse(modelOf(draw)).toJSON(null, false)
    expect(withoutNumbers(fusedModel)).toEqual(withoutNumbers(saved))
  })

  test('fused layers - a model saved here loads in plain TensorFlow.js and predicts the same, and the other way round', async () => {
    const draw: ModelDraw = {
      layers: [
        { ...PLAIN, cell: 'gru', bidirectional: true },
        { ...PLAIN, cell: 'lstm' },
      ],
      returnSequences: false,
      samples: 4,
      steps: 5,
      inputs: 3,
    }
    const mine = fuse(modelOf(draw))
    randomise(mine, 11)
    const x = inputsFor(draw, 1)
    const predicted = (model: tf.LayersModel): Float32Array =>
      tf.tidy(() => (model.predict(x) as tf.Tensor).dataSync<'float32'>().slice())
    const stock = await savedAndLoaded(mine)
    expect(kernelsOf(() => predicted(stock))).not.toContain(FUSED)
    expect(apart(predicted(stock), predicted(mine))).toBeLessThan(TOLERANCE)
    const again = fuse(await savedAndLoaded(stock))
    expect(kernelsOf(() => predicted(again))).toContain(FUSED)
    expect(apart(predicted(again), predicted(stock))).toBeLessThan(TOLERANCE)
  })

  test('fused layers - what the kernel does not compute goes the stock way: masks, kept states, other activations', () => {
    const cases = [
      tf.layers.gru({ units: 2, stateful: true, batchInputShape: [1, 3, 2] }),
      tf.layers.lstm({ units: 2, activation: 'elu', inputShape: [3, 2] }),
    ]
    for (const layer of cases) {
      const model = fuse(tf.sequential({ layers: [layer] }))
      expect(kernelsOf(() => model.predict(tf.ones([1, 3, 2])))).not.toContain(FUSED)
    }
    const masked = fuse(
      tf.sequential({ layers: [tf.layers.masking({ inputShape: [3, 2] }), tf.layers.gru({ units: 2 })] }),
    )
    expect(kernelsOf(() => masked.predict(tf.zeros([1, 3, 2])))).not.toContain(FUSED)
  })

  test('fused layers - a prediction is made with the weights as they are now, not as they were packed', () => {
    const model = fuse(tf.sequential({ layers: [tf.layers.gru({ units: 3, inputShape: [4, 2] })] }))
    const x = tf.ones([1, 4, 2])
    const predicted = (): number[] => tf.tidy(() => [...(model.predict(x) as tf.Tensor).dataSync()])
    randomise(model, 1)
    const first = predicted()
    expect(predicted()).toEqual(first)
    randomise(model, 2)
    expect(predicted()).not.toEqual(first)
    randomise(model, 1)
    expect(predicted()).toEqual(first)
  })

  test('fused layers - window after window, of other lengths and turned round, predicts what a batch predicts', () => {
    const layer = tf.layers.gru({ units: 3, inputShape: [null, 2], returnSequences: true })
    const model = fuse(tf.sequential({ layers: [layer] }))
    randomise(model, 1)
    const predicted = (x: tf.Tensor): number[] => [...(model.predict(x) as tf.Tensor).dataSync()]
    for (const [length, goBackwards] of [
      [4, false],
      [7, false],
      [4, false],
      [4, true],
      [4, false],
    ] as const) {
      Object.assign(layer, { goBackwards })
      tf.tidy(() => {
        const window = tf.randomUniform([1, length, 2], -1, 1, 'float32', 3)
        const both = predicted(tf.concat([window, window]))
        const alone = predicted(window)
        expect(alone).toHaveLength(length * 3)
        expect(apart(Float32Array.from([...alone, ...alone]), Float32Array.from(both))).toBeLessThan(
          TOLERANCE,
        )
      })
    }
  })

  test('fused layers - train by fit as the stock ones do', async () => {
    const draw: ModelDraw = {
      layers: [{ ...PLAIN, cell: 'gru' }],
      returnSequences: false,
      samples: 8,
      steps: 4,
      inputs: 2,
    }
    const stock = modelOf(draw)
    randomise(stock, 4)
    const mine = fuse(modelOf(draw))
    mine.setWeights(stock.getWeights())
    const x = inputsFor(draw, 2)
    const y = tf.ones([8, PLAIN.units])
    for (const model of [stock, mine]) {
      model.compile({ optimizer: tf.train.adam(0.01), loss: 'meanSquaredError' })
      await model.fit(x, y, { epochs: 5, batchSize: 8, shuffle: false, verbose: 0 })
    }
    const [expected, actual] = [stock, mine].map((model) =>
      model.getWeights().map((weight) => weight.dataSync<'float32'>()),
    )
    // Adam divides by the gradient's size: where that is tiny, rounding shows.
    for (const [index, values] of expected!.entries())
      expect(apart(actual![index]!, values)).toBeLessThan(1e-3)
  })
})

const PLAIN: LayerDraw = {
  cell: 'gru',
  units: 5,
  bidirectional: false,
  activation: 'tanh',
  recurrentActivation: 'sigmoid',
  goBackwards: false,
  useBias: true,
  dropout: 0,
}

/** Names count through the process; nothing else of a config does. */
function withoutNumbers(json: unknown): unknown {
  return JSON.parse(
    JSON.stringify(json)
      .replace(/_\d+/g, '')
      .replace(/(GRU|LSTM|Bidirectional|Sequential)\d+/g, '$1'),
  )
}

async function savedAndLoaded(model: tf.LayersModel): Promise<tf.LayersModel> {
  const saved: tf.io.ModelArtifacts[] = []
  await model.save(
    tf.io.withSaveHandler(async (artifacts) => {
      saved.push(artifacts)
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } }
    }),
  )
  return tf.loadLayersModel(tf.io.fromMemory(saved[0]!))
}

/** Names of the kernels that TensorFlow.js runs meanwhile. */
function kernelsOf(run: () => unknown): string[] {
  const names: string[] = []
  const engine = tf.engine()
  const original = engine.runKernel
  engine.runKernel = function (this: typeof engine, name, ...rest) {
    names.push(name)
    return original.call(this, name, ...rest) as never
  }
  try {
    tf.tidy(() => {
      run()
    })
  } finally {
    engine.runKernel = original
  }
  return names
}
