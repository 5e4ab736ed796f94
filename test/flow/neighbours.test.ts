import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PipelineEvent } from '../../src/core/events.ts'
import type { Forecast } from '../../src/domain/forecast.ts'
import { formatInstant } from '../../src/domain/instant.ts'
import { WITHOUT_NEIGHBOURS } from '../../src/domain/neighbour.ts'
import { stationStatus } from '../../src/flow/station-status.ts'
import type { TickMessage } from '../../src/protocol/tick.ts'
import { weather } from '../forecast/series.ts'
import { stored } from '../forecast/stored.ts'
import { at, modelWith, told } from './neighbour-ticks.ts'
import { eventsOf, forecastsIn, ticksOf } from './run-pipeline.ts'

const ROWS = 6 * 24
const model = modelWith([{ station: 'near' }])
const values = weather({ rows: 2 * ROWS, seed: 7 }).map((reading) => reading.values[0]!)
const near = (hour: number): number => (Number.isNaN(values[hour]!) ? 8 : values[hour]!)

/** Each hour the neighbour's reading, as `tellings` has them, ahead of the station's own. */
function played(tellings: (hour: number) => readonly TickMessage[], rows = ROWS): TickMessage[] {
  return ticksOf(weather({ rows })).flatMap((tick, hour) => [...tellings(hour), tick])
}
const always = (hour: number): readonly TickMessage[] => [told(hour, near(hour))]
const never = (): readonly TickMessage[] => []

const issuedAt = (events: readonly PipelineEvent[], hour: number): Forecast | undefined =>
  forecastsIn(events).find((forecast) => forecast.issuedAt === at(hour))
const saysAt = (events: readonly PipelineEvent[], hour: number): boolean =>
  issuedAt(events, hour)?.models.has('near_neighbour') ?? false
const rejectionsIn = (events: readonly PipelineEvent[]) =>
  events.flatMap((event) => (event.kind === 'rejected' ? [event.rejection] : []))
/** Of hours that are no holes of the series. */
const meansOf = (events: readonly PipelineEvent[]) => forecastsIn(events).map(({ mean }) => Array.from(mean))

describe('neighbours', () => {
  it('neighbours - a neighbour that speaks has two experts, and weights of all sum to 1', async () => {
    const last = forecastsIn(await eventsOf(model, played(always))).at(-1)!
    expect([...last.models.keys()]).toEqual(
      expect.arrayContaining(['near_neighbour', 'near_neighbour_random', WITHOUT_NEIGHBOURS]),
    )
    const sums = Array.from(last.mean, (_, lead) =>
      [...last.weights.values()].reduce((sum, weight) => sum + weight[lead]!, 0),
    )
    for (const sum of sums) expect(sum).toBeCloseTo(1, 12)
    expect(last.weights.has(WITHOUT_NEIGHBOURS)).toBe(false)
  })

  it('neighbours - one that never says anything leaves every mean as it would be without, to the last bit', async () => {
    const silent = meansOf(await eventsOf(model, played(never)))
    expect(silent).toEqual(meansOf(await eventsOf(modelWith(undefined), played(never))))
  })

  it('neighbours - one that ends, or is ten hours late, leaves what would have been without it, to the last bit', async () => {
    const without = meansOf(await eventsOf(modelWith(undefined), played(never)))
    const ended = await eventsOf(
      model,
      played((hour) => (hour < 100 ? always(hour) : [])),
    )
    expect([99, 102, 103, 120].map((hour) => saysAt(ended, hour))).toEqual([true, true, false, false])
    const from = forecastsIn(ended).findIndex((forecast) => forecast.issuedAt > at(102))
    expect(meansOf(ended).slice(from)).toEqual(without.slice(from))
    const late = await eventsOf(
      model,
      played((hour) => (hour < 10 ? [] : [told(hour - 10, near(hour - 10), { known: hour })])),
    )
    expect(meansOf(late)).toEqual(without)
  })

  it('neighbours - what is told twice, or after something newer, changes nothing', async () => {
    const once = await eventsOf(model, played(always))
    const twice = await eventsOf(
      model,
      played((hour) => [...always(hour), ...always(hour), told(hour - 2, 40, { known: hour })]),
    )
    expect(forecastsIn(twice)).toEqual(forecastsIn(once))
  })

  it('neighbours - no forecast knows of what is told after it, whatever that is', async () => {
    const base = forecastsIn(await eventsOf(model, played(always)))
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: ROWS - 1 }),
        fc.array(fc.double({ min: -60, max: 60, noNaN: true }), { minLength: 1, maxLength: 5 }),
        async (cut, garbage) => {
          const spoilt = await eventsOf(
            model,
            played((hour) =>
              hour < cut ? always(hour) : hour % 5 === 0 ? [] : [told(hour, garbage[hour % garbage.length]!)],
            ),
          )
          const before = base.filter((forecast) => forecast.issuedAt < at(cut))
          expect(forecastsIn(spoilt).slice(0, before.length)).toEqual(before)
        },
      ),
      { numRuns: 12 },
    )
  })

  it('neighbours - a state that was written out goes on as if it had never stopped', async () => {
    const ticks = played(always)
    const half = ticks.length / 2
    const state = model.initial()
    const whole = forecastsIn(await eventsOf(model, ticks))
    const first = forecastsIn(await eventsOf(model, ticks.slice(0, half), state))
    const rest = forecastsIn(await eventsOf(model, ticks.slice(half), stored(state)))
    expect([...first, ...rest]).toEqual(whole)
  })

  it('neighbours - a reading of no neighbour, of itself or of a time to come is refused by name', async () => {
    const wrong = [
      told(2, 5, { station: 'who' }),
      told(2, 5, { station: 'test' }),
      told(5, 5, { known: 2 }),
      { ...told(2, 5), neighbour: { station: 'near', event_time: 'noon', value: 5 } },
    ]
    const events = await eventsOf(
      model,
      played((hour) => (hour === 2 ? wrong : []), 4),
    )
    expect(rejectionsIn(events).map(({ field, value, reason }) => [field, value, reason])).toEqual([
      ['neighbour.station', 'who', 'unknown_field'],
      ['neighbour.station', 'test', 'unknown_field'],
      ['neighbour.event_time', formatInstant(at(5)), 'future'],
      ['neighbour.event_time', 'noon', 'malformed'],
    ])
  })

  it('neighbours - the status tells what has come of each and which experts learn from it', async () => {
    const state = model.initial()
    await eventsOf(model, played(always), state)
    const context = { engine: '', network: 'none', catchingUp: undefined, tape: undefined, asked: undefined }
    expect(stationStatus(model, state, context).neighbours).toMatchObject({
      near: {
        readings: ROWS,
        newest: formatInstant(at(ROWS - 1)),
        models: ['near_neighbour', 'near_neighbour_random'],
      },
    })
  })
})
