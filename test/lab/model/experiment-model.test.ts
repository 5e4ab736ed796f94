import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { seededRandom } from '../../../src/domain/random.ts'
import { embedded } from '../../../src/lab/model/embedding.ts'
import { type ModelBatch, openModel } from '../../../src/lab/model/experiment-model.ts'
import type { ModelSpec } from '../../../src/lab/model/model-spec.ts'
import { startBackend } from '../../../src/tensorflow/start-backend.ts'

const series: ModelSpec = {
  input: { kind: 'series', steps: 5, width: 3 },
  layers: [
    { kind: 'gru', units: 8 },
    { kind: 'dense', units: 1 },
  ],
  loss: 'mae',
}
const tokens: ModelSpec = {
  input: { kind: 'tokens', length: 6, words: 11 },
  layers: [
    { kind: 'embedding', width: 4 },
    { kind: 'lstm', units: 4, bidirectional: true },
    { kind: 'dense', units: 1 },
  ],
  loss: 'cross_entropy',
}

function batchFor({ input }: ModelSpec, size = 4): ModelBatch {
  const random = seededRandom(7)
  const targets = Float32Array.from({ length: size }, () => random.below(2))
  if (input.kind === 'tokens') {
    const inputs = Int32Array.from({ length: size * input.length }, () => random.below(input.words))
    return { size, inputs, targets }
  }
  const inputs = Float32Array.from({ length: size * input.steps * input.width }, () => 2 * random.unit() - 1)
  return { size, inputs, targets }
}

/** The gradient by moving one parameter after another. */
function numericGradient(spec: ModelSpec, parameters: Float32Array, batch: ModelBatch): Float32Array {
  const model = openModel(spec, 1)
  const gradient = new Float32Array(parameters.length)
  const loss = (at: Float32Array) => model.lossAndGradient(at, batch, { gradient, random: seededRandom(1) })
  const numeric = parameters.map((value, index) => {
    const moved = (by: number) => loss(parameters.with(index, value + by))
    return (moved(0.01) - moved(-0.01)) / 0.02
  })
  model.dispose()
  return numeric
}

describe('experiment model', () => {
  beforeAll(() => startBackend('auto'))

  it.each([
    ['a series', series],
    ['tokens', tokens],
  ])('model - the gradient over %s is that of the loss', (_, spec) => {
    const batch = batchFor(spec)
    const model = openModel(spec, 3)
    const gradient = new Float32Array(model.initial.length)
    model.lossAndGradient(model.initial, batch, { gradient, random: seededRandom(1) })
    const numeric = numericGradient(spec, model.initial, batch)
    for (const [index, value] of numeric.entries()) expect(gradient[index]).toBeCloseTo(value, 2)
    expect(gradient.some((value) => value !== 0)).toBe(true)
    model.dispose()
  })

  it('model - a seed gives the same first values, another seed others', () => {
    const [one, same, other] = [1, 1, 2].map((seed) => {
      const model = openModel(tokens, seed)
      model.dispose()
      return model.initial
    })
    expect(one).toEqual(same)
    expect(one).not.toEqual(other)
  })

  it('model - rows of a recurrent kernel begin orthonormal, in both directions and differently', () => {
    const model = openModel(
      {
        ...series,
        layers: [
          { kind: 'gru', units: 8, bidirectional: true },
          { kind: 'dense', units: 1 },
        ],
      },
      1,
    )
    const direction = (3 + 8 + 1) * 24
    const recurrent = [0, 1].map((way) =>
      model.initial.slice(way * direction + 3 * 24, way * direction + 11 * 24),
    )
    for (const values of recurrent) {
      for (let a = 0; a < 8; a++) {
        for (let b = 0; b < 8; b++) {
          let dot = 0
          for (let column = 0; column < 24; column++)
            dot += values[a * 24 + column]! * values[b * 24 + column]!
          expect(dot).toBeCloseTo(a === b ? 1 : 0, 5)
        }
      }
    }
    expect(recurrent[0]).not.toEqual(recurrent[1])
    model.dispose()
  })

  it('model - masks come from what is handed in: the same source the same loss, and none where nothing is learnt', () => {
    const spec: ModelSpec = {
      ...series,
      layers: [
        { kind: 'dropout', rate: 0.3 },
        { kind: 'gru', units: 8, dropout: 0.5, recurrentDropout: 0.5, maskPerGate: true },
        { kind: 'dense', units: 1 },
      ],
    }
    const batch = batchFor(spec)
    const model = openModel(spec, 1)
    const gradient = new Float32Array(model.initial.length)
    const loss = (seed: number) =>
      model.lossAndGradient(model.initial, batch, { gradient, random: seededRandom(seed) })
    expect(loss(1)).toBe(loss(1))
    expect(loss(1)).not.toBe(loss(2))
    const predict = model.at(model.initial)
    expect(predict(batch)).toEqual(predict(batch))
    model.dispose()
  })

  it('model - no tensor is left by a step, by what it predicts, or after its end', () => {
    const before = tf.memory().numTensors
    const model = openModel(tokens, 1)
    const gradient = new Float32Array(model.initial.length)
    const batch = batchFor(tokens)
    const round = () => {
      model.lossAndGradient(model.initial, batch, { gradient, random: seededRandom(1) })
      model.at(model.initial)(batch)
    }
    round()
    const between = tf.memory().numTensors
    round()
    expect(tf.memory().numTensors).toBe(between)
    model.dispose()
    expect(tf.memory().numTensors).toBe(before)
  })
})

describe('embedding', () => {
  it.each(['cpu', 'wasm'] as const)(
    'embedding - looks up and learns as the library does, on %s too',
    async (engine) => {
      await startBackend(engine)
      const random = seededRandom(5)
      const table = tf.tensor2d(
        Float32Array.from({ length: 7 * 3 }, () => random.unit()),
        [7, 3],
      )
      const ids = tf.tensor2d(Int32Array.of(0, 6, 6, 2, 6, 0), [2, 3], 'int32')
      const weight = tf.tensor3d(
        Float32Array.from({ length: 18 }, () => random.unit()),
        [2, 3, 3],
      )
      expect(embedded(table, ids).arraySync()).toEqual(tf.gather(table, ids).arraySync())
      const mine = tf
        .grad((rows) => embedded(rows, ids).mul(weight).sum())(table)
        .arraySync()
      // The library's backward pass does without only on cpu.
      await startBackend('cpu')
      const theirs = tf.grad((rows) => tf.gather(rows, ids).mul(weight).sum())(table)
      const flat = (values: unknown) => [values].flat(3).map(Number)
      for (const [index, value] of flat(theirs.arraySync()).entries())
        expect(flat(mine)[index]).toBeCloseTo(value, 5)
    },
  )
})
