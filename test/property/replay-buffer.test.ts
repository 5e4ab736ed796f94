import fc from 'fast-check'
import { expect, test } from 'vitest'
import { seededRandom } from '../../src/domain/random.ts'
import { addSample, drawSlots, emptyBuffer, newestSlot } from '../../src/learn/replay-buffer.ts'

interface Filling {
  readonly offered: number
  readonly capacity: number
  readonly recentCapacity?: number
  readonly seed?: number
}

/** A buffer whose samples are their own numbers, written to the slots that it tells. */
function filled({ offered, capacity, recentCapacity = 20, seed = 1 }: Filling) {
  const random = seededRandom(seed)
  const buffer = emptyBuffer({ capacity, recentCapacity })
  const slots = new Float64Array(recentCapacity + capacity).fill(Number.NaN)
  for (let sample = 0; sample < offered; sample++) {
    for (const slot of addSample(buffer, random)) slots[slot] = sample
  }
  return {
    buffer,
    random,
    slots,
    recent: [...slots.slice(0, Math.min(buffer.seen, recentCapacity))],
    chosen: [...slots.slice(recentCapacity, recentCapacity + buffer.kept)],
  }
}

const always = () => true

test('replay buffer - it never holds more than its capacities, nor the same sample twice, and always the newest', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 300 }),
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 40 }),
      (offered, capacity, recentCapacity) => {
        const { buffer, slots, recent, chosen } = filled({ offered, capacity, recentCapacity })
        expect(slots.length).toBe(recentCapacity + capacity)
        expect(buffer).toMatchObject({ seen: offered, kept: Math.min(offered, capacity) })
        expect(new Set(chosen).size).toBe(chosen.length)
        expect(chosen.every(Number.isFinite)).toBe(true)
        const newest = Math.max(0, offered - recentCapacity)
        expect(recent.sort((a, b) => a - b)).toEqual(
          Array.from({ length: offered - newest }, (_, index) => newest + index),
        )
        expect(slots[newestSlot(buffer)!]).toBe(offered - 1)
      },
    ),
  )
})

test('replay buffer - every sample ever offered is kept with the same probability', () => {
  const offered = 40
  const runs = 4000
  const kept = new Float64Array(offered)
  for (let seed = 0; seed < runs; seed++) {
    for (const sample of filled({ offered, capacity: 10, seed }).chosen) kept[sample]! += 1
  }
  // Each count is binomial with mean 1000 and deviation 27; five of those leave one false alarm in 40,000.
  for (const count of kept) expect(Math.abs(count - runs / 4)).toBeLessThan(5 * Math.sqrt(runs * 0.25 * 0.75))
})

test('replay buffer - one seed gives the same choice and the same batches, another one others', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 1, max: 200 }), (seed, offered) => {
      const drawn = (seed: number) => {
        const { buffer, random, slots } = filled({ offered, capacity: 30, seed })
        return [slots, drawSlots(buffer, { size: 16, recentShare: 0.25, isRecent: always }, random)]
      }
      expect(drawn(seed)).toEqual(drawn(seed))
      if (offered > 100) expect(drawn(seed)).not.toEqual(drawn(seed + 1))
    }),
  )
})

test('replay buffer - the recent share of a batch comes from the newest samples, and the rest from all that is kept', () => {
  const { buffer, random, slots } = filled({ offered: 1000, capacity: 1000, recentCapacity: 1000 })
  const isRecent = (slot: number): boolean => slots[slot]! >= 975
  const drawn = drawSlots(buffer, { size: 400, recentShare: 0.25, isRecent }, random)!
  expect(drawn.length).toBe(400)
  expect(drawn.slice(0, 100).every((slot) => slot < buffer.recentCapacity && isRecent(slot))).toBe(true)
  expect(drawn.slice(100).every((slot) => slot >= buffer.recentCapacity)).toBe(true)
  expect(drawn.slice(100).filter(isRecent).length).toBeLessThan(40)
})

test('replay buffer - where no sample is new enough all of a batch comes from what is kept', () => {
  const { buffer, random } = filled({ offered: 100, capacity: 30 })
  const drawn = drawSlots(buffer, { size: 40, recentShare: 0.5, isRecent: () => false }, random)!
  expect(drawn.every((slot) => slot >= buffer.recentCapacity)).toBe(true)
})

test('replay buffer - a sample that cannot be learnt from is drawn again for, and taken where there is no other', () => {
  const { buffer, random, slots } = filled({ offered: 200, capacity: 200, recentCapacity: 200 })
  const draw = { size: 400, recentShare: 0.25, isRecent: always }
  const isUsable = (slot: number): boolean => slots[slot]! % 2 === 0
  expect(drawSlots(buffer, { ...draw, isUsable }, random)!.every(isUsable)).toBe(true)
  expect(drawSlots(buffer, { ...draw, isUsable: () => false }, random)).toHaveLength(400)
})

test('replay buffer - nothing is drawn from an empty one', () => {
  const buffer = emptyBuffer()
  expect(newestSlot(buffer)).toBeUndefined()
  expect(drawSlots(buffer, { size: 4, recentShare: 0.25, isRecent: always }, seededRandom(1))).toBeUndefined()
})
