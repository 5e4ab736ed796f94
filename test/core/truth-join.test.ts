import { describe, expect, it } from 'vitest'
import { openLeads } from '../../src/core/truth-join.ts'
import { LEADS, validTime } from '../../src/domain/forecast.ts'
import { DAY, HOUR, type Instant, MINUTE, SECOND } from '../../src/domain/instant.ts'
import { truthRule } from '../../src/domain/measurement-rule.ts'
import type { Station } from '../../src/domain/station.ts'
import { forecastOf } from '../forecast/forecast-of.ts'
import { START } from '../forecast/series.ts'
import { stored } from '../forecast/stored.ts'
import { joining } from './joining.ts'

const CADENCE = 10 * MINUTE
const DUE = START + HOUR

/** One forecast, issued at the start; then each reading by its minutes from the first valid time: what was settled. */
function settledBy(...readings: readonly AfterDue[]) {
  return settledAt({ cadence: CADENCE }, readings)
}

type AfterDue = readonly [minutes: number, value: number, bridged?: 'bridged']

function settledAt(station: Pick<Station, 'cadence' | 'hold'>, readings: readonly AfterDue[]) {
  const join = joining(station)
  join.read(START)
  join.issue(START, { forecast: forecastOf(START) })
  return readings.map(([minutes, value, bridged]) => {
    const { settlements } = join.read(DUE + minutes * MINUTE, value, { bridged: bridged !== undefined })
    return settlements.map(({ leadIndex, truth }) => [leadIndex + 1, truth])
  })
}

describe('truth join', () => {
  it('truth join - brings a forecast and its truth together at valid time: who predicted what, and what came', () => {
    const forecast = {
      ...forecastOf(START),
      models: new Map([
        ['a', Float64Array.from({ length: LEADS }, (_, lead) => lead)],
        ['mixture', new Float64Array(LEADS)],
      ]),
    }
    const join = joining({ cadence: CADENCE })
    join.read(START)
    join.issue(START, { forecast })
    expect(join.read(START + 3 * HOUR, 7).settlements).toEqual([
      {
        issuedAt: START,
        validAt: validTime(START, 2),
        leadIndex: 2,
        truth: 7,
        models: forecast.models,
        quantiles: Float64Array.of(-3, -2, -1, 0, 1, 2, 3),
      },
    ])
  })

  it('truth join - settles every forecast that is due at a reading, each at its own lead', () => {
    const join = joining({ cadence: CADENCE })
    for (const hour of [0, 1, 2]) {
      join.read(START + hour * HOUR)
      join.issue(START + hour * HOUR, { forecast: forecastOf(START + hour * HOUR) })
    }
    const { settlements } = join.read(START + 3 * HOUR)
    expect(settlements.map(({ leadIndex }) => leadIndex + 1).sort()).toEqual([1, 2, 3])
  })

  it('truth join - takes a measurement within half a cadence and at most 5 minutes of the valid time', () => {
    const truths = (offset: number) => settledBy([offset, 7], [11, 9, 'bridged']).flat()
    expect([-5, -5.1, 5, 5.1].map(truths)).toEqual([[[1, 7]], [], [[1, 7]], []])
    expect(truthRule({ cadence: MINUTE })).toMatchObject({ tolerance: MINUTE / 2 })
    expect(truthRule({ cadence: HOUR })).toMatchObject({ tolerance: 5 * MINUTE })
  })

  it('truth join - where none is near it takes the line between two that are at most two cadences apart', () => {
    expect(settledBy([-6, 10], [6, 20])).toEqual([[], [[1, 15]]])
    expect(settledBy([-14, 10], [6, 20])).toEqual([[], [[1, 17]]])
    expect(settledBy([-14.1, 10], [6, 20])).toEqual([[], []])
    // What is near goes first, and so does what is nearest.
    expect(settledBy([-6, 10], [5, 20])).toEqual([[], [[1, 20]]])
  })

  it('truth join - an interval that no hour divides has a truth at every valid time', () => {
    const join = joining({ cadence: HOUR })
    const period = HOUR - 13 * SECOND
    let slopes = 0
    for (let row = 0; row < 40 * 24; row++) {
      for (const { validAt, truth } of join.read(START + row * period, row).settlements) {
        // Within 5 minutes the nearest counts, which is up to a twelfth of a row away.
        expect(Math.abs(truth - (validAt - START) / period)).toBeLessThan(1 / 11)
        if (!Number.isInteger(truth)) slopes++
      }
      join.issue(START + row * period, { forecast: forecastOf(START + row * period) })
    }
    expect(join.state).toMatchObject({ expired: 0 })
    expect(slopes).toBeGreaterThan(100)
    expect(openLeads(join.state)).toBeLessThanOrEqual((LEADS * (LEADS + 2)) / 2 + LEADS)
  })

  it('truth join - of a station that reports changes silence means the same, for as long as it says', () => {
    const changes = { cadence: CADENCE, hold: HOUR }
    expect(
      settledAt(changes, [
        [-40, 10],
        [45, 20],
      ]),
    ).toEqual([[], [[1, 10]]])
    expect(
      settledAt(changes, [
        [-59.9, 10],
        [45, 20],
      ]),
    ).toEqual([[], [[1, 10]]])
    // The issue's own measurement is an hour old, and that is long enough.
    expect(settledAt(changes, [[45, 20]])).toEqual([[[1, 1]]])
    expect(settledAt({ ...changes, hold: HOUR - 1 }, [[45, 20]])).toEqual([[]])
    // Near ones and lines go first.
    expect(
      settledAt(changes, [
        [-14, 10],
        [6, 20],
      ]),
    ).toEqual([[], [[1, 17]]])
  })

  it('truth join - holds no value before it is sure that no line can be drawn, and waits no longer', () => {
    const changes = { cadence: CADENCE, hold: HOUR }
    const silent = Number.NaN
    expect(
      settledAt(changes, [
        [-10, 10],
        [5, silent],
        [9.9, silent],
        [10, silent],
      ]),
    ).toEqual([[], [], [], [[1, 10]]])
    expect(
      settledAt(changes, [
        [-10, 10],
        [9.9, silent],
        [10, 20],
      ]),
    ).toEqual([[], [], [[1, 15]]])
    expect(
      settledAt(changes, [
        [-30, 10],
        [4.9, silent],
        [5, 10, 'bridged'],
      ]),
    ).toEqual([[], [], [[1, 10]]])
  })

  it('truth join - of the measurements near a valid time the nearest is its truth', () => {
    expect(settledBy([-4, 10], [1, 20], [3, 30])).toEqual([[], [[1, 20]], []])
    expect(settledBy([-2, 10], [3, 20])).toEqual([[], [[1, 10]]])
    expect(settledBy([-4, 10], [-1, 20], [2, 30])).toEqual([[], [], [[1, 20]]])
  })

  it('truth join - of two as near the earlier one is the truth', () => {
    expect(settledBy([-3, 10], [3, 20])).toEqual([[], [[1, 10]]])
  })

  it('truth join - settles once no later reading can be nearer, and no sooner', () => {
    expect(settledBy([0, 10])).toEqual([[[1, 10]]])
    expect(settledBy([-3, 10], [2.9, Number.NaN], [3, 0, 'bridged'], [4, 40])).toEqual([
      [],
      [],
      [[1, 10]],
      [],
    ])
  })

  it('truth join - what is settled stays so: later readings near the valid time change nothing', () => {
    expect(settledBy([0, 1], [1, 2], [2, 3])).toEqual([[[1, 1]], [], []])
  })

  it('truth join - a bridged reading is no truth, nor is one without the target', () => {
    expect(settledBy([-1, 3, 'bridged'], [0, Number.NaN], [1, 5])).toEqual([[], [], [[1, 5]]])
  })

  it('truth join - what no measurement came for expires and is counted, even where only bridged readings follow', () => {
    const join = joining({ cadence: CADENCE })
    join.read(START)
    join.issue(START, { forecast: forecastOf(START) })
    join.read(START + 2.5 * HOUR, 1, { bridged: true })
    expect(join.state).toMatchObject({ settled: 0, expired: 2 })
    expect(openLeads(join.state)).toBe(LEADS - 2)
  })

  it('truth join - holds the issues of one day, however long it runs', () => {
    const join = joining({ cadence: CADENCE })
    for (let time = START; time < START + 10 * DAY; time += CADENCE) {
      join.read(time)
      join.issue(time, { forecast: forecastOf(time) })
    }
    expect(join.state.issues.length).toBe(DAY / CADENCE)
    expect(join.state.expired).toBe(0)
  })

  it('truth join - goes on from a state that was written out as if it had never stopped', () => {
    const join = joining({ cadence: CADENCE })
    const live = ({ read, issue }: typeof join, from: number, until: number) =>
      Array.from({ length: until - from }, (_, index) => {
        const time = START + (from + index) * HOUR
        const joined = read(time, from + index)
        issue(time, { forecast: forecastOf(time), current: from + index })
        return joined
      })
    live(join, 0, 30)
    const { state, history } = join
    const resumed = joining({ cadence: CADENCE }, stored({ state, history }))
    expect(live(resumed, 30, 70)).toEqual(live(join, 30, 70))
    expect(resumed.state).toEqual(join.state)
  })

  it('truth join - rejects a forecast issued before the newest, which would break its order', () => {
    const join = joining({ cadence: CADENCE })
    join.issue(START + HOUR, { forecast: forecastOf(START + HOUR) })
    expect(() => join.issue(START, { forecast: forecastOf(START) })).toThrow(
      'a forecast issued at 2009-01-01T00:00:00Z came after one issued at 2009-01-01T01:00:00Z',
    )
  })
})

/** The hours since the start, which are the readings' values too: a label tells which reading it came from. */
function hourly(join: ReturnType<typeof joining>, from: number, to: number) {
  return Array.from({ length: to - from + 1 }, (_, index) => {
    const time = START + (from + index) * HOUR
    const { examples } = join.read(time, from + index)
    join.issue(time, { current: from + index })
    return examples
  })
}

const sinceStart = ({ issuedAt }: { issuedAt: Instant }): number => (issuedAt - START) / HOUR

describe('examples', () => {
  it('examples - are given out with the reading that is their last label, and no earlier', () => {
    const given = hourly(joining({ cadence: HOUR }), 0, 60)
    given.forEach((examples, hour) => {
      expect(examples.map(sinceStart)).toEqual(hour < LEADS ? [] : [hour - LEADS])
      for (const { current, features, row, truth } of examples) {
        expect([current, ...features, row]).toEqual(new Array(3).fill(hour - LEADS))
        expect([...truth]).toEqual(Array.from({ length: LEADS }, (_, lead) => hour - LEADS + 1 + lead))
      }
    })
  })

  it('examples - hold NaN for a label that never came or was only bridged, and wait past it', () => {
    const join = joining({ cadence: CADENCE })
    hourly(join, 0, 29)
    join.read(START + 30 * HOUR, 30, { bridged: true })
    hourly(join, 31, 39)
    expect(join.read(START + 40 * HOUR, Number.NaN).examples).toEqual([])
    const { examples } = join.read(START + 40 * HOUR + 5 * MINUTE, Number.NaN)
    expect(examples.map(sinceStart)).toEqual([16])
    const unknown = Array.from(examples[0]!.truth.keys()).filter((lead) =>
      Number.isNaN(examples[0]!.truth[lead]),
    )
    expect(unknown.map((lead) => 17 + lead)).toEqual([30, 40])
  })

  it('examples - a gap costs only the labels within it', () => {
    const join = joining({ cadence: HOUR })
    hourly(join, 0, 3)
    const [first] = hourly(join, 20, 24).flat()
    expect([...first!.truth].filter((value) => !Number.isNaN(value))).toEqual([1, 2, 3, 20, 21, 22, 23, 24])
  })

  it('examples - after days of silence what is open comes out with the labels it has, or not at all', () => {
    const join = joining({ cadence: HOUR })
    hourly(join, 0, 2)
    expect(join.read(START + 100 * HOUR).examples.map(sinceStart)).toEqual([0, 1])
    expect(join.state.issues).toEqual([])
  })

  it('examples - are the first issue of each hour, so little is held however often one issues', () => {
    const join = joining({ cadence: MINUTE })
    const given: number[] = []
    let most = 0
    for (let minute = 0; minute < 3 * 24 * 60; minute++) {
      const time = START + minute * MINUTE
      given.push(...join.read(time, minute).examples.map(sinceStart))
      join.issue(time)
      most = Math.max(most, join.state.issues.length)
    }
    expect(given).toEqual(Array.from({ length: 48 }, (_, hour) => hour))
    expect(most).toBeLessThanOrEqual(LEADS + 1)
  })

  it('examples - are made where no expert could forecast yet, and settle nothing', () => {
    const join = joining({ cadence: HOUR })
    expect(hourly(join, 0, 30).flat().length).toBe(7)
    expect(join.state).toMatchObject({ settled: 0, expired: 0 })
    expect(openLeads(join.state)).toBe(0)
  })
})
