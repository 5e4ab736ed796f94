import { expect, test } from 'vitest'
import { LEADS } from '../../src/domain/forecast.ts'
import { seededRandom } from '../../src/domain/random.ts'
import { CLOCK_FEATURES } from '../../src/networks/clock-table.ts'
import { type HeadWeights, headOf, headShapes, initialHead, predictHead } from '../../src/networks/head.ts'
import { referenceHeadGradients } from '../../src/tensorflow/reference-head-gradients.ts'

const WIDTH = 6
const SIZE = 5
/** Of one sample: a single step of two channels and the clock. */
const FEATURES = 2 + CLOCK_FEATURES

const random = seededRandom(3)
const drawn = (length: number, reach = 1): Float32Array =>
  Float32Array.from({ length }, () => 2 * reach * (random.unit() - 0.5))
const sizes = headShapes(WIDTH).map((shape) => shape.reduce((size, side) => size * side, 1))
const arrays = sizes.map((size) => drawn(size, 0.5))
const states = drawn(SIZE * WIDTH)
const known = Float32Array.from({ length: SIZE * LEADS }, (_, index) => (index % 7 === 0 ? 0 : 1))
const microBatch = {
  size: SIZE,
  inputs: drawn(SIZE * FEATURES),
  changes: drawn(SIZE * LEADS),
  known,
  knownCount: known.reduce((sum, one) => sum + one, 0),
}

function passOf(weights: readonly Float32Array[], at: Float32Array) {
  const gradients = weights.map(({ length }) => new Float32Array(length))
  return {
    ...referenceHeadGradients({
      states: at,
      weights: headOf(weights),
      microBatch,
      gradients: headOf(gradients),
    }),
    gradients,
  }
}

/** The loss's gradient by one number of an array, by its difference. */
function gradientBy(values: Float32Array, index: number, lossOf: (values: Float32Array) => number): number {
  const moved = (by: number) => lossOf(values.with(index, values[index]! + by))
  return (moved(1e-3) - moved(-1e-3)) / 2e-3
}

test('head - the loss in training is that of what it predicts', () => {
  const weights: HeadWeights = headOf(arrays)
  let loss = 0
  for (let sample = 0; sample < SIZE; sample++) {
    const state = states.subarray(sample * WIDTH, (sample + 1) * WIDTH)
    const predicted = predictHead(
      state,
      microBatch.inputs.subarray(sample * FEATURES, (sample + 1) * FEATURES),
      weights,
    )
    for (let lead = 0; lead < LEADS; lead++) {
      const at = sample * LEADS + lead
      loss += (Math.abs(predicted[lead]! - microBatch.changes[at]!) * known[at]!) / microBatch.knownCount
    }
  }
  expect(passOf(arrays, states).loss).toBeCloseTo(loss, 6)
})

test.each(['gamma', 'beta', 'hidden', 'hiddenBias', 'out', 'outBias'])(
  'head - its gradient by %s is what the loss rises by',
  (name) => {
    const part = Object.keys(headOf(arrays)).indexOf(name)
    const { gradients } = passOf(arrays, states)
    for (let index = 0; index < arrays[part]!.length; index += 5) {
      const gradient = gradientBy(
        arrays[part]!,
        index,
        (values) => passOf(arrays.with(part, values), states).loss,
      )
      expect(gradients[part]![index]).toBeCloseTo(gradient, 3)
    }
    expect(Math.max(...gradients[part]!.map(Math.abs))).toBeGreaterThan(0.01)
  },
)

test('head - its gradient by the states is what the loss rises by', () => {
  const { states: gradients } = passOf(arrays, states)
  for (let index = 0; index < states.length; index++) {
    expect(gradients[index]).toBeCloseTo(
      gradientBy(states, index, (values) => passOf(arrays, values).loss),
      3,
    )
  }
})

test('head - untrained it predicts no change, and it is drawn from the seed', () => {
  const weights = headOf(initialHead(WIDTH, seededRandom(1)))
  const predicted = predictHead(states.subarray(0, WIDTH), microBatch.inputs.subarray(0, FEATURES), weights)
  expect([...predicted]).toEqual(new Array(LEADS).fill(0))
  expect(initialHead(WIDTH, seededRandom(1))).toEqual(initialHead(WIDTH, seededRandom(1)))
  expect(initialHead(WIDTH, seededRandom(2))).not.toEqual(initialHead(WIDTH, seededRandom(1)))
  expect(() => headOf([new Float32Array(1)])).toThrow('too few')
})
