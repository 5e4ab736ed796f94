import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { batchOf } from '../../src/core/history.ts'
import { type Joined, openForecasts, openLeads } from '../../src/core/truth-join.ts'
import { LEADS, type Settlement, validTime } from '../../src/domain/forecast.ts'
import { HOUR, type Instant, MINUTE } from '../../src/domain/instant.ts'
import { joining } from '../core/joining.ts'
import { forecastOf } from '../forecast/forecast-of.ts'
import { START } from '../forecast/series.ts'

interface Event {
  readonly time: Instant
  /** NaN where the target was not measured. */
  readonly value: number
  readonly bridged: boolean
  readonly issues: 'a forecast' | 'an example alone' | 'nothing'
}

/** Time moves on by half a minute to 3 h: often to the very minute that makes two readings as near to a valid time. */
const events = fc
  .array(
    fc.record({
      halfMinutes: fc.oneof(
        fc.integer({ min: 1, max: 30 }),
        fc.constantFrom(10, 20, 60, 120),
        fc.integer({ min: 1, max: 360 }),
      ),
      what: fc.constantFrom('real', 'real', 'real', 'real', 'bridged', 'without target'),
      issues: fc.constantFrom<Event['issues']>('a forecast', 'a forecast', 'an example alone', 'nothing'),
    }),
    { maxLength: 150 },
  )
  .map((steps) => {
    let time = START
    return steps.map(({ halfMinutes, what, issues }, index): Event => {
      time += (halfMinutes * MINUTE) / 2
      return {
        time,
        value: what === 'without target' ? Number.NaN : index,
        bridged: what === 'bridged',
        issues,
      }
    })
  })
const cadence = fc.constantFrom(MINUTE, 4 * MINUTE, 10 * MINUTE, HOUR)

/** Plays all events; a forecast may be issued only at a measurement, as in the pipeline. */
function play(
  events: readonly Event[],
  cadence: number,
  each: (joined: Joined, event: Event) => void = () => {},
) {
  const join = joining(cadence)
  let forecasts = 0
  for (const event of events) {
    const { time, value, bridged, issues } = event
    each(join.read(time, value, { bridged }), event)
    if (bridged || Number.isNaN(value) || issues === 'nothing') continue
    if (issues === 'a forecast') forecasts++
    join.issue(time, { current: value, ...(issues === 'a forecast' && { forecast: forecastOf(time) }) })
  }
  return { ...join, forecasts }
}

/** The promise, said without regard for cost: of all measurements within reach the nearest, the earlier of two. */
function nearest(events: readonly Event[], validAt: Instant, tolerance: number) {
  return events
    .filter(({ bridged, value }) => !bridged && !Number.isNaN(value))
    .map(({ time, value }) => ({ value, distance: Math.abs(time - validAt) }))
    .filter(({ distance }) => distance <= tolerance)
    .reduce<{ value: number; distance: number } | undefined>(
      (best, one) => (best === undefined || one.distance < best.distance ? one : best),
      undefined,
    )
}

const key = ({ issuedAt, leadIndex }: Pick<Settlement, 'issuedAt' | 'leadIndex'>) =>
  `${issuedAt}+${leadIndex}`

describe('truth join properties', () => {
  it('truth join - settles what a search through all readings would, as soon as no later one can be nearer', () => {
    fc.assert(
      fc.property(events, cadence, (events, cadence) => {
        const seen: Event[] = []
        const open = new Map<string, { issuedAt: Instant; leadIndex: number }>()
        const { tolerance } = joining(cadence)
        play(events, cadence, ({ settlements }, event) => {
          seen.push(event)
          const due: string[] = []
          for (const [name, { issuedAt, leadIndex }] of open) {
            const validAt = validTime(issuedAt, leadIndex)
            const passed = event.time - validAt
            if (passed < 0) continue
            const truth = nearest(seen, validAt, tolerance)
            if (passed < (truth?.distance ?? tolerance)) continue
            open.delete(name)
            if (!truth) continue
            due.push(`${name}=${truth.value}`)
            // No reading that comes later, however near, makes another truth of it.
            expect(nearest(events, validAt, tolerance)?.value).toBe(truth.value)
          }
          expect(settlements.map((one) => `${key(one)}=${one.truth}`).sort()).toEqual(due.sort())
          const { time, value, bridged, issues } = event
          if (bridged || Number.isNaN(value) || issues !== 'a forecast') return
          for (let leadIndex = 0; leadIndex < LEADS; leadIndex++) {
            open.set(key({ issuedAt: time, leadIndex }), { issuedAt: time, leadIndex })
          }
        })
      }),
    )
  })

  it('truth join - settles each forecast at each lead at most once, and loses none', () => {
    fc.assert(
      fc.property(events, cadence, (events, cadence) => {
        const settled: Settlement[] = []
        const { state, forecasts } = play(events, cadence, ({ settlements }) => settled.push(...settlements))
        expect(new Set(settled.map(key)).size).toBe(settled.length)
        expect(state.settled).toBe(settled.length)
        expect(state.settled + state.expired + openLeads(state)).toBe(forecasts * LEADS)
      }),
    )
  })

  it('truth join - what it gives out at a reading does not depend on any later one', () => {
    fc.assert(
      fc.property(events, events, cadence, fc.nat(150), (events, others, cadence, cut) => {
        const kept = events.slice(0, cut)
        const since = kept.at(-1)?.time ?? START
        const otherwise = [
          ...kept,
          ...others.map((event) => ({ ...event, time: event.time - START + since })),
        ]
        const given = (events: readonly Event[]): Joined[] => {
          const all: Joined[] = []
          play(events, cadence, (joined) => all.push(joined))
          return all.slice(0, kept.length)
        }
        expect(given(otherwise)).toEqual(given(events))
      }),
    )
  })

  it('truth join - what is learnt from holds the very truths that verification got, in examples and batches alike', () => {
    fc.assert(
      fc.property(events, cadence, (events, cadence) => {
        const truths = new Map<string, number>()
        const examples: Joined['examples'][number][] = []
        const issued = new Set<Instant>()
        const { history, tolerance } = play(events, cadence, (joined, { time, issues }) => {
          for (const one of joined.settlements) truths.set(key(one), one.truth)
          examples.push(...joined.examples)
          if (issues === 'a forecast') issued.add(time)
        })
        const window = { steps: 1, stride: 1, cadence }
        const rows = examples.map(({ row }) => row)
        const batch = batchOf(history, rows, { window, tolerance })
        examples.forEach(({ issuedAt, current, truth }, index) => {
          expect(batch.issuedAt[index]).toBe(issuedAt)
          expect([batch.base[index], batch.inputs[index]]).toEqual([current, current])
          expect([...batch.truth.slice(index * LEADS, (index + 1) * LEADS)]).toEqual([...truth])
          if (!issued.has(issuedAt)) return
          truth.forEach((value, leadIndex) => {
            expect(value).toBe(truths.get(key({ issuedAt, leadIndex })) ?? Number.NaN)
          })
        })
      }),
    )
  })

  it('truth join - every forecast closes once, in its order, with the very truths it was scored by', () => {
    fc.assert(
      fc.property(events, cadence, (events, cadence) => {
        const truths = new Map<string, number>()
        const closed: Joined['closed'][number][] = []
        const issued: Instant[] = []
        const { state } = play(events, cadence, (joined, { time, value, bridged, issues }) => {
          for (const one of joined.settlements) truths.set(key(one), one.truth)
          closed.push(...joined.closed)
          if (issues === 'a forecast' && !bridged && !Number.isNaN(value)) issued.push(time)
        })
        const all = [...closed, ...openForecasts(state)]
        expect(all.map(({ forecast }) => forecast.issuedAt)).toEqual(issued)
        for (const { forecast, truth } of all) {
          truth.forEach((value, leadIndex) => {
            expect(value).toBe(truths.get(key({ issuedAt: forecast.issuedAt, leadIndex })) ?? Number.NaN)
          })
        }
      }),
    )
  })

  it('truth join - holds no issue whose last valid time has gone by', () => {
    fc.assert(
      fc.property(events, cadence, (events, cadence) => {
        const { state, tolerance } = play(events, cadence)
        const newest = events.at(-1)?.time ?? START
        expect(state.issues.filter(({ issuedAt }) => issuedAt <= newest - LEADS * HOUR - tolerance)).toEqual(
          [],
        )
      }),
    )
  })
})
