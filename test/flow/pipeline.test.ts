import { from, lastValueFrom, Subject, toArray } from 'rxjs'
import { describe, expect, it } from 'vitest'
import type { PipelineEvent, TickDelivery } from '../../src/core/events.ts'
import { pipeline } from '../../src/flow/pipeline.ts'
import { taughtExpert, taughtForecaster } from '../core/taught.ts'
import { forecastersOf } from '../experts/created.ts'
import { stationOf } from '../forecast/series.ts'
import { stored } from '../forecast/stored.ts'
import { deliveriesOf, eventsOf, forecastsIn, modelOf, weatherTicks } from './run-pipeline.ts'

const ROWS = 96
const model = modelOf({
  experts: [
    ...forecastersOf(stationOf(), { names: ['persistence', 'climatology', 'rls'] }),
    taughtForecaster('taught'),
  ],
  trained: [taughtExpert('taught').expert],
})

/** What of an event can be compared: all but the view of the window. */
const comparable = (events: readonly PipelineEvent[]) =>
  events.map((event) => (event.kind === 'reading' ? { ...event, lookback: undefined } : event))

describe('pipeline', () => {
  it('pipeline - two subscriptions of one do not share what they know', async () => {
    const [one, other] = [weatherTicks(ROWS, 1), weatherTicks(ROWS, 2)]
    const alone = [await eventsOf(model, one), await eventsOf(model, other)]
    const through = pipeline(model)
    const sources = [new Subject<TickDelivery>(), new Subject<TickDelivery>()]
    const played = sources.map((source$) => lastValueFrom(source$.pipe(through, toArray())))
    for (let row = 0; row < ROWS; row++) {
      sources[0]!.next(deliveriesOf(one)[row]!)
      sources[1]!.next(deliveriesOf(other)[row]!)
    }
    for (const source$ of sources) source$.complete()
    const together = await Promise.all(played)
    expect(together.map(comparable)).toEqual(alone.map(comparable))
    expect(forecastsIn(together[0]!).at(-1)!.models.has('taught')).toBe(true)
    expect(forecastsIn(together[0]!)).not.toEqual(forecastsIn(together[1]!))
  })

  it('pipeline - subscribed to once more it begins anew', async () => {
    const played$ = from(deliveriesOf(weatherTicks(ROWS))).pipe(pipeline(model), toArray())
    expect(comparable(await lastValueFrom(played$))).toEqual(comparable(await lastValueFrom(played$)))
  })

  it('pipeline - goes on from a state that was written out between any two ticks as if it had never stopped', async () => {
    const ticks = weatherTicks(ROWS)
    const whole = await eventsOf(model, ticks)
    for (const stop of [1, 61]) {
      const state = model.initial()
      const before = await eventsOf(model, ticks.slice(0, stop), state)
      const resumed = stored(state)
      const after = await lastValueFrom(
        from(deliveriesOf(ticks.slice(stop), stop + 1)).pipe(
          pipeline(model, () => resumed),
          toArray(),
        ),
      )
      expect(comparable([...before, ...after])).toEqual(comparable(whole))
    }
  })

  it('pipeline - each delivery is done once, in order, behind all that it set off', async () => {
    const ticks = weatherTicks(ROWS).map((tick, row) =>
      row % 10 === 5 ? { ...tick, values: { T: 999, p: 1 } } : tick,
    )
    const events = await eventsOf(model, ticks)
    const done = events.flatMap((event) => (event.kind === 'done' ? [event.delivery] : []))
    expect(done).toEqual(ticks.map((_, row) => row + 1))
    expect(events.filter(({ kind }) => kind === 'rejected')).toHaveLength(10)
    let delivery = 1
    for (const event of events) {
      if (event.kind === 'done') delivery++
      if (event.kind === 'rejected') expect(event.tick).toBe(`test/${delivery - 1}`)
    }
  })

  it('pipeline - what was forecast is scored by a model that knows no more than it did then', async () => {
    const events = await eventsOf(model, weatherTicks(ROWS))
    const forecasts = new Map(forecastsIn(events).map((forecast) => [forecast.issuedAt, forecast]))
    const readings = events.flatMap((event) => (event.kind === 'reading' ? [event] : []))
    const settlements = readings.flatMap(({ joined }) => joined.settlements)
    expect(settlements.length).toBeGreaterThan(1000)
    for (const { issuedAt, models, validAt } of settlements) {
      expect(models).toBe(forecasts.get(issuedAt)!.models)
      expect(issuedAt).toBeLessThan(validAt)
    }
    for (const { reading, forecast } of readings) {
      if (forecast) expect(forecast.issuedAt).toBe(reading.eventTime)
    }
  })

  it('pipeline - a stage that throws ends the stream with its failure', async () => {
    const failure = new Error('a defect')
    const [persistence] = forecastersOf(stationOf(), { names: ['persistence'] })
    const broken = modelOf({
      experts: [
        {
          ...persistence!,
          observe: () => {
            throw failure
          },
        },
      ],
    })
    const outcome = await eventsOf(broken, weatherTicks(3)).catch((error: unknown) => error)
    expect(outcome).toBe(failure)
  })
})
