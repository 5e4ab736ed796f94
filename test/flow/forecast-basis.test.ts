import { describe, expect, it } from 'vitest'
import { LEADS } from '../../src/domain/forecast.ts'
import { formatInstant, HOUR } from '../../src/domain/instant.ts'
import type { Station } from '../../src/domain/station.ts'
import { outsideExperts } from '../../src/experts/outside.ts'
import { forecastMessage } from '../../src/protocol/encode.ts'
import { receiptOf } from '../../src/protocol/receipt.ts'
import type { TickMessage } from '../../src/protocol/tick.ts'
import { forecastersOf } from '../experts/created.ts'
import { START, stationOf, weather } from '../forecast/series.ts'
import { eventsOf, forecastsIn, modelOf, ticksOf } from './run-pipeline.ts'

const station: Station = { ...stationOf(), outside: [{ issuer: 'met' }] }
const model = modelOf({
  station,
  experts: [
    ...forecastersOf(station, { names: ['persistence', 'climatology'] }),
    ...outsideExperts(station).map(({ forecaster }) => forecaster),
  ],
})
const at = (hour: number) => START + hour * HOUR

function met(hour: number, available: number): TickMessage {
  return {
    ...{ event_time: '', ingest_time: formatInstant(at(available)), id: `met/${hour}`, values: {} },
    outside: {
      ...{ issuer: 'met', issued_at: formatInstant(at(hour)), available_at: formatInstant(at(available)) },
      leads: Array.from({ length: 24 }, (_, lead) => ({ lead_hours: 1 + lead, mean: 5 })),
    },
  }
}

/** 120 hours; two hours of the fifth day are missing, `met` has issued at 90 and 96, the second had two hours later. */
const ticks = ticksOf(weather({ rows: 120 })).flatMap((tick, hour) => {
  if (hour === 100 || hour === 101) return []
  return hour === 90 ? [met(90, 90), tick] : hour === 96 ? [met(96, 98), tick] : [tick]
})

const basisAt = async (hour: number, given = ticks) =>
  forecastsIn(await eventsOf(model, given)).find(({ issuedAt }) => issuedAt === at(hour))!.basis!

describe('forecast basis', () => {
  it('forecast basis - names the runs of others that it knew, and none that could not be had yet', async () => {
    expect((await basisAt(80)).outside).toBeUndefined()
    expect((await basisAt(97)).outside).toEqual([{ source: 'met', issuedAt: at(90), availableAt: at(90) }])
    // The newer one where it reaches, the older one nowhere any more.
    expect((await basisAt(98)).outside).toEqual([{ source: 'met', issuedAt: at(96), availableAt: at(98) }])
  })

  it('forecast basis - counts the readings of the last day, and those that were no measurement', async () => {
    const events = await eventsOf(model, ticks)
    const readings = events.flatMap((event) => (event.kind === 'reading' ? [event.reading] : []))
    for (const hour of [5, 99, 103]) {
      const ofDay = readings.filter(
        ({ eventTime }) => eventTime > at(hour) - 24 * HOUR && eventTime <= at(hour),
      )
      const unmeasured = ofDay.filter(({ bridged, values }) => bridged || Number.isNaN(values[0]!)).length
      expect((await basisAt(hour)).lastDay).toEqual({ readings: ofDay.length, unmeasured })
      if (hour === 103) expect(unmeasured).toBeGreaterThanOrEqual(2)
    }
  })

  it('forecast basis - says how many errors the intervals had learnt from at each lead, and where they had too few', async () => {
    const { intervals } = await basisAt(60)
    expect(intervals.errors).toEqual(Array.from({ length: LEADS }, (_, lead) => intervals.errors[0]! - lead))
    expect(intervals.errors[0]).toBeGreaterThan(50)
    expect(new Set(intervals.scales)).toEqual(new Set(['spread']))
    expect(intervals.level90).toEqual(Array(LEADS).fill(expect.closeTo(0.9, 1)))
  })

  it('forecast basis - is the same in a second run; when a reading was taken in counts for live ones alone', async () => {
    expect(await basisAt(110)).toEqual(await basisAt(110))
    expect((await basisAt(110)).takenIn).toBe(at(110))
    const replayed = ticks.map((tick) => ({
      ...tick,
      replay: { session: '01H0000000000000000000000S', speed: 'max' as const, paused: false },
    }))
    expect(await basisAt(110, replayed)).not.toHaveProperty('takenIn')
  })

  it('forecast basis - a receipt has what each said and weighed at each lead, and the basis as it was published', async () => {
    const forecast = forecastsIn(await eventsOf(model, ticks)).at(-1)!
    const message = forecastMessage(station, forecast, { source: 'live' })
    const truth = new Float64Array(LEADS).fill(Number.NaN).fill(7, 0, 2)
    const { id, leads, basis } = receiptOf(station.id, JSON.parse(JSON.stringify(message)), truth)
    expect(id).toBe(`${station.id}/${formatInstant(at(119))}`)
    expect(basis).toEqual(message.basis)
    expect(leads.map(({ truth }) => truth)).toEqual([7, 7, ...Array(22).fill(null)])
    for (const [lead, { experts, mean }] of leads.entries()) {
      expect(experts.reduce((sum, { weight }) => sum + weight!, 0)).toBeCloseTo(1, 2)
      const mixed = experts.reduce((sum, { mean, weight }) => sum + (mean ?? 0) * weight!, 0)
      expect(mixed).toBeCloseTo(mean, 1)
      const said = Object.keys(message.models).filter((name) => name !== 'mixture')
      expect(experts.map(({ name }) => name).sort()).toEqual(said.sort())
      expect(experts.find(({ name }) => name === 'persistence')!.mean).toBe(
        message.models['persistence']![lead],
      )
    }
  })

  it('forecast basis - is small beside the forecast that it is kept with', async () => {
    const forecast = forecastsIn(await eventsOf(model, ticks)).at(-1)!
    const bytes = (value: unknown) => Buffer.byteLength(JSON.stringify(value))
    const { basis } = forecastMessage(station, forecast, { source: 'live' })
    expect(bytes(basis)).toBeLessThan(700)
  })
})
