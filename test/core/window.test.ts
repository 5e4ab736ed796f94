import { describe, expect, it } from 'vitest'
import { HOUR, MINUTE } from '../../src/domain/instant.ts'
import type { Lookback } from '../../src/domain/lookback.ts'
import type { Reading } from '../../src/domain/reading.ts'
import { slidingWindow } from '../../src/window/sliding-window.ts'

const OPTIONS = { channels: 1, cadence: 10 * MINUTE, lookback: 6, stride: 2 }

function reading(row: number, ...values: number[]): Reading {
  const eventTime = row * 10 * MINUTE
  return { eventTime, ingestTime: eventTime, values: new Float64Array(values), bridged: false }
}

function contents(lookback: Lookback): number[] {
  const target = new Float32Array(lookback.steps * lookback.channels)
  lookback.copyTo(target)
  return [...target]
}

describe('sliding window', () => {
  it('sliding window - steps are a stride apart and the last one is the newest row', () => {
    const window = slidingWindow(OPTIONS)
    let state = window.initial()
    const seen = [0, 1, 2, 3, 4, 5, 6].map((row) => {
      const next = window.step(state, reading(row, row))
      state = next.state
      return next.output && contents(next.output)
    })
    expect(seen).toEqual([undefined, undefined, undefined, undefined, undefined, [1, 3, 5], [2, 4, 6]])
  })

  it("sliding window - the chapter's ten days in hours are 240 steps", () => {
    const window = slidingWindow({ channels: 1, cadence: 10 * MINUTE, lookback: 1440, stride: 6 })
    let state = window.initial()
    let lookback: Lookback | undefined
    for (let row = 0; row < 1500; row++) {
      const next = window.step(state, reading(row, row))
      state = next.state
      lookback = next.output
    }
    expect(lookback).toMatchObject({ issuedAt: 1499 * 10 * MINUTE, steps: 240, stepSpan: HOUR, channels: 1 })
    expect(contents(lookback!)).toEqual(Array.from({ length: 240 }, (_, step) => 1499 - (239 - step) * 6))
  })

  it('sliding window - a channel without a value holds its last one, and is NaN before its first', () => {
    const window = slidingWindow({ ...OPTIONS, channels: 2, lookback: 3, stride: 1 })
    const rows = [reading(0, 1, Number.NaN), reading(1, Number.NaN, 20), reading(2, 3, Number.NaN)]
    let state = window.initial()
    let lookback: Lookback | undefined
    for (const row of rows) ({ state, output: lookback } = window.step(state, row))
    expect(contents(lookback!)).toEqual([1, Number.NaN, 1, 20, 3, 20])
  })

  it('sliding window - after a restart it fills anew and holds nothing from before', () => {
    const window = slidingWindow({ ...OPTIONS, lookback: 2, stride: 1 })
    let state = window.initial()
    for (const row of [0, 1, 2]) state = window.step(state, reading(row, row)).state
    state = window.restart(state)
    const first = window.step(state, reading(90, Number.NaN))
    expect(first.output).toBeUndefined()
    const second = window.step(first.state, reading(91, 7))
    expect(contents(second.output!)).toEqual([Number.NaN, 7])
  })

  it('sliding window - a lookback kept past the next reading refuses to show it', () => {
    const window = slidingWindow({ ...OPTIONS, lookback: 1, stride: 1 })
    const { state, output } = window.step(window.initial(), reading(0, 0))
    window.step(state, reading(1, 1))
    expect(() => output?.copyTo(new Float32Array(1))).toThrow('the window has slid on')
  })

  it('sliding window - a lookback is copied to where it is wanted', () => {
    const window = slidingWindow({ ...OPTIONS, lookback: 2, stride: 1 })
    const { state } = window.step(window.initial(), reading(0, 4))
    const { output } = window.step(state, reading(1, 5))
    const target = new Float32Array(4)
    output?.copyTo(target, 1)
    expect([...target]).toEqual([0, 4, 5, 0])
  })

  it('sliding window - a lookback that its stride does not divide is refused', () => {
    expect(() => slidingWindow({ ...OPTIONS, lookback: 1440, stride: 7 })).toThrow(
      'a lookback of 1440 rows is no multiple of a stride of 7',
    )
  })
})
