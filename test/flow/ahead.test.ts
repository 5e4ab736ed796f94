import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { StationState } from '../../src/core/station-state.ts'
import type { Forecast } from '../../src/domain/forecast.ts'
import { formatInstant, HOUR, type Instant } from '../../src/domain/instant.ts'
import type { Station } from '../../src/domain/station.ts'
import { outsideNames } from '../../src/experts/outside.ts'
import type { AheadColumn } from '../../src/forecast/ahead/ahead-columns.ts'
import type { Forecaster } from '../../src/forecast/forecaster.ts'
import type { TickMessage } from '../../src/protocol/tick.ts'
import { forecastersOf } from '../experts/created.ts'
import { START, stationOf, weather } from '../forecast/series.ts'
import { stored } from '../forecast/stored.ts'
import { eventsOf, forecastsIn, modelOf, ticksOf } from './run-pipeline.ts'

const station: Station = {
  ...stationOf(),
  outside: [
    { issuer: 'met', quantity: 'wind', unit: 'm/s' },
    { issuer: 'met', quantity: 'cloud', unit: '%' },
  ],
}

/** Forecasts what is said of a quantity: what it says is what an expert sees. */
const teller = (name: string, said: (column: AheadColumn) => Float64Array): Forecaster<null> => ({
  name,
  sleeps: true,
  initial: () => null,
  observe: () => undefined,
  predict: (_, { ahead }) => ahead?.['met.wind'] && said(ahead['met.wind']).slice(1, 25),
})
const TELLERS = [teller('said', ({ values }) => values), teller('age', ({ age }) => age)]

const model = modelOf({
  station,
  experts: [...forecastersOf(station, { names: ['persistence', 'climatology'] }), ...TELLERS],
})
const ROWS = 60
const at = (hour: number): Instant => START + hour * HOUR

/** A tick that brings what `met` says at an hour of the hours to come: the same of each. */
function met(
  hour: number,
  {
    mean,
    available = hour,
    quantity = 'wind',
    leads = 24,
  }: { mean: number; available?: number; quantity?: string; leads?: number },
): TickMessage {
  return {
    event_time: '',
    ingest_time: formatInstant(at(available)),
    id: `met/${hour}/${available}/${mean}`,
    values: {},
    outside: {
      ...{ issuer: 'met', quantity },
      issued_at: formatInstant(at(hour)),
      available_at: formatInstant(at(available)),
      leads: Array.from({ length: leads }, (_, lead) => ({ lead_hours: 1 + lead, mean })),
    },
  }
}

/** Readings of so many hours, with these ticks ahead of the reading of their hour. */
function played(ahead: Readonly<Record<number, readonly TickMessage[]>>, rows = ROWS): TickMessage[] {
  return ticksOf(weather({ rows })).flatMap((tick, hour) => [...(ahead[hour] ?? []), tick])
}

async function forecastsOf(ticks: readonly TickMessage[], state?: StationState): Promise<Forecast[]> {
  return forecastsIn(await eventsOf(model, ticks, state))
}

const saidAt = (
  forecasts: readonly Forecast[],
  hour: number,
  name = 'said',
): readonly number[] | undefined => {
  const mean = forecasts.find(({ issuedAt }) => issuedAt === at(hour))?.models.get(name)
  return mean && Array.from(mean)
}

describe('ahead', () => {
  it('ahead - experts see what is said of a quantity from its availability on, of the hours that it reaches, and its age', async () => {
    const forecasts = await forecastsOf(played({ 30: [met(28, { mean: 5, available: 30 })] }))
    expect(saidAt(forecasts, 29)).toBeUndefined()
    const said = Array.from({ length: 24 }, (_, lead) => (lead < 22 ? 5 : Number.NaN))
    expect(saidAt(forecasts, 30)).toEqual(said)
    expect(saidAt(forecasts, 30, 'age')).toEqual(said.map((value) => value && 2))
    expect(saidAt(forecasts, 52)).toBeUndefined()
  })

  it('ahead - the newest run that reaches an hour counts, a revision from when it is there, and nothing earlier is another one', async () => {
    const first = { 30: [met(30, { mean: 5 })] }
    const forecasts = await forecastsOf(
      played({ ...first, 36: [met(36, { mean: 7, leads: 4 })], 38: [met(30, { mean: 9, available: 38 })] }),
    )
    expect(saidAt(forecasts, 36)?.slice(0, 6)).toEqual([7, 7, 7, 7, 5, 5])
    expect(saidAt(forecasts, 38)?.slice(0, 4)).toEqual([7, 7, 9, 9])
    expect(forecasts.filter(({ issuedAt }) => issuedAt < at(36))).toEqual(
      (await forecastsOf(played(first))).filter(({ issuedAt }) => issuedAt < at(36)),
    )
  })

  it('ahead - a quantity is no model, and one that is silent changes nothing', async () => {
    expect(outsideNames(station)).toEqual([])
    const forecasts = await forecastsOf(played({ 30: [met(30, { mean: 5, leads: 3 })] }))
    expect([...saidModels(forecasts, 31)]).toEqual(['persistence', 'climatology', 'said', 'age', 'mixture'])
    const bare = modelOf({ experts: forecastersOf(stationOf(), { names: ['persistence', 'climatology'] }) })
    expect(await forecastsOf(played({}))).toEqual(forecastsIn(await eventsOf(bare, played({}))))
  })

  it('ahead - of two quantities each is seen under its name alone', async () => {
    const forecasts = await forecastsOf(
      played({ 30: [met(30, { mean: 5 }), met(30, { mean: 80, quantity: 'cloud' })] }),
    )
    expect(saidAt(forecasts, 31)?.[0]).toBe(5)
  })

  it('ahead - a quantity that the station does not name is refused, with those that it does', async () => {
    const events = await eventsOf(model, played({ 30: [met(30, { mean: 5, quantity: 'rain' })] }))
    const rejections = events.flatMap((event) => (event.kind === 'rejected' ? [event.rejection] : []))
    expect(rejections).toEqual([
      {
        ...{ field: 'outside.quantity', value: 'rain', reason: 'unknown_field' },
        rule: 'one of wind, cloud: those that the station file names with met',
      },
    ])
    const { outside } = met(30, { mean: 5 })
    const { quantity: _, ...unnamed } = outside!
    const tick = { ...met(30, { mean: 5 }), outside: unnamed }
    expect((await eventsOf(model, played({ 30: [tick] }))).some(({ kind }) => kind === 'rejected')).toBe(true)
  })

  it('ahead - no forecast knows anything of a quantity that could be had only later, however wrong that is', async () => {
    const runs = (spoilt: (available: number) => number) =>
      played(
        Object.fromEntries(
          [6, 12, 18, 24, 30, 36, 42].map((hour) => {
            const available = hour + (hour % 4)
            return [hour, [met(hour, { mean: hour + spoilt(available), available })]]
          }),
        ),
      )
    const whole = await forecastsOf(runs(() => 0))
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: ROWS }),
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
        async (cut, wrong) => {
          const spoilt = await forecastsOf(runs((available) => (available > cut ? wrong : 0)))
          const until = ({ issuedAt }: Forecast): boolean => issuedAt <= at(cut)
          expect(spoilt.filter(until)).toEqual(whole.filter(until))
        },
      ),
      { numRuns: 15 },
    )
  })

  it('ahead - goes on from a state that was written out as if it had never stopped, also from one without', async () => {
    const ticks = played(
      Object.fromEntries([12, 24, 36, 48].map((hour) => [hour, [met(hour, { mean: hour / 6 })]])),
      80,
    )
    const whole = await forecastsOf(ticks)
    for (const stop of [5, 20, 40, 60]) {
      const state = model.initial()
      const before = await forecastsOf(ticks.slice(0, stop), state)
      const after = await forecastsOf(ticks.slice(stop), stored(state))
      expect([...before, ...after]).toEqual(whole)
    }
  })
})

function saidModels(forecasts: readonly Forecast[], hour: number): Iterable<string> {
  return forecasts.find(({ issuedAt }) => issuedAt === at(hour))!.models.keys()
}
