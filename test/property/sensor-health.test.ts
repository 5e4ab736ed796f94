import { deserialize, serialize } from 'node:v8'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { emptyHealth, type HealthState } from '../../src/core/health/health-state.ts'
import { HOUR } from '../../src/domain/instant.ts'
import { changed, swing, verdictsOf } from '../core/health/sensor.ts'
import { forecastersOf } from '../experts/created.ts'
import { eventsOf, modelOf, ticksOf } from '../flow/run-pipeline.ts'
import { readingOf, START, stationOf } from '../forecast/series.ts'

const ROWS = 12 * 48
/** Stretches of whatever a sensor may say. */
const faults = fc.array(
  fc.record({
    from: fc.integer({ min: 0, max: ROWS - 1 }),
    rows: fc.integer({ min: 1, max: 120 }),
    says: fc.oneof(
      fc.double({ min: -150, max: 150, noNaN: true }).map((value) => () => value),
      fc.double({ min: -40, max: 40, noNaN: true }).map((by) => (value: number) => value + by),
      fc.constant((value: number) => value * 1.8 + 32),
    ),
  }),
  { maxLength: 4 },
)
const faulty = fc.tuple(fc.integer({ min: 1, max: 1000 }), faults).map(([seed, list]) => {
  const real = swing(ROWS, seed)
  const values = list.reduce((said, { from, rows, says }) => changed(said, [from, from + rows], says), real)
  return { real, values }
})

describe('sensor health', () => {
  it('sensor health - written out and read again anywhere it finds the same, and nothing later changes a verdict', () => {
    fc.assert(
      fc.property(faulty, fc.integer({ min: 1, max: ROWS }), ({ real, values }, at) => {
        const whole = verdictsOf(values, { real })
        const state = emptyHealth()
        expect(verdictsOf(values.slice(0, at), { real, state })).toEqual(whole.slice(0, at))
        const read: HealthState = deserialize(serialize(state))
        expect(verdictsOf(values, { real, state: read, first: at })).toEqual(whole.slice(at))
        const unbroken = emptyHealth()
        verdictsOf(values, { real, state: unbroken })
        expect(read).toEqual(unbroken)
      }),
      { numRuns: 100 },
    )
  })

  it('sensor health - no sensor is locked out: one that moves is believed after a month at the latest', () => {
    fc.assert(
      fc.property(faulty, ({ real, values }) => {
        const later = swing(40 * 48, 7)
        const all = [...values, ...later.map((value) => value + 35)]
        const expected = [...real, ...later]
        expect(verdictsOf(all, { real: expected }).slice(-48)).toEqual(later.slice(-48).map(() => undefined))
      }),
      { numRuns: 50 },
    )
  })

  it('sensor health - what is masked is no truth, is not learnt from, and no forecast is made of it', async () => {
    const { channels, ...rest } = stationOf()
    const limits = { min: -1500, max: 1500 }
    const station = { ...rest, channels: channels.map((channel) => ({ ...channel, limits })) }
    const experts = forecastersOf(station, { names: ['persistence', 'rls'] })
    const hours = swing(20 * 48).filter((_, row) => row % 2 === 0)
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 150, max: 300 }),
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 35, max: 50 }),
        async (from, rows, by) => {
          const values = changed(hours, [from, from + rows], (value) => value + by)
          const readings = values.map((value, row) => readingOf(START + row * HOUR, value))
          const model = modelOf({ station, experts })
          const events = await eventsOf(model, ticksOf(readings), model.initial())
          const masked = new Set<number>()
          for (const event of events) {
            if (event.kind !== 'reading') continue
            const { reading, forecast, joined } = event
            if (reading.flagged) {
              masked.add(reading.eventTime)
              expect(reading.values[0]).toBeNaN()
              expect(reading.flagged.value).toBeCloseTo(values[(reading.eventTime - START) / HOUR]!)
              expect(forecast).toBeUndefined()
            }
            for (const { truth } of joined.settlements) expect(truth).toBeLessThan(35)
            for (const { truth } of joined.examples) expect(truth.every((value) => !(value >= 35))).toBe(true)
          }
          expect(masked.size).toBe(rows)
        },
      ),
      { numRuns: 4 },
    )
  })
})
