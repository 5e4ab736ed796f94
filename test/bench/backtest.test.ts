import { describe, expect, it } from 'vitest'
import { type BacktestTimings, backtestTables } from '../../bench/backtest-table.ts'
import { percentile } from '../../bench/issue-times.ts'
import { type RunTimes, runTimes } from '../../bench/stage-times.ts'
import { HOUR } from '../../src/domain/instant.ts'
import type { Reading } from '../../src/domain/reading.ts'
import type { Forecaster } from '../../src/forecast/forecaster.ts'
import { forecastersOf } from '../experts/created.ts'
import { eventsOf, forecastsIn, modelOf, weatherTicks } from '../flow/run-pipeline.ts'
import { stationOf } from '../forecast/series.ts'

const NAMES = ['persistence', 'climatology', 'rls']
const ROWS = 240

/** Everything that is forecast over ten days, the pipeline's parts measured or not. */
async function ran(times?: RunTimes) {
  const experts = forecastersOf(stationOf(), { names: NAMES })
  const model = modelOf({ experts: times ? experts.map(times.aroundExpert) : experts })
  return forecastsIn(await eventsOf(times ? times.aroundModel(model) : model, weatherTicks(ROWS)))
}

describe('backtest bench', () => {
  it('backtest bench - to measure the parts changes nothing that they say', async () => {
    expect(await ran(runTimes(() => undefined))).toEqual(await ran())
  })

  it('backtest bench - every expert and every other part has its time, and every reading is told once', async () => {
    const readings: Reading[] = []
    const { experts, stages, aroundExpert, aroundModel } = runTimes((reading) => readings.push(reading))
    const model = aroundModel(
      modelOf({ experts: forecastersOf(stationOf(), { names: NAMES }).map(aroundExpert) }),
    )
    const events = await eventsOf(model, weatherTicks(ROWS))
    expect([...experts.keys()]).toEqual(NAMES)
    for (const { learn, issue, settle } of experts.values()) {
      expect(learn).toBeGreaterThan(0)
      expect(issue).toBeGreaterThan(0)
      expect(settle).toBe(0)
    }
    const { window, verification, training, mixture } = stages
    for (const time of [window.learn, verification.settle, training.learn, mixture.learn, mixture.issue]) {
      expect(time).toBeGreaterThan(0)
    }
    expect(readings).toEqual(events.flatMap((event) => (event.kind === 'reading' ? [event.reading] : [])))
  })

  it('backtest bench - what is issued again is asked of the experts themselves, each time at the next issue', async () => {
    const times = runTimes(() => undefined)
    const asked: number[] = []
    const [persistence] = forecastersOf(stationOf(), { names: ['persistence'] })
    const counting: Forecaster = {
      ...persistence!,
      predict(state, issue) {
        asked.push(issue.issuedAt)
        return persistence!.predict(state, issue)
      },
    }
    expect(times.issueAgain).toThrow('nothing was issued yet')
    await eventsOf(times.aroundModel(modelOf({ experts: [times.aroundExpert(counting)] })), weatherTicks(5))
    const before = asked.length
    times.issueAgain()
    times.issueAgain()
    expect(asked.slice(before)).toEqual([1, 2].map((hours) => asked[before - 1]! + hours * HOUR))
  })

  it('backtest bench - the percentile is the smallest value that so many do not exceed', () => {
    const values = Array.from({ length: 200 }, (_, index) => 200 - index)
    expect([percentile(values, 0.5), percentile(values, 0.99), percentile(values, 1)]).toEqual([
      100, 198, 200,
    ])
  })

  it('backtest bench - the table adds up to the wall time, and says whether the target was reached', () => {
    const results: BacktestTimings = {
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
