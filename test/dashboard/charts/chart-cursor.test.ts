import { describe, expect, it } from 'vitest'
import { type CursorKey, cursorAfter, rowAt } from '../../../src/dashboard/charts/chart-cursor.ts'
import { fanData } from '../../../src/dashboard/charts/fan-data.ts'
import { runOf } from '../../../src/dashboard/forecast-runs.ts'
import { stationClock } from '../../../src/dashboard/format.ts'
import { chartRows } from '../../../src/dashboard/panels/chart-table.ts'
import { DAY, HOUR, type Instant } from '../../../src/domain/instant.ts'
import { forecast, START, TEN_MINUTES } from '../messages.ts'

const observed = Array.from({ length: 24 * 6 + 1 }, (_, index) => ({
  time: START - DAY + index * TEN_MINUTES,
  value: index / 10,
  bridged: false,
}))
const data = fanData({
  observed,
  cadence: TEN_MINUTES,
  run: runOf(forecast(START)),
  yesterday: undefined,
  now: START,
})
const moved = (key: CursorKey, at: Instant | undefined) =>
  cursorAfter(key, { data, from: START - 12 * HOUR, to: START + DAY, at, now: START })

describe('chart cursor', () => {
  it('chart cursor - arrows go from row to row, of readings and of leads, and stop at what is in sight', () => {
    expect(moved('ArrowLeft', undefined)).toBe(START - TEN_MINUTES)
    expect(moved('ArrowRight', START - TEN_MINUTES)).toBe(START)
    expect(moved('ArrowRight', START)).toBe(START + HOUR)
    expect(moved('PageDown', START)).toBe(START - 6 * HOUR)
    expect(moved('PageUp', START)).toBe(START + 6 * HOUR)
    expect(moved('Home', START)).toBe(START - 12 * HOUR)
    expect(moved('ArrowLeft', START - 12 * HOUR)).toBe(START - 12 * HOUR)
    expect(moved('End', START)).toBe(START + DAY)
    expect(moved('ArrowRight', START + DAY)).toBe(START + DAY)
  })

  it('chart cursor - where the row has gone it is at the nearest one', () => {
    expect(data.times[rowAt(data, START + 61 * 60_000)!]! * 1000).toBe(START + HOUR)
  })

  it('chart cursor - as a table it has a line an hour, with what was measured and what is forecast', () => {
    const rows = chartRows(data, { clock: stationClock(0), from: START - DAY, now: START })
    expect(rows).toHaveLength(49)
    expect(rows[0]).toEqual({
      time: 'Fri 23 Oct 04:00',
      observed: '0.0',
      forecast: '–',
      ninety: '–',
      dayBefore: '–',
    })
    expect(rows.at(-1)).toMatchObject({ time: 'Sun 25 Oct 04:00', forecast: '24.0', ninety: '20.0 to 28.0' })
  })
})
