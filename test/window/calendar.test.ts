import { describe, expect, it } from 'vitest'
import { DAY, MINUTE } from '../../src/domain/instant.ts'
import { clockFeatures } from '../../src/window/calendar.ts'

function expectClose(actual: readonly number[], expected: readonly number[]): void {
  actual.forEach((value, index) => {
    expect(value).toBeCloseTo(expected[index]!, 9)
  })
}

describe('calendar', () => {
  it('calendar - the first midnight of a year is the start of both circles', () => {
    expectClose(clockFeatures(Date.UTC(2020, 0, 1), 0), [0, 1, 0, 1])
  })

  it('calendar - six in the morning is a quarter of a day, the middle of a leap year half a turn', () => {
    const [sinHour, cosHour] = clockFeatures(Date.UTC(2020, 5, 1, 6), 0)
    expectClose([sinHour, cosHour], [1, 0])
    const [, , sinDay, cosDay] = clockFeatures(Date.UTC(2020, 0, 1) + 183 * DAY, 0)
    expectClose([sinDay, cosDay], [0, -1])
  })

  it("calendar - hours and years are those of the station's clock", () => {
    expectClose(clockFeatures(Date.UTC(2019, 11, 31, 23), 60), [0, 1, 0, 1])
    expectClose(clockFeatures(Date.UTC(1968, 6, 4, 3, 30), -210), clockFeatures(Date.UTC(1968, 6, 4), 0))
  })

  it('calendar - ten minutes before and after new year are near each other', () => {
    const newYear = Date.UTC(2021, 0, 1)
    const before = clockFeatures(newYear - 10 * MINUTE, 0)
    const after = clockFeatures(newYear + 10 * MINUTE, 0)
    const distance = Math.hypot(...before.map((value, index) => value - after[index]!))
    expect(distance).toBeLessThan(0.09) // 20 minutes of a turn of 24 h are 0.087 rad
  })
})
