import { describe, expect, it } from 'vitest'
import { measuredAt } from '../../src/core/history.ts'
import { windowShape } from '../../src/core/window.ts'
import { HOUR, MINUTE } from '../../src/domain/instant.ts'
import type { Lookback } from '../../src/domain/lookback.ts'
import { contents, plainInputs, windowing } from './windowing.ts'

const CADENCE = 10 * MINUTE
const SHAPE = { channels: 1, cadence: CADENCE, lookback: 6, stride: 2 }

describe('window', () => {
  it('window - steps are a stride apart and the last one is the newest row', () => {
    const { slide } = windowing(SHAPE)
    const seen = [0, 1, 2, 3, 4, 5, 6].map((row) => {
      const lookback = slide(row * CADENCE, [row])
      return lookback && contents(lookback)
    })
    expect(seen).toEqual([undefined, undefined, undefined, undefined, undefined, [1, 3, 5], [2, 4, 6]])
  })

  it("window - the chapter's ten days in hours are 240 steps", () => {
    const { slide } = windowing({ ...SHAPE, lookback: 1440, stride: 6 })
    let lookback: Lookback | undefined
    for (let row = 0; row < 1500; row++) lookback = slide(row * CADENCE, [row])
    expect(lookback).toMatchObject({ issuedAt: 1499 * CADENCE, steps: 240, stepSpan: HOUR, channels: 1 })
    expect(contents(lookback!)).toEqual(Array.from({ length: 240 }, (_, step) => 1499 - (239 - step) * 6))
  })

  it('window - a channel without a value holds its last one, and is NaN before its first', () => {
    const { slide } = windowing({ ...SHAPE, channels: 2, lookback: 3, stride: 1 })
    slide(0, [1, Number.NaN])
    slide(1, [Number.NaN, 20])
    expect(contents(slide(2, [3, Number.NaN])!)).toEqual([1, Number.NaN, 1, 20, 3, 20])
  })

  it('window - a value that is held, and one that is bridged, is no measurement', () => {
    const { slide, history } = windowing(SHAPE)
    slide(0, [1])
    slide(1, [Number.NaN])
    slide(2, [3], { bridged: true })
    slide(3, [4])
    expect([0, 1, 2, 3].map((row) => measuredAt(history, row))).toEqual([1, Number.NaN, Number.NaN, 4])
  })

  it('window - after a restart it fills anew and holds nothing from before', () => {
    const { slide, restart } = windowing({ ...SHAPE, lookback: 2, stride: 1 })
    for (const row of [0, 1, 2]) slide(row, [row])
    restart()
    expect(slide(90, [Number.NaN])).toBeUndefined()
    expect(contents(slide(91, [7])!)).toEqual([Number.NaN, 7])
  })

  it('window - a lookback goes on to show what it showed, however far the window slides', () => {
    const { slide } = windowing({ ...SHAPE, lookback: 2, stride: 1 })
    slide(0, [4])
    const lookback = slide(1, [5])!
    for (let row = 2; row < 10_000; row++) slide(row, [row])
    expect(contents(lookback)).toEqual([4, 5])
  })

  it('window - a lookback is copied to where it is wanted', () => {
    const { slide } = windowing({ ...SHAPE, lookback: 2, stride: 1 })
    slide(0, [4])
    const target = new Float32Array(4)
    slide(1, [5])!.copyTo(target, 1)
    expect([...target]).toEqual([0, 4, 5, 0])
  })

  it('window - a lookback that its stride does not divide is rejected', () => {
    const inputs = plainInputs(1)
    expect(() => windowShape({ inputs, cadence: CADENCE, lookback: 1440, stride: 7 })).toThrow(
      'a lookback of 1440 rows is no multiple of a stride of 7',
    )
  })
})
