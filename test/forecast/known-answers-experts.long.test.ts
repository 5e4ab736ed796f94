import { readFileSync } from 'node:fs'
import { beforeAll, expect, it } from 'vitest'
import { DAY, HOUR } from '../../src/domain/instant.ts'
import type { Reading } from '../../src/domain/reading.ts'
import type { Station } from '../../src/domain/station.ts'
import { MIXTURE } from '../../src/forecast/mixture.ts'
import { jena } from '../../src/ingest/jena.ts'
import { mae, overLeads } from '../../src/verify/model-sums.ts'
import { rolling, type ScoreTable, scoreTable } from '../../src/verify/rolling.ts'
import { forecastersOf, STREAM_EXPERTS } from '../experts/created.ts'
import { describeWithData } from '../support/real-data.ts'
import { chain } from './chain.ts'

const YEAR = 365 * DAY

/** The first year of the file, with the channels it has. */
function firstYear(path: string): { station: Station; readings: Reading[] } {
  const [header = '', ...lines] = readFileSync(path, 'utf8').trim().split('\n')
  const names = header.replaceAll('"', '').trim().split(',').slice(1)
  const channels = names.map((name) => jena.channels.find((channel) => channel.name === name)!)
  const readings = lines.slice(0, YEAR / HOUR).map((line) => {
    const [stamp = '', ...cells] = line.split(',')
    const [day = 0, month = 0, year = 0, hour = 0, minute = 0] = (stamp.match(/\d+/g) ?? []).map(Number)
    const eventTime = Date.UTC(year, month - 1, day, hour, minute) - HOUR
    const values = Float64Array.from(cells, (cell, index) => {
      const value = Number(cell)
      return value < channels[index]!.limits.min ? Number.NaN : value
    })
    return { eventTime, ingestTime: eventTime, values, bridged: false }
  })
  return { station: { ...jena, cadence: HOUR, channels }, readings }
}

describeWithData('jena_2009_2016_hourly.csv', (path) => {
  let table: ScoreTable

  beforeAll(() => {
    const { station, readings } = firstYear(path)
    const { live } = chain(station, forecastersOf(station))
    let scores = rolling.initial()
    for (const reading of readings) {
      scores = rolling.step(scores, live(reading).settlements).state
    }
    table = scoreTable(scores, readings.at(-1)!.eventTime)
  })

  const dayAhead = (model: string): number => mae(table.models.get(model)!.all, 23)
  const allLeads = (model: string): number => {
    const { all } = table.models.get(model)!
    return overLeads((lead) => mae(all, lead))
  }

  it.each([
    ['damped_anomaly', 2.522, 2.096],
    ['rls', 2.573, 2.03],
    ['rls_hour', 2.566, 1.962],
    ['rls_season', 2.512, 1.984],
  ])(
    'known answers - %s misses by %d K at +24 h and by %d K over all leads, from nothing, in 2009',
    (name, at24h, mean) => {
      expect(dayAhead(name)).toBeCloseTo(at24h, 1)
      expect(allLeads(name)).toBeCloseTo(mean, 1)
    },
  )

  it('known answers - the mixture is better than each of its experts, and no better than one can be in honesty', () => {
    const all = STREAM_EXPERTS.map(({ name }) => name)
    const experts = all.filter((name) => table.models.has(name))
    // Of weather there is no week to be learnt.
    expect(all.filter((name) => !experts.includes(name))).toEqual(['rls_week'])
    expect(dayAhead(MIXTURE)).toBeLessThan(Math.min(...experts.map(dayAhead)))
    expect(allLeads(MIXTURE)).toBeLessThan(Math.min(...experts.map(allLeads)))
    // Far below this a label has been learnt before it matured.
    expect(dayAhead(MIXTURE)).toBeGreaterThan(2.3)
  })
})
