import { serialize } from 'node:v8'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LEADS, QUANTILE_LEVELS, type Settlement } from '../../src/domain/forecast.ts'
import { DAY, HOUR, type Instant, MINUTE } from '../../src/domain/instant.ts'
import { seededRandom } from '../../src/domain/random.ts'
import { MIN_SCORES } from '../../src/forecast/conformal.ts'
import { nestedScore } from '../../src/forecast/error-scales.ts'
import { conformalIntervals, type IntervalState, mapConformals } from '../../src/forecast/intervals.ts'
import { readingOf, START, stationOf } from './series.ts'

const MODEL = 'mixture'
const intervals = conformalIntervals(stationOf(), MODEL)
const zeros = new Float64Array(LEADS)
/** So many hours of errors bring the scores that are needed. */
const FIVE_DAYS = MIN_SCORES * 5 + 1

/** The published mean was 0 and the truth is the error. */
function missedBy(
  error: number,
  validAt: Instant,
  leadIndex: number,
  quantiles: Float64Array = new Float64Array(7),
): Settlement {
  const issuedAt = validAt - (leadIndex + 1) * HOUR
  return { issuedAt, validAt, leadIndex, truth: error, models: new Map([[MODEL, zeros]]), quantiles }
}

function learning(
  state: IntervalState,
  errors: readonly number[],
  leadIndex: number,
  from = START,
): IntervalState {
  return errors.reduce(
    (state, error, hour) => intervals.learn(state, missedBy(error, from + hour * HOUR, leadIndex)),
    state,
  )
}

function observing(values: readonly number[]): IntervalState {
  return values.reduce(
    (state, value, hour) => intervals.observe(state, readingOf(START + hour * HOUR, value)),
    intervals.initial(),
  )
}

/** Forecasts one hour ahead, hour by hour, each settled by the error of its hour; yields what was published. */
function living(errors: readonly number[], state = intervals.initial()): Float64Array[] {
  return errors.map((error, hour) => {
    const issuedAt = START + (hour - 1) * HOUR
    const quantiles = intervals.quantiles(state, issuedAt, { mean: zeros })[0]!
    intervals.learn(state, missedBy(error, issuedAt + HOUR, 0, quantiles))
    return quantiles
  })
}

/** Share of the errors within the interval from one level to its mirror, from an hour on. */
function covered(
  errors: readonly number[],
  published: readonly Float64Array[],
  outer: number,
  from: number,
): number {
  const inside = errors
    .slice(from)
    .filter(
      (error, index) =>
        published[from + index]![outer]! <= error && error <= published[from + index]![6 - outer]!,
    )
  return inside.length / (errors.length - from)
}

const width = (levels: Float64Array): number => levels[6]! - levels[0]!

describe('intervals', () => {
  it('intervals - are finite and ordered at every lead, after any readings and errors', () => {
    const value = fc.double({ min: -60, max: 60, noNaN: true })
    fc.assert(
      fc.property(
        fc.array(value, { maxLength: 60 }),
        fc.array(fc.oneof(value, fc.constant(0)), { maxLength: 300 }),
        value,
        (read, errors, mean) => {
          const state = learning(observing(read), errors, 23)
          const issuedAt = START + errors.length * HOUR
          for (const levels of intervals.quantiles(state, issuedAt, {
            mean: new Float64Array(LEADS).fill(mean),
          })) {
            expect(levels.length).toBe(QUANTILE_LEVELS.length)
            expect(levels.every(Number.isFinite)).toBe(true)
            expect(levels).toEqual(levels.toSorted())
            expect(levels[3]).toBeCloseTo(mean, 12)
          }
        },
      ),
    )
  })

  it('intervals - before enough errors have matured are wide, wider with the lead, and centred on the mean', () => {
    const values = Array.from({ length: 72 }, (_, hour) => 10 * Math.sin((hour * Math.PI) / 12))
    const quantiles = intervals.quantiles(observing(values), START, { mean: new Float64Array(LEADS).fill(5) })
    const widths = quantiles.map(width)
    expect(quantiles.map((levels) => levels[3])).toEqual(new Array(LEADS).fill(5))
    expect(widths.slice(0, 12)).toEqual(widths.slice(0, 12).toSorted((a, b) => a - b))
    // Deviation 10/sqrt(2): 90 % of a normal with twice that.
    expect(widths[11]).toBeCloseTo(2 * 1.6449 * 2 * (10 / Math.SQRT2), 1)
    expect(widths[23]).toBe(widths[11])
  })

  it('intervals - are wide from the very first reading, which tells nothing of the spread', () => {
    expect(width(intervals.quantiles(observing([3]), START, { mean: zeros })[0]!)).toBeGreaterThan(5)
  })

  it('intervals - turn to the errors of a lead after five days of them, and not at other leads', () => {
    const start = observing([0, 10])
    const wide = intervals.quantiles(start, START, { mean: zeros })
    const issuedAt = START + FIVE_DAYS * HOUR
    const early = learning(start, new Array(FIVE_DAYS - 10).fill(1), 4)
    expect(intervals.quantiles(early, issuedAt, { mean: zeros })).toEqual(wide)
    const ripe = intervals.quantiles(
      learning(observing([0, 10]), new Array(FIVE_DAYS).fill(1), 4),
      issuedAt,
      { mean: zeros },
    )
    // Every error was 1, and so is half of every width.
    expect(ripe[4]![0]).toBeCloseTo(-1, 9)
    expect(ripe[4]![6]).toBeCloseTo(1, 9)
    expect(ripe[5]).toEqual(wide[5])
  })

  it('intervals - are narrow at the hours of the day at which errors are small', () => {
    // Hours 0..11 miss by 1, hours 12..23 by 3.
    const errors = Array.from(
      { length: 60 * 24 },
      (_, hour) => (hour % 24 < 12 ? 1 : 3) * (hour % 2 ? 1 : -1),
    )
    const state = learning(intervals.initial(), errors, 0)
    const at = (hour: number) =>
      width(intervals.quantiles(state, START + (hour - 1) * HOUR, { mean: zeros })[0]!)
    expect(at(60 * 24 + 18) / at(60 * 24 + 6)).toBeCloseTo(3, 1)
  })

  it('intervals - hold the share of truths that they name, though the errors treble from one month to the next', () => {
    const random = seededRandom(4)
    const errors = Array.from({ length: 12_000 }, (_, hour) => {
      const calm = Math.floor(hour / 720) % 2 === 0
      return (random.unit() + random.unit() + random.unit() - 1.5) * (calm ? 1 : 3)
    })
    const published = living(errors)
    for (const [outer, nominal] of [0.9, 0.8, 0.5].entries()) {
      expect(Math.abs(covered(errors, published, outer, FIVE_DAYS) - nominal)).toBeLessThan(0.005)
    }
  })

  it('intervals - after a month of misses and a calm one are as narrow again as if there had been none', () => {
    const random = seededRandom(8)
    const calm = Array.from({ length: 4000 }, () => random.unit() - 0.5)
    const storm = calm.map((error, hour) => (hour >= 1000 && hour < 1720 ? 2 ** (hour / 90) : error))
    expect(width(living(storm).at(-1)!)).toBeLessThan(2 * width(living(calm).at(-1)!))
  })

  it('intervals - take a stir after a dead calm for large, not for endless', () => {
    const errors = [...new Array(2000).fill(0), 5, ...new Array(100).fill(1)]
    expect(width(living(errors).at(-1)!)).toBeLessThan(200)
  })

  it('intervals - fall back to wide ones after 300 days without a truth', () => {
    const state = learning(observing([0, 10]), new Array(2 * FIVE_DAYS).fill(0.1), 0)
    const stale = intervals.observe(state, readingOf(START + 320 * DAY, 5))
    expect(stale.leads[0]!.scores.count).toBe(0)
    expect(width(intervals.quantiles(stale, START + 320 * DAY, { mean: zeros })[0]!)).toBeGreaterThan(1)
  })

  it('intervals - take no spread from bridged readings or from those without the target', () => {
    const start = START + DAY
    const real = intervals.observe(observing([0, 10]), readingOf(start, 5))
    let state = intervals.observe(observing([0, 10]), readingOf(start - HOUR, 60, { bridged: true }))
    state = intervals.observe(state, readingOf(start - MINUTE, Number.NaN))
    expect(intervals.observe(state, readingOf(start, 5)).spread).toEqual(real.spread)
  })

  it('intervals - learn from one error an hour, however often forecasts are issued', () => {
    const often = intervals.initial()
    const hourly = intervals.initial()
    for (let time = START; time < START + 5 * DAY; time += 10 * MINUTE) {
      const error = Math.sin(time)
      intervals.learn(often, missedBy(error, time, 0))
      if (time % HOUR === 0) intervals.learn(hourly, missedBy(error, time, 0))
    }
    expect(often).toEqual(hourly)
  })

  it('intervals - go on from a copy of their state as if they had never stopped, in as much memory as ever', () => {
    const random = seededRandom(2)
    const errors = Array.from({ length: 20_000 }, () => random.unit() - 0.5)
    const state = learning(intervals.initial(), errors.slice(0, 10_000), 5)
    const copy = structuredClone(state)
    const size = serialize(state).length
    const from = START + 10_000 * HOUR
    const [one, other] = [state, copy].map((each) => learning(each, errors.slice(10_000), 5, from))
    expect(intervals.quantiles(one!, from, { mean: zeros })).toEqual(
      intervals.quantiles(other!, from, { mean: zeros }),
    )
    expect(Math.abs(serialize(one).length - size)).toBeLessThan(1000)
  })
})

describe('intervals of what is never negative', () => {
  const flow = stationOf({ limits: { min: 0, max: 5_000 } })
  const ofFlow = conformalIntervals(flow, MODEL)
  const random = seededRandom(5)
  /** A river in flood now and then: its errors are factors. */
  const levels = Array.from({ length: 3_000 }, (_, hour) => 20 * Math.exp(2 * Math.sin(hour / 90)))
  const truths = levels.map(
    (level) => level * Math.exp(0.5 * (random.unit() + random.unit() + random.unit() - 1.5)),
  )

  /** One hour ahead, hour by hour; yields what was published. */
  function lived(
    intervals: ReturnType<typeof conformalIntervals>,
    said: readonly number[],
    came: readonly number[],
  ): Float64Array[] {
    const state = intervals.initial()
    return said.map((level, hour) => {
      const issuedAt = START + (hour - 1) * HOUR
      const mean = new Float64Array(LEADS).fill(level)
      const quantiles = intervals.quantiles(state, issuedAt, { mean })[0]!
      const truth = came[hour]!
      intervals.observe(state, readingOf(issuedAt + HOUR, truth))
      intervals.learn(state, {
        ...{ issuedAt, validAt: issuedAt + HOUR, leadIndex: 0, truth, quantiles },
        models: new Map([[MODEL, mean]]),
      })
      return quantiles
    })
  }
  const scoreOf = (published: readonly Float64Array[], came: readonly number[]): number =>
    published
      .slice(500)
      .reduce((sum, quantiles, index) => sum + nestedScore(quantiles, came[500 + index]!), 0)

  it('intervals - of a river whose errors are factors take the scale that fits, and hold as many truths', () => {
    const published = lived(ofFlow, levels, truths)
    // The same series by a channel that may be negative has errors as they are, and nothing else.
    const plain = lived(
      conformalIntervals(stationOf({ limits: { min: -1, max: 5_000 } }), MODEL),
      levels,
      truths,
    )
    expect(scoreOf(published, truths)).toBeLessThan(0.9 * scoreOf(plain, truths))
    const late = published
      .slice(500)
      .filter((q, index) => q[0]! <= truths[500 + index]! && truths[500 + index]! <= q[6]!)
    expect(late.length / (published.length - 500)).toBeGreaterThan(0.88)
    expect(late.length / (published.length - 500)).toBeLessThan(0.92)
  })

  it('intervals - never leave the limits of the channel, tried or untried, and stay in order', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(
            fc.double({ min: 0, max: 100, noNaN: true }),
            fc.double({ min: 0, max: 100, noNaN: true }),
          ),
          {
            minLength: 1,
            maxLength: 200,
          },
        ),
        (hours) => {
          const narrow = conformalIntervals(stationOf({ limits: { min: 0, max: 100 } }), MODEL)
          const said = hours.map(([mean]) => mean)
          const came = hours.map(([, truth]) => truth)
          for (const quantiles of lived(narrow, said, came)) {
            expect([...quantiles].every((value) => value >= 0 && value <= 100)).toBe(true)
            expect([...quantiles]).toEqual([...quantiles].toSorted((a, b) => a - b))
          }
        },
      ),
    )
  })

  it('intervals - a state that is made lean and whole again has all its scales', () => {
    const state = ofFlow.initial()
    ofFlow.learn(state, missedBy(3, START, 0))
    const changed = mapConformals(state, (lead) => ({ ...lead, settled: lead.settled + 1 }))
    expect(changed.leads[0]!.settled).toBe(state.leads[0]!.settled + 1)
    expect(changed.onScales!.scales.root!.leads[0]!.settled).toBe(2)
    expect(changed.onScales!.score).toEqual(state.onScales!.score)
  })
})

describe('intervals in proportion to what is expected', () => {
  const atZero = (error: number) => Math.max(1e-3, error)
  const temperature = conformalIntervals(stationOf(), MODEL)

  /** One hour ahead, among experts that are as far apart as `apart` says; errors of `size`. */
  function lived(hours: number, of: (hour: number) => { readonly apart: number; readonly size: number }) {
    const state = temperature.initial()
    const random = seededRandom(11)
    return Array.from({ length: hours }, (_, hour) => {
      const { apart, size } = of(hour)
      const issuedAt = START + (hour - 1) * HOUR
      const experts = new Map([
        ['low', new Float64Array(LEADS).fill(-apart)],
        ['high', new Float64Array(LEADS).fill(apart)],
      ])
      const signs = temperature.signs(state, { models: experts, mean: zeros, current: 0 })
      const quantiles = temperature.quantiles(state, issuedAt, { mean: zeros, signs })[0]!
      const truth = size * 2 * (random.unit() + random.unit() - 1)
      const taken = { experts: new Map(), middle: zeros, lasting: zeros, recent: zeros, signs }
      temperature.observe(state, readingOf(issuedAt + HOUR, truth))
      temperature.learn(state, {
        ...{ issuedAt, validAt: issuedAt + HOUR, leadIndex: 0, truth, quantiles, taken },
        models: new Map([...experts, [MODEL, zeros]]),
      })
      return {
        hour,
        width: quantiles[6]! - quantiles[0]!,
        held: quantiles[0]! <= truth && truth <= quantiles[6]!,
      }
    })
  }
  const heldOf = (some: readonly { readonly held: boolean }[]) =>
    some.filter(({ held }) => held).length / some.length
  const widthOf = (some: readonly { readonly width: number }[]) =>
    some.reduce((sum, { width }) => sum + width, 0) / some.length

  it('intervals - are wide where experts are apart, where that has told the size of errors, and hold what they name', () => {
    // Now and then, at no hour of its own.
    const isStormy = (hour: number) => (hour * 7919) % 97 < 24
    const published = lived(6_000, (hour) => (isStormy(hour) ? { apart: 6, size: 6 } : { apart: 1, size: 1 }))
    const late = published.slice(2_000)
    const [stormy, calm] = [true, false].map((which) => late.filter(({ hour }) => isStormy(hour) === which))
    expect(widthOf(stormy!)).toBeGreaterThan(3 * widthOf(calm!))
    // From errors as they are it would be some 60 %.
    expect(heldOf(stormy!)).toBeGreaterThan(0.7)
    expect(heldOf(calm!)).toBeGreaterThan(0.87)
    expect(Math.abs(heldOf(late) - 0.9)).toBeLessThan(0.01)
  })

  it('intervals - stay finite and hold what they name where no sign ever changes, over years', () => {
    const published = lived(30_000, () => ({ apart: 0, size: 1 }))
    expect(published.every(({ width }) => Number.isFinite(width))).toBe(true)
    expect(Math.abs(heldOf(published.slice(1_000)) - 0.9)).toBeLessThan(0.01)
  })

  it('intervals - of sunshine hold at noon what they name: nights without an error do not make up for days', () => {
    const sun = (hour: number) => Math.max(0, Math.sin(((hour % 24) / 24) * 2 * Math.PI))
    const published = lived(8_000, (hour) => ({ apart: atZero(sun(hour)), size: sun(hour) }))
    const late = published.slice(1_500)
    for (let ofDay = 1; ofDay < 12; ofDay++)
      expect(Math.abs(heldOf(late.filter(({ hour }) => hour % 24 === ofDay)) - 0.9)).toBeLessThan(0.06)
    expect(heldOf(late.filter(({ hour }) => hour % 24 > 13))).toBe(1)
  })
})
