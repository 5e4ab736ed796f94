import { readFileSync } from 'node:fs'
import { beforeAll, expect, it } from 'vitest'
import type { TruthJoinState } from '../../src/core/truth-join.ts'
import { BASELINES } from '../../src/domain/baselines.ts'
import { LEADS } from '../../src/domain/forecast.ts'
import { HOUR } from '../../src/domain/instant.ts'
import type { Reading } from '../../src/domain/reading.ts'
import { climatology } from '../../src/forecast/climatology.ts'
import type { Forecaster } from '../../src/forecast/forecaster.ts'
import { coverage, meanCrps } from '../../src/verify/interval-sums.ts'
import { count, mae as maeAt, overLeads } from '../../src/verify/model-sums.ts'
import { type RollingState, rolling, type ScoreTable, scoreTable } from '../../src/verify/rolling.ts'
import { forecastersOf } from '../experts/created.ts'
import { describeWithData } from '../support/real-data.ts'
import { chain } from './chain.ts'
import { readingOf, stationOf } from './series.ts'

const FROM_2010 = Date.UTC(2010, 0, 1)

function readingsOf(path: string): Reading[] {
  return readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => {
      const [stamp = '', , temperature] = line.split(',')
      const [day = 0, month = 0, year = 0, hour = 0, minute = 0] = (stamp.match(/\d+/g) ?? []).map(Number)
      return readingOf(Date.UTC(year, month - 1, day, hour, minute) - HOUR, Number(temperature))
    })
}

/** MAE at one lead in K since the start, or averaged over all leads. */
function mae(table: ScoreTable, model: string, lead?: number): number {
  const { all } = table.models.get(model)!
  return lead === undefined ? overLeads((index) => maeAt(all, index)) : maeAt(all, lead - 1)
}

describeWithData('jena_2009_2016_hourly.csv', (path) => {
  let whole: ScoreTable
  let since2010: ScoreTable
  let truths: TruthJoinState

  beforeAll(() => {
    const station = stationOf()
    const tenDays: Forecaster = { ...climatology(station, 10), name: 'climatology_10_days' }
    const { live, state } = chain(station, [...forecastersOf(station, { names: BASELINES }), tenDays])
    let all: RollingState = rolling.initial()
    let later: RollingState = rolling.initial()
    const readings = readingsOf(path)
    for (const reading of readings) {
      const { settlements } = live(reading)
      all = rolling.step(all, settlements).state
      later = rolling.step(
        later,
        settlements.filter(({ issuedAt }) => issuedAt >= FROM_2010),
      ).state
    }
    truths = state.truths
    const end = readings.at(-1)!.eventTime
    whole = scoreTable(all, end)
    since2010 = scoreTable(later, end)
  })

  it('known answers - persistence at an exact lead of 24 h, 2010-2016, misses by 2.609 K', () => {
    expect(mae(since2010, 'persistence', 24)).toBeCloseTo(2.609, 2)
    expect(count(since2010.models.get('persistence')!.all, 23)).toBeGreaterThan(61_000)
  })

  it('known answers - over leads +1 to +24 h and the whole file: persistence 3.33 K, the same hour yesterday 2.61 K', () => {
    expect(mae(whole, 'persistence')).toBeCloseTo(3.33, 2)
    expect(mae(whole, 'seasonal_naive')).toBeCloseTo(2.61, 2)
  })

  it('known answers - a climatology that forgets in ten days misses by 3.336 K at +24 h, 2010-2016', () => {
    expect(mae(since2010, 'climatology_10_days', 24)).toBeCloseTo(3.336, 2)
  })

  it('known answers - the mixture beats every expert in it, at +24 h and over all leads', () => {
    const experts = BASELINES
    expect(mae(since2010, 'mixture', 24)).toBeLessThan(
      Math.min(...experts.map((name) => mae(since2010, name, 24))),
    )
    expect(mae(whole, 'mixture')).toBeLessThan(Math.min(...experts.map((name) => mae(whole, name))))
  })

  it('known answers - the intervals hold what they promise to 0.003 at every lead', () => {
    for (const [interval, nominal] of [0.9, 0.8, 0.5].entries()) {
      for (let lead = 0; lead < LEADS; lead++) {
        expect(Math.abs(coverage(since2010.intervals!.all, lead, interval) - nominal)).toBeLessThan(0.003)
      }
    }
  })

  it('known answers - CRPS lies well below the mean absolute error', () => {
    expect(meanCrps(since2010.intervals!.all, 23)).toBeLessThan(0.75 * mae(since2010, 'mixture', 24))
  })

  it('known answers - less than one in a thousand of the truths is missing', () => {
    const { settled, expired } = truths
    expect(settled).toBeGreaterThan(1_670_000)
    expect(expired).toBeLessThan(settled / 1000)
  })
})
