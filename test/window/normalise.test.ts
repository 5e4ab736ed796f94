import { expect, it } from 'vitest'
import { normalise } from '../../src/window/normalise.ts'

const scaler = { count: 9, mean: new Float64Array([10, -1]), deviation: new Float64Array([2, 0.5]) }

it('normalise - every row of a block is told in deviations from the mean', () => {
  const values = new Float32Array([10, -1, 14, 0, 8, -2])
  normalise(values, scaler)
  expect([...values]).toEqual([0, 0, 2, 2, -1, -2])
})

it('normalise - what was never measured is the mean, not zero degrees', () => {
  const values = new Float32Array([Number.NaN, 0])
  normalise(values, scaler)
  expect([...values]).toEqual([0, 2])
})
