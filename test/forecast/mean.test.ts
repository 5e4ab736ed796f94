import { expect, it } from 'vitest'
import { meanOfKnown } from '../../src/forecast/mean.ts'

it('mean - of those that are known alone; of none there is none', () => {
  expect(meanOfKnown(Float64Array.of(1, Number.NaN, 2))).toBe(1.5)
  expect(meanOfKnown([0])).toBe(0)
  expect(meanOfKnown([Number.NaN])).toBeNaN()
  expect(meanOfKnown([])).toBeNaN()
})
