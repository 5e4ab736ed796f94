import { expect, test } from 'vitest'
import { resumedRandom, seededRandom } from '../../src/domain/random.ts'

test('random - one seed gives one sequence, another seed another', () => {
  const draw = (seed: number) => {
    const random = seededRandom(seed)
    return Array.from({ length: 20 }, () => random.below(1000))
  }
  expect(draw(7)).toEqual(draw(7))
  expect(draw(7)).not.toEqual(draw(8))
})

test('random - a state taken midway and put through JSON goes on as if nothing had happened', () => {
  const random = seededRandom(3)
  random.below(10)
  const resumed = resumedRandom(JSON.parse(JSON.stringify(random.state())))
  const next = (source: typeof random) => Array.from({ length: 20 }, () => [source.below(99), source.unit()])
  expect(next(resumed)).toEqual(next(random))
})

test('random - draws keep to their range and use all of it', () => {
  const random = seededRandom(11)
  const seen = new Set(Array.from({ length: 500 }, () => random.below(6)))
  expect([...seen].sort()).toEqual([0, 1, 2, 3, 4, 5])
  const units = Array.from({ length: 2000 }, () => random.unit())
  expect(Math.min(...units)).toBeGreaterThanOrEqual(0)
  expect(Math.max(...units)).toBeLessThan(1)
  expect(units.reduce((sum, unit) => sum + unit, 0) / units.length).toBeCloseTo(0.5, 1)
})
