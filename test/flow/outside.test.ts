import { describe, expect, it } from 'vitest'
import type { PipelineEvent } from '../../src/core/events.ts'
import type { StationModel } from '../../src/core/station-model.ts'
import { type Forecast, LEADS, type Settlement } from '../../src/domain/forecast.ts'
import { formatInstant, HOUR, type Instant, SECOND } from '../../src/domain/instant.ts'
import type { Station } from '../../src/domain/station.ts'
import { outsideExperts } from '../../src/experts/outside.ts'
import { validateOutside } from '../../src/ingest/validate-outside.ts'
import type { TickMessage } from '../../src/protocol/tick.ts'
import { forecastersOf } from '../experts/created.ts'
import { START, stationOf, weather } from '../forecast/series.ts'
import { stored } from '../forecast/stored.ts'
import { eventsOf, forecastsIn, modelOf, ticksOf } from './run-pipeline.ts'

const station: Station = { ...stationOf(), outside: [{ issuer: 'met' }, { issuer: 'gone' }] }
const NAMES = ['persistence', 'climatology']

function modelWith(outside: Station['outside']): StationModel {
  const its = { ...station, outside }
  const experts = [
    ...forecastersOf(its, { names: NAMES }),
    ...outsideExperts(its).map((one) => one.forecaster),
  ]
  return modelOf({ station: its, experts })
}

const model = modelWith(station.outside)
const ROWS = 72
const at = (hour: number): Instant => START + hour * HOUR

/** A tick that brings what `met` says at an hour of the hours to come: the same of each. */
function met(
  hour: number,
  {
    mean,
    available = hour,
    leads = 24,
    from = 1,
  }: { mean: number; available?: number; leads?: number; from?: number },
): TickMessage {
  return {
    event_time: '',
    ingest_time: formatInstant(at(available)),
    id: `met/${hour}/${available}/${mean}`,
    values: {},
    outside: {
      issuer: 'met',
      issued_at: formatInstant(at(hour)),
      available_at: formatInstant(at(available)),
      leads: Array.from({ length: leads }, (_, lead) => ({ lead_hours: from + lead, mean })),
    },
  }
}

/** Readings of so many hours, with these ticks ahead of the reading of their hour. */
function played(ahead: Readonly<Record<number, readonly TickMessage[]>>, rows = ROWS): TickMessage[] {
  return ticksOf(weather({ rows })).flatMap((tick, hour) => [...(ahead[hour] ?? []), tick])
}

const issuedAt = (events: readonly PipelineEvent[], hour: number): Forecast | undefined =>
  forecastsIn(events).find((forecast) => forecast.issuedAt === at(hour))
const saidAt = (events: readonly PipelineEvent[], hour: number): readonly number[] | undefined => {
  const mean = issuedAt(events, hour)?.models.get('outside_met')
  return mean && Array.from(mean)
}
const settlementsIn = (events: readonly PipelineEvent[]): readonly Settlement[] =>
  events.flatMap((event) => (event.kind === 'reading' ? event.joined.settlements : []))
const rejectionsIn = (events: readonly PipelineEvent[]) =>
  events.flatMap((event) => (event.kind === 'rejected' ? [event.rejection] : []))

describe('outside', () => {
  it('outside - a forecast stands among the models from its availability on, at the leads that it has', async () => {
    const events = await eventsOf(model, played({ 30: [met(30, { mean: 5, leads: 12 })] }))
    expect(saidAt(events, 29)).toBeUndefined()
    expect(saidAt(events, 30)).toEqual(
      Array.from({ length: LEADS }, (_, lead) => (lead < 12 ? 5 : Number.NaN)),
    )
    expect(saidAt(events, 40)).toEqual(
      Array.from({ length: LEADS }, (_, lead) => (lead < 2 ? 5 : Number.NaN)),
    )
    expect(saidAt(events, 42)).toBeUndefined()
  })

  it('outside - one that is here early is used no sooner than it says that it could be had', async () => {
    const events = await eventsOf(model, played({ 30: [met(30, { mean: 5, available: 33 })] }))
    expect([32, 33].map((hour) => saidAt(events, hour)?.[0])).toEqual([undefined, 5])
  })

  it('outside - nothing that was issued before it came is another one for it', async () => {
    const without = await eventsOf(model, played({}))
    const events = await eventsOf(model, played({ 30: [met(20, { mean: 5 })] }))
    expect(forecastsIn(events).filter((one) => one.issuedAt < at(30))).toEqual(
      forecastsIn(without).filter((one) => one.issuedAt < at(30)),
    )
    expect(saidAt(events, 30)?.[0]).toBe(5)
  })

  it('outside - what comes after its valid time is not scored: of a late one the leads that are left, of one that is past none', async () => {
    const events = await eventsOf(model, played({ 30: [met(20, { mean: 5 })], 50: [met(20, { mean: 9 })] }))
    const scored = settlementsIn(events).filter(({ models }) => models.has('outside_met'))
    expect(Math.min(...scored.map(({ issuedAt }) => issuedAt))).toBe(at(30))
    expect(Math.min(...scored.map(({ validAt }) => validAt))).toBe(at(31))
    expect(Math.max(...scored.map(({ validAt }) => validAt))).toBe(at(44))
    expect(rejectionsIn(events)).toMatchObject([
      { field: 'outside.leads', reason: 'late', value: formatInstant(at(44)) },
    ])
  })

  it('outside - a revision is used from when it is there, and what it revises is scored as it was', async () => {
    const events = await eventsOf(
      model,
      played({ 30: [met(30, { mean: 5 })], 36: [met(30, { mean: 7, available: 36 })] }),
    )
    expect([35, 36].map((hour) => saidAt(events, hour)?.[0])).toEqual([5, 7])
    const scored = settlementsIn(events).filter(({ models }) => models.has('outside_met'))
    for (const { models, leadIndex, issuedAt } of scored)
      expect(models.get('outside_met')![leadIndex]).toBe(issuedAt < at(36) ? 5 : 7)
    expect(scored.some(({ issuedAt, validAt }) => issuedAt < at(36) && validAt > at(36))).toBe(true)
  })

  it('outside - it is scored by the ledger that scores ours, over the same truths, at the leads that it has', async () => {
    const state = model.initial()
    const events = await eventsOf(model, played({ 30: [met(30, { mean: 5, leads: 6 })] }), state)
    const scored = settlementsIn(events).filter(({ models }) => models.has('outside_met'))
    expect(scored.length).toBeGreaterThan(10)
    for (const { models } of scored)
      expect([...models.keys()]).toEqual(expect.arrayContaining(['persistence', 'mixture']))
    const { models } = state.verification.rolling.sinceStart
    const sumOf = (name: string) => models[name]!.reduce((sum, value) => sum + value, 0)
    expect(Number.isFinite(sumOf('outside_met'))).toBe(true)
    expect(Number.isFinite(sumOf('mixture'))).toBe(true)
  })

  it('outside - an issuer that is silent costs nothing: forecasts are to the last bit those without it', async () => {
    const silent = forecastsIn(await eventsOf(model, played({})))
    expect(silent).toEqual(forecastsIn(await eventsOf(modelWith(undefined), played({}))))
    const ended = forecastsIn(await eventsOf(model, played({ 30: [met(30, { mean: 5, leads: 3 })] })))
    expect(ended.at(-1)!.models.has('outside_met')).toBe(false)
    expect(ended.at(-1)!.weights.has('outside_met')).toBe(false)
  })

  it('outside - weights sum to 1 at each lead, and whoever sleeps has none', async () => {
    const events = await eventsOf(model, played({ 30: [met(30, { mean: 5, leads: 6 })] }))
    const { weights } = issuedAt(events, 31)!
    for (let lead = 0; lead < LEADS; lead++) {
      const each = [...weights.values()].map((weight) => weight[lead]!)
      expect(each.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12)
      if (lead >= 5) expect(weights.get('outside_met')![lead]).toBe(0)
    }
  })

  it('outside - goes on from a state that was written out as if it had never stopped', async () => {
    const every = Object.fromEntries([24, 36, 48, 60].map((hour) => [hour, [met(hour, { mean: hour / 6 })]]))
    const ticks = played(every, 120)
    const whole = forecastsIn(await eventsOf(model, ticks))
    for (const stop of [20, 40, 80]) {
      const state = model.initial()
      const before = await eventsOf(model, ticks.slice(0, stop), state)
      const after = await eventsOf(model, ticks.slice(stop), stored(state))
      expect(forecastsIn([...before, ...after])).toEqual(whole)
    }
  })

  it('outside - a first tick that is none of a sensor begins the session that it is of', async () => {
    const replay = { session: '01J00000000000000000000000', speed: 'max', paused: false } as const
    const ticks = played({ 0: [met(-1, { mean: 5, available: 0 })] }, 6).map((tick) => ({ ...tick, replay }))
    const events = await eventsOf(model, ticks)
    expect(saidAt(events, 0)?.[0]).toBe(5)
  })

  it('outside - one lead beyond the limits is no other unit: what is within them counts', async () => {
    const tick = met(30, { mean: 5 })
    const [first, ...rest] = tick.outside!.leads
    const cold = { ...tick, outside: { ...tick.outside!, leads: [{ ...first!, mean: 999 }, ...rest] } }
    const events = await eventsOf(model, played({ 30: [cold] }, 40))
    expect(rejectionsIn(events)).toEqual([])
    expect(saidAt(events, 31)?.[1]).toBe(5)
  })

  it('outside - the clock of an issuer may be ahead by what a sensor’s may, and its forecast is known no sooner', () => {
    const sent = (seconds: number) => {
      const [{ outside }, came] = [met(30, { mean: 5 }), at(30) - seconds * SECOND]
      const { available_at: _, ...unsaid } = outside!
      return validateOutside(station, unsaid, came)
    }
    expect(sent(30)).toMatchObject({ ok: true, forecast: { availableAt: at(30) } })
    expect(sent(-30)).toMatchObject({ ok: true, forecast: { availableAt: at(30) + 30 * SECOND } })
    expect(sent(90)).toMatchObject({ ok: false, rejection: { field: 'outside.issued_at', reason: 'future' } })
  })

  it.each([
    ['issuer', { issuer: 'who' }, 'unknown_field'],
    ['quantity', { quantity: 'p' }, 'unknown_field'],
    ['issued_at', { issued_at: 'noon' }, 'malformed'],
    ['available_at', { available_at: formatInstant(at(1)) }, 'malformed'],
    ['leads.1.lead_hours', { leads: [2, 2].map((lead_hours) => ({ lead_hours, mean: 1 })) }, 'malformed'],
    ['available_at', { available_at: formatInstant(at(90)) }, 'late'],
    ['leads.0.mean', { leads: [1, 2].map((lead_hours) => ({ lead_hours, mean: 283.1 })) }, 'out_of_limits'],
    [
      'leads.0.quantiles.0.10',
      { leads: [{ lead_hours: 1, mean: 1, quantiles: { '0.1': 1, '0.10': 2 } }] },
      'malformed',
    ],
    [
      'leads.0.quantiles.0.9',
      { leads: [{ lead_hours: 1, mean: 1, quantiles: { '0.1': 2, '0.9': 1 } }] },
      'malformed',
    ],
  ] as const)(
    'outside - a wrong %s is refused by name, and nothing else of it is taken',
    async (field, wrong, reason) => {
      const tick = met(30, { mean: 5 })
      const broken = {
        ...tick,
        outside: {
          ...tick.outside!,
          ...wrong,
          leads: [...('leads' in wrong ? wrong.leads : tick.outside!.leads)],
        },
      }
      const events = await eventsOf(model, played({ 30: [broken] }, 40))
      expect(rejectionsIn(events)).toMatchObject([{ field: `outside.${field}`, reason }])
      expect(saidAt(events, 31)).toBeUndefined()
    },
  )
})
