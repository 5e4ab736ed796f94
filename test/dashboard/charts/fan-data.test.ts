import { describe, expect, it } from 'vitest'
import { type FanColumn, type FanData, fanData } from '../../../src/dashboard/charts/fan-data.ts'
import { fanReadout } from '../../../src/dashboard/charts/fan-readout.ts'
import { runOf } from '../../../src/dashboard/forecast-runs.ts'
import { stationClock } from '../../../src/dashboard/format.ts'
import type { ObservedPoint } from '../../../src/dashboard/observed.ts'
import { HOUR, type Instant, SECOND } from '../../../src/domain/instant.ts'
import { forecast, START, TEN_MINUTES } from '../messages.ts'

const measured = (time: Instant, value: number | null = 2): ObservedPoint => ({ time, value, bridged: false })
const held = (time: Instant, value: number): ObservedPoint => ({ time, value, bridged: true })

function drawn(observed: readonly ObservedPoint[]): FanData {
  return fanData({
    observed,
    cadence: TEN_MINUTES,
    run: runOf(forecast(START)),
    yesterday: runOf(forecast(START - 24 * HOUR)),
    now: START,
  })
}

function at(data: FanData, column: FanColumn, time: Instant) {
  return data.columns[column][data.times.indexOf(time / SECOND)]
}

describe('fan data', () => {
  it('fan data - the fan opens from the reading it was issued on and reaches 24 hours', () => {
    const data = drawn([measured(START, 2)])
    for (const edge of ['low90', 'high50', 'mean'] as const) expect(at(data, edge, START)).toBe(2)
    expect(at(data, 'mean', START + 24 * HOUR)).toBe(24)
    expect(at(data, 'low90', START + HOUR)).toBe(-3)
    expect(at(data, 'high90', START + HOUR)).toBe(5)
  })

  it('fan data - the fan has a place of its own at now, on the line between its times', () => {
    const now = START + 3 * TEN_MINUTES
    const run = runOf(forecast(START))
    const data = fanData({
      observed: [measured(START, 2), measured(now, 3)],
      cadence: TEN_MINUTES,
      run,
      yesterday: undefined,
      now,
    })
    expect(at(data, 'mean', now)).toBeCloseTo(1.5)
    expect(at(data, 'high90', now)).toBeCloseTo(3.5)
    expect(at(data, 'observed', now)).toBe(3)
  })

  it('fan data - without a reading at its issue time the fan begins at its first lead', () => {
    const data = drawn([measured(START - 5 * HOUR)])
    expect(at(data, 'mean', START)).toBeUndefined()
    expect(at(data, 'mean', START + HOUR)).toBe(1)
  })

  it('fan data - yesterday’s run ends at now', () => {
    const data = drawn([measured(START)])
    expect(at(data, 'past', START)).toBe(24)
    const drawnPast = data.times.filter((time) => typeof at(data, 'past', time * SECOND) === 'number')
    expect(Math.max(...drawnPast) * SECOND).toBe(START)
  })

  it('fan data - times ascend, each once, and every column has them all', () => {
    const data = drawn([measured(START - HOUR), measured(START)])
    expect([...data.times]).toEqual([...new Set(data.times)].sort((a, b) => a - b))
    for (const column of Object.values(data.columns)) expect(column).toHaveLength(data.times.length)
  })

  it('fan data - the line breaks in a hole of the station, and goes on across times of the forecast', () => {
    const data = drawn([measured(START - 9 * HOUR), measured(START - TEN_MINUTES), measured(START)])
    const cells = data.columns.observed.filter((cell) => cell !== undefined)
    expect(cells).toEqual([2, null, 2, 2])
  })

  it('fan data - held values are drawn apart from measured ones, joined to them at both ends', () => {
    const [a, b, c] = [START - 2 * TEN_MINUTES, START - TEN_MINUTES, START]
    const data = drawn([measured(a, 2), held(b, 2), measured(c, 3)])
    expect([a, b, c].map((time) => at(data, 'observed', time))).toEqual([2, null, 3])
    expect([a, b, c].map((time) => at(data, 'bridged', time))).toEqual([2, 2, 3])
  })
})

describe('fan readout', () => {
  const data = drawn([measured(START - HOUR), measured(START)])
  const readoutAt = (time: Instant) =>
    fanReadout({
      data,
      index: data.times.indexOf(time / SECOND),
      clock: stationClock(60),
      unit: 'degC',
      now: START,
    })

  it('fan readout - ahead of now it says the forecast and how sure it is', () => {
    expect(readoutAt(START + 6 * HOUR)).toBe('Sat 24 Oct 11:00  ·  forecast 6.0 °C, 90 % from 2.0 to 10.0')
  })

  it('fan readout - behind now it sets what came beside what was forecast a day before', () => {
    expect(readoutAt(START)).toBe('Sat 24 Oct 05:00  ·  observed 2.0 °C  ·  forecast a day before 24.0 °C')
  })

  it('fan readout - away from the chart it says nothing', () => {
    expect(fanReadout({ data, index: undefined, clock: stationClock(0), unit: 'K', now: START })).toBe('')
  })
})
