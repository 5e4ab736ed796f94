import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { batchOf } from '../../src/core/history.ts'
import { type Joined, openForecasts, openLeads } from '../../src/core/truth-join.ts'
import { LEADS, type Settlement, validTime } from '../../src/domain/forecast.ts'
import { HOUR, type Instant, MINUTE } from '../../src/domain/instant.ts'
import type { Station } from '../../src/domain/station.ts'
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

const stations = fc
  .record({
    cadence: fc.constantFrom(MINUTE, 4 * MINUTE, 10 * MINUTE, HOUR, 3 * HOUR),
    hold: fc.constantFrom(undefined, 10 * MINUTE, HOUR, 6 * HOUR, 30 * HOUR),
  })
  .map(({ cadence, hold }): Rhythm => ({ cadence, ...(hold !== undefined && { hold }) }))

/**
 * Time moves on by quarters of a cadence, now and then by hours: often to the very moment at which two readings are as
 * near to a valid time, or that is as far from a reading as anything counts.
 */
const eventsOf = ({ cadence }: Rhythm): fc.Arbitrary<Event[]> =>
  fc
    .array(
      fc.record({
        step: fc.oneof(
          {
            weight: 12,
            arbitrary: fc.integer({ min: 1, max: 9 }).map((quarters) => (quarters * cadence) / 4),
          },
          { weight: 2, arbitrary: fc.integer({ min: 1, max: 60 }).map((halves) => (halves * MINUTE) / 2) },
          { weight: 1, arbitrary: fc.integer({ min: 1, max: 1080 }).map((halves) => (halves * MINUTE) / 2) },
        ),
        what: fc.constantFrom('real', 'real', 'real', 'bridged', 'without target'),
        issues: fc.constantFrom<Event['issues']>('a forecast', 'a forecast', 'an example alone', 'nothing'),
      }),
      { maxLength: 150, size: 'max' },
    )
    .map((steps) => {
      let time = START
      return steps.map(({ step, what, issues }, index): Event => {
        time += step
        return {
          time,
          value: what === 'without target' ? Number.NaN : index,
          bridged: what === 'bridged',
          issues,
        }
      })
    })
const runs = stations.chain((station) => fc.tuple(eventsOf(station), fc.constant(station)))
type Rhythm = Pick<Station, 'cadence' | 'hold'>

/** Plays all events; a forecast may be issued only at a measurement, as in the pipeline. */
function play(
  events: readonly Event[],
  station: Rhythm,
  each: (joined: Joined, event: Event) => void = () => {},
) {
  const join = joining(station)
  let forecasts = 0
  for (const event of events) {
    const { time, value, bridged, issues } = event
    each(join.read(time, value, { bridged }), event)
    if (!isMeasured(event) || issues === 'nothing') continue
    if (issues === 'a forecast') forecasts++
    join.issue(time, { current: value, ...(issues === 'a forecast' && { forecast: forecastOf(time) }) })
  }
  return { ...join, forecasts }
}

const isMeasured = ({ bridged, value }: Event): boolean => !bridged && !Number.isNaN(value)

interface Measured {
  readonly time: Instant
  readonly value: number
}

/** The promise, said without regard for cost; measurements are in order of time. */
function truthOf(
  measurements: readonly Measured[],
  validAt: Instant,
  { cadence, hold = 0 }: Rhythm,
): number | undefined {
  const away = ({ time }: Measured): number => Math.abs(time - validAt)
  const least = Math.min(...measurements.map(away))
  const nearest = measurements.find((one) => away(one) === least)
  if (nearest && least <= Math.min(cadence / 2, 5 * MINUTE)) return nearest.value
  const before = measurements.findLast(({ time }) => time < validAt)
  const after = measurements.find(({ time }) => time > validAt)
  if (before && after && after.time - before.time <= 2 * cadence) {
    const slope = (after.value - before.value) / (after.time - before.time)
    return before.value + slope * (validAt - before.time)
  }
  return before && validAt - before.time <= hold ? before.value : undefined
}

/**
 * Whether some measurement yet to come could make another truth: tried are those that could do most, the earliest, the
 * nearest, and the last ones that count at all.
 */
function isInDoubt(
  measurements: readonly Measured[],
  validAt: Instant,
  { station, now }: { readonly station: Rhythm; readonly now: Instant },
): boolean {
  const truth = truthOf(measurements, validAt, station)
  const { cadence } = station
  const before = measurements.findLast(({ time }) => time < validAt)
  const times = [
    now + 1,
    validAt,
    validAt + Math.min(cadence / 2, 5 * MINUTE),
    (before?.time ?? 0) + 2 * cadence,
  ]
  return times.some(
    (time) => time > now && truthOf([...measurements, { time, value: -1e6 }], validAt, station) !== truth,
  )
}

const key = ({ issuedAt, leadIndex }: Pick<Settlement, 'issuedAt' | 'leadIndex'>) =>
  `${issuedAt}+${leadIndex}`
/** Two ways to draw a line round in two ways. */
const keyed = (name: string, truth: number) => `${name}=${Math.round(truth * 1e6)}`

describe('truth join properties', () => {
  it('truth join - settles what a search through all readings would, as soon as no later one can change it', () => {
    fc.assert(
      fc.property(runs, ([events, station]) => {
        const all = events.filter(isMeasured)
        const seen: Measured[] = []
        const open = new Map<string, { issuedAt: Instant; leadIndex: number }>()
        play(events, station, ({ settlements }, event) => {
          const { time, issues } = event
          if (isMeasured(event)) seen.push(event)
          const due: string[] = []
          for (const [name, { issuedAt, leadIndex }] of open) {
            const validAt = validTime(issuedAt, leadIndex)
            if (validAt > time || isInDoubt(seen, validAt, { station, now: time })) continue
            open.delete(name)
            const truth = truthOf(seen, validAt, station)
            // No reading that comes later makes another truth of it, or one at all.
            expect(truthOf(all, validAt, station)).toBe(truth)
            if (truth !== undefined) due.push(keyed(name, truth))
          }
          expect(settlements.map((one) => keyed(key(one), one.truth)).sort()).toEqual(due.sort())
          if (!isMeasured(event) || issues !== 'a forecast') return
          for (let leadIndex = 0; leadIndex < LEADS; leadIndex++) {
            open.set(key({ issuedAt: time, leadIndex }), { issuedAt: time, leadIndex })
          }
        })
      }),
    )
  })

  it('truth join - settles each forecast at each lead at most once, and loses none', () => {
    fc.assert(
      fc.property(runs, ([events, station]) => {
        const settled: Settlement[] = []
        const { state, forecasts } = play(events, station, ({ settlements }) => settled.push(...settlements))
        expect(new Set(settled.map(key)).size).toBe(settled.length)
        expect(state.settled).toBe(settled.length)
        expect(state.settled + state.expired + openLeads(state)).toBe(forecasts * LEADS)
      }),
    )
  })

  it('truth join - what it gives out at a reading does not depend on any later one', () => {
    fc.assert(
      fc.property(runs, runs, fc.nat(150), ([events, station], [others], cut) => {
        const kept = events.slice(0, cut)
        const since = kept.at(-1)?.time ?? START
        const otherwise = [
          ...kept,
          ...others.map((event) => ({ ...event, time: event.time - START + since })),
        ]
        const given = (events: readonly Event[]): Joined[] => {
          const all: Joined[] = []
          play(events, station, (joined) => all.push(joined))
          return all.slice(0, kept.length)
        }
        expect(given(otherwise)).toEqual(given(events))
      }),
    )
  })

  it('truth join - what is learnt from holds the very truths that verification got, in examples and batches alike', () => {
    fc.assert(
      fc.property(runs, ([events, station]) => {
        const truths = new Map<string, number>()
        const examples: Joined['examples'][number][] = []
        const issued = new Set<Instant>()
        const { history, rule } = play(events, station, (joined, { time, issues }) => {
          for (const one of joined.settlements) truths.set(key(one), one.truth)
          examples.push(...joined.examples)
          if (issues === 'a forecast') issued.add(time)
        })
        const window = { steps: 1, stride: 1, cadence: station.cadence }
        const rows = examples.map(({ row }) => row)
        const batch = batchOf(history, rows, { window, rule })
        examples.forEach(({ issuedAt, current, truth }, index) => {
          expect(batch.issuedAt[index]).toBe(issuedAt)
          expect([batch.base[index], batch.inputs[index]]).toEqual([current, current])
          expect([...batch.truth.slice(index * LEADS, (index + 1) * LEADS)]).toEqual(
            [...truth].map(Math.fround),
          )
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
      fc.property(runs, ([events, station]) => {
        const truths = new Map<string, number>()
        const closed: Joined['closed'][number][] = []
        const issued: Instant[] = []
        const { state } = play(events, station, (joined, event) => {
          for (const one of joined.settlements) truths.set(key(one), one.truth)
          closed.push(...joined.closed)
          if (event.issues === 'a forecast' && isMeasured(event)) issued.push(event.time)
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

  it('truth join - holds no issue whose last valid time has gone by for two cadences', () => {
    fc.assert(
      fc.property(runs, ([events, station]) => {
        const { state } = play(events, station)
        const newest = events.at(-1)?.time ?? START
        const longest = LEADS * HOUR + Math.max(2 * station.cadence, 5 * MINUTE)
        expect(state.issues.filter(({ issuedAt }) => issuedAt <= newest - longest)).toEqual([])
      }),
    )
  })
})
