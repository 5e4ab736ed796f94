import { describe, expect, it } from 'vitest'
import type { Reading } from '../../src/domain/reading.ts'
import { type ScalerState, scaler, snapshotOf } from '../../src/window/scaler.ts'

function reading(values: readonly number[], bridged = false): Reading {
  return { eventTime: 0, ingestTime: 0, values: new Float64Array(values), bridged }
}

function seen(...readings: readonly Reading[]): ScalerState {
  const fold = scaler(2)
  return readings.reduce((state, each) => fold.step(state, each).state, fold.initial())
}

describe('scaler', () => {
  it('scaler - mean and population deviation of each channel', () => {
    const snapshot = snapshotOf(seen(reading([1, 10]), reading([2, 20]), reading([3, 30])))
    expect(snapshot.count).toBe(3)
    expect([...snapshot.mean]).toEqual([2, 20])
    expect(snapshot.deviation[0]).toBeCloseTo(Math.sqrt(2 / 3), 12)
    expect(snapshot.deviation[1]).toBeCloseTo(Math.sqrt(200 / 3), 12)
  })

  it('scaler - a value that was not measured moves its own channel neither way', () => {
    const snapshot = snapshotOf(seen(reading([1, 10]), reading([Number.NaN, 20]), reading([3, 30])))
    expect([...snapshot.mean]).toEqual([2, 20])
    expect(snapshot.deviation[0]).toBe(1)
  })

  it('scaler - a bridged reading is no measurement', () => {
    expect(seen(reading([1, 10]), reading([1, 10], true))).toEqual(seen(reading([1, 10])))
  })

  it('scaler - before it knows better a deviation is one and a mean zero', () => {
    expect(snapshotOf(seen())).toEqual({
      count: 0,
      mean: new Float64Array([0, 0]),
      deviation: new Float64Array([1, 1]),
    })
    expect([...snapshotOf(seen(reading([0.1, 5]), reading([0.1, 5]), reading([0.1, 5]))).deviation]).toEqual([
      1, 1,
    ])
  })

  it('scaler - a snapshot stays what it was when readings come on', () => {
    const fold = scaler(2)
    const { state } = fold.step(fold.initial(), reading([1, 10]))
    const snapshot = snapshotOf(state)
    fold.step(state, reading([5, 50]))
    expect([...snapshot.mean]).toEqual([1, 10])
  })
})
