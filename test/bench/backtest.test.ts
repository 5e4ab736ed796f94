import { describe, expect, it } from 'vitest'
import { type BacktestResults, backtestTables } from '../../bench/backtest-table.ts'
import { expertTimes } from '../../bench/expert-times.ts'
import { percentile } from '../../bench/issue-times.ts'
import type { Reading } from '../../src/domain/reading.ts'
import { panel } from '../../src/flow/panel.ts'
import { verification } from '../../src/flow/verification.ts'
import { EXPERTS } from '../../src/forecast/experts.ts'
import { stationOf, weather } from '../forecast/series.ts'

const station = stationOf()
const NAMES = ['persistence', 'climatology', 'rls']
const experts = () => NAMES.map((name) => EXPERTS.get(name)!(station, { seed: 1 }))

/** Everything that a panel says over ten days, its experts measured or not. */
function lived(times?: ReturnType<typeof expertTimes>) {
  const live = panel(station, () => (times ? experts().map(times.around) : experts()))
  const verify = verification(station)
  return weather({ rows: 240 }).map((reading) => {
    live.observe(reading, verify.settle(reading))
    const current = reading.values[0]!
    const from = { current, lookback: undefined, weightsVersion: 0 }
    const forecast = Number.isNaN(current) ? undefined : live.forecast(reading.eventTime, from)
    if (forecast) verify.issued(forecast)
    return forecast
  })
}

describe('backtest bench', () => {
  it('backtest bench - to measure the experts changes nothing that they say', () => {
    expect(lived(expertTimes(station, () => undefined))).toEqual(lived())
  })

  it('backtest bench - every expert and every other part has its time, and every reading is told once', () => {
    const readings: Reading[] = []
    const times = expertTimes(station, (reading) => readings.push(reading))
    lived(times)
    times.issueAgain()
    expect([...times.experts.keys()]).toEqual(NAMES)
    for (const { learn, issue, settle } of times.experts.values()) {
      expect(learn).toBeGreaterThan(0)
      expect(issue).toBeGreaterThan(0)
      expect(settle).toBe(0)
    }
    for (const part of ['panel', 'features', 'intervals', 'verification'] as const) {
      expect(times.others[part].issue).toBeGreaterThan(0)
    }
    expect(times.others.verification.settle).toBeGreaterThan(0)
    expect(readings.map(({ eventTime }) => eventTime)).toEqual(
      weather({ rows: 240 }).map(({ eventTime }) => eventTime),
    )
  })

  it('backtest bench - what is issued again is asked of the experts themselves', () => {
    const times = expertTimes(station, () => undefined)
    let asked = 0
    const counting = {
      ...experts()[0]!,
      predict() {
        asked += 1
        return new Float64Array(24).fill(asked)
      },
    }
    const measured = times.around(counting)
    const [reading] = weather({ rows: 1 })
    measured.observe(reading!)
    measured.predict({ issuedAt: reading!.eventTime, current: 1, lookback: undefined })
    expect(asked).toBe(1)
    times.issueAgain()
    expect(asked).toBe(2)
  })

  it('backtest bench - the percentile is the smallest value that so many do not exceed', () => {
    const values = Array.from({ length: 200 }, (_, index) => 200 - index)
    expect([percentile(values, 0.5), percentile(values, 0.99), percentile(values, 1)]).toEqual([
      100, 198, 200,
    ])
  })

  it('backtest bench - the table adds up to the wall time, and says whether the target was reached', () => {
    const results: BacktestResults = {
      machine: { cpu: 'a cpu', cores: 2, node: 'v20', load: [0.1, 1.2] },
      run: {
        ...{ data: 'some.csv', source: 'replay', seed: 1, from: 'here', until: 'there' },
        ...{ rows: 1000, forecasts: 990, models: 2, peakMemoryBytes: 1e8 },
      },
      seconds: { stream: 8, waiting: 2, measuring: 1, computed: 12 },
      rows: [
        { name: 'rls', learn: 5000, issue: 1000, settle: 0, all: 6000 },
        { name: 'everything else', learn: 0, issue: 0, settle: 0, all: 2000 },
      ],
      memory: [{ share: 0.25, inUse: 5e7, resident: 2e8 }],
      issue: { issues: 2000, median: 0.5, p99: 1, window: { median: 0.1, p99: 0.2, ratio: 5 } },
    }
    const lines = backtestTables(results).split('\n')
    expect(lines).toContain('| rls | 5.00 | 1.00 |  | 6.00 | 60.0 % |')
    expect(lines).toContain('| waiting for training |  |  |  | 2.00 | 20.0 % |')
    expect(lines).toContain('| together |  |  |  | 10.00 | 100.0 % |')
    expect(lines).toContain('| 25 % | 50.0 | 200 |')
    expect(lines.join(' ')).toContain('reached')
    expect(lines.join(' ')).toContain('5.0 times as long')
    const slow = { ...results, issue: { ...results.issue, median: 6, window: null } }
    expect(backtestTables(slow)).toContain('missed')
  })
})
