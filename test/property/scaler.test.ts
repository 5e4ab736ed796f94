import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Reading } from '../../src/domain/reading.ts'
import { scaler, snapshotOf } from '../../src/window/scaler.ts'

const rows = fc.array(
  fc.record({
    value: fc.oneof(
      { weight: 5, arbitrary: fc.double({ min: -1e4, max: 1e4, noNaN: true }) },
      fc.constant(Number.NaN),
    ),
    bridged: fc.boolean(),
  }),
  { maxLength: 200 },
)

const readingOf = ({ value, bridged }: { value: number; bridged: boolean }): Reading => ({
  eventTime: 0,
  ingestTime: 0,
  values: new Float64Array([value]),
  bridged,
})

it('scaler - agrees with two passes over the measurements, whatever is masked or bridged', () => {
  fc.assert(
    fc.property(rows, (all) => {
      const fold = scaler(1)
      const snapshot = snapshotOf(
        all.reduce((state, row) => fold.step(state, readingOf(row)).state, fold.initial()),
      )
      const measured = all
        .filter(({ bridged, value }) => !bridged && !Number.isNaN(value))
        .map(({ value }) => value)
      const n = measured.length
      const mean = n === 0 ? 0 : measured.reduce((sum, value) => sum + value, 0) / n
      const variance = n === 0 ? 0 : measured.reduce((sum, value) => sum + (value - mean) ** 2, 0) / n

      expect(snapshot.count).toBe(all.filter(({ bridged }) => !bridged).length)
      expect(snapshot.mean[0]).toBeCloseTo(mean, 6)
      expect(snapshot.deviation[0]).toBeGreaterThan(0)
      // Values of 1e4 round at 1e-12, their squares' mean at 1e-8: a deviation below 0.03 is not good to six places.
      if (variance > 1e-3) expect(snapshot.deviation[0]).toBeCloseTo(Math.sqrt(variance), 6)
    }),
  )
})

it('scaler - a variance too small to be written is none, and nothing is divided by it', () => {
  const fold = scaler(1)
  const state = [1.27e-162, -9.5e-163].reduce(
    (before, value) => fold.step(before, readingOf({ value, bridged: false })).state,
    fold.initial(),
  )
  expect(snapshotOf(state).deviation[0]).toBe(1)
})

it('scaler - resumed from a copy of its state it goes on as if it had never stopped', () => {
  fc.assert(
    fc.property(rows, fc.nat(200), (all, stop) => {
      const fold = scaler(1)
      const run = (resumeAt: number) =>
        all.reduce((state, row, index) => {
          const current = index === resumeAt ? structuredClone(state) : state
          return fold.step(current, readingOf(row)).state
        }, fold.initial())
      expect(run(stop)).toEqual(run(-1))
    }),
  )
})
