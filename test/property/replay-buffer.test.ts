import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LEADS } from '../../src/domain/forecast.ts'
import { DAY, HOUR } from '../../src/domain/instant.ts'
import type { Sample } from '../../src/domain/lookback.ts'
import { seededRandom } from '../../src/domain/random.ts'
import { draw, emptyReservoir, offer } from '../../src/learn/reservoir.ts'

const sampleAt = (hour: number): Sample => ({
  issuedAt: hour * HOUR,
  inputs: Float32Array.of(hour, -hour),
  base: hour + 0.5,
  truth: new Float32Array(LEADS).fill(hour),
})

function filled({
  offered,
  capacity,
  recentCapacity = 20,
  seed = 1,
}: {
  offered: number
  capacity: number
  recentCapacity?: number
  seed?: number
}) {
  const random = seededRandom(seed)
  const reservoir = emptyReservoir({ capacity, recentCapacity })
  for (let hour = 0; hour < offered; hour++) offer(reservoir, sampleAt(hour), random)
  return { reservoir, random }
}

test('reservoir - it never holds more than its capacities, nor the same sample twice, and always the newest', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 300 }),
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 40 }),
      (offered, capacity, recentCapacity) => {
        const { reservoir } = filled({ offered, capacity, recentCapacity })
        const hours = (samples: readonly Sample[]) =>
          samples.map(({ base }) => base - 0.5).sort((a, b) => a - b)
        expect(reservoir.chosen).toHaveLength(Math.min(offered, capacity))
        expect(new Set(reservoir.chosen).size).toBe(reservoir.chosen.length)
        const newest = Math.max(0, offered - recentCapacity)
        expect(hours(reservoir.recent)).toEqual(
          Array.from({ length: offered - newest }, (_, i) => newest + i),
        )
      },
    ),
  )
})

test('reservoir - every sample ever offered is kept with the same probability', () => {
  const offered = 40
  const runs = 4000
  const kept = new Float64Array(offered)
  for (let seed = 0; seed < runs; seed++) {
    const { reservoir } = filled({ offered, capacity: 10, seed })
    for (const { base } of reservoir.chosen) kept[base - 0.5]! += 1
  }
  // Each count is binomial with mean 1000 and deviation 27; five of those leave one false alarm in 40,000.
  for (const count of kept) expect(Math.abs(count - runs / 4)).toBeLessThan(5 * Math.sqrt(runs * 0.25 * 0.75))
})

test('reservoir - one seed gives the same reservoir and the same batches', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 1, max: 200 }), (seed, offered) => {
      const once = filled({ offered, capacity: 30, seed })
      const again = filled({ offered, capacity: 30, seed })
      expect(draw(again.reservoir, { size: 16 }, again.random)).toEqual(
        draw(once.reservoir, { size: 16 }, once.random),
      )
    }),
  )
})

test('reservoir - the parts of a batch belong together: inputs, base, issue time and truth are of one sample', () => {
  const { reservoir, random } = filled({ offered: 500, capacity: 50 })
  const batch = draw(reservoir, { size: 32 }, random)!
  expect(batch.size).toBe(32)
  for (let index = 0; index < batch.size; index++) {
    const hour = batch.base[index]! - 0.5
    expect(batch.issuedAt[index]).toBe(hour * HOUR)
    expect([...batch.inputs.slice(2 * index, 2 * index + 2)]).toEqual([hour, -hour])
    expect(new Set(batch.truth.slice(LEADS * index, LEADS * (index + 1)))).toEqual(new Set([hour]))
  }
})

test('reservoir - the recent share of a batch comes from the recent span, however old the rest', () => {
  const { reservoir, random } = filled({ offered: 1000, capacity: 1000, recentCapacity: 1000 })
  const batch = draw(reservoir, { size: 400, recentShare: 0.25, recentSpan: DAY }, random)!
  const isRecent = (issuedAt: number) => issuedAt >= 999 * HOUR - DAY
  expect([...batch.issuedAt.slice(0, 100)].every(isRecent)).toBe(true)
  expect([...batch.issuedAt.slice(100)].filter(isRecent).length).toBeLessThan(40)
})

test('reservoir - a batch is a copy: giving it away takes nothing out of the reservoir', () => {
  const { reservoir, random } = filled({ offered: 5, capacity: 5 })
  const batch = draw(reservoir, { size: 8 }, random)!
  batch.inputs.fill(Number.NaN)
  expect(reservoir.chosen.map(({ inputs }) => inputs[0])).toEqual([0, 1, 2, 3, 4])
})

test('reservoir - nothing is drawn from an empty one', () => {
  expect(draw(emptyReservoir(), { size: 4 }, seededRandom(1))).toBeUndefined()
})
