import { describe, expect, it } from 'vitest'
import { LEADS, validTime } from '../../src/domain/forecast.ts'
import { DAY, HOUR, MINUTE } from '../../src/domain/instant.ts'
import { type LedgerInput, ledger, openLeads, settleTolerance } from '../../src/verify/ledger.ts'
import { forecastOf } from '../forecast/chain.ts'
import { readingOf, START, stationOf } from '../forecast/series.ts'

const station = stationOf({ cadence: 10 * MINUTE })

function issued(issuedAt: number): LedgerInput {
  return { kind: 'issued', forecast: forecastOf(issuedAt) }
}

function read(eventTime: number, value = 1, options?: { bridged: boolean }): LedgerInput {
  return { kind: 'reading', reading: readingOf(eventTime, value, options) }
}

/** What each input settled, as lead hours; and the state at the end. */
function run(...inputs: LedgerInput[]) {
  const { initial, step } = ledger(station)
  let state = initial()
  const settled = inputs.map((input) => {
    const next = step(state, input)
    state = next.state
    return next.output.map(({ leadIndex }) => leadIndex + 1)
  })
  return { settled, state }
}

describe('ledger', () => {
  it('ledger - joins a forecast and its truth at valid time: who said what, and what came', () => {
    const { initial, step } = ledger(station)
    const forecast = {
      ...forecastOf(START),
      models: new Map([
        ['a', Float64Array.from({ length: LEADS }, (_, lead) => lead)],
        ['mixture', new Float64Array(LEADS)],
      ]),
    }
    const { state } = step(initial(), { kind: 'issued', forecast })
    const { output } = step(state, { kind: 'reading', reading: readingOf(START + 3 * HOUR, 7) })
    expect(output).toEqual([
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

  it('ledger - settles every forecast that is due at a reading, each at its own lead', () => {
    const { settled } = run(
      issued(START),
      issued(START + HOUR),
      issued(START + 2 * HOUR),
      read(START + 3 * HOUR),
    )
    expect(settled.at(-1)?.sort()).toEqual([1, 2, 3])
  })

  it('ledger - takes a measurement within half a cadence and at most 5 minutes of the valid time', () => {
    const due = START + HOUR
    const settles = (offset: number): number => run(issued(START), read(due + offset)).settled[1]?.length ?? 0
    expect([-5, -5.1, 5, 5.1].map((minutes) => settles(minutes * MINUTE))).toEqual([1, 0, 1, 0])
    expect(settleTolerance(stationOf({ cadence: MINUTE }))).toBe(MINUTE / 2)
    expect(settleTolerance(stationOf({ cadence: HOUR }))).toBe(5 * MINUTE)
  })

  it('ledger - a late reading settles nothing twice', () => {
    const due = START + HOUR
    expect(run(issued(START), read(due), read(due - 2 * MINUTE), read(due)).settled).toEqual([
      [],
      [1],
      [],
      [],
    ])
  })

  it('ledger - a bridged reading settles nothing, nor does one without the target', () => {
    const due = START + HOUR
    const { settled } = run(
      issued(START),
      read(due, 3, { bridged: true }),
      read(due, Number.NaN),
      read(due + MINUTE),
    )
    expect(settled).toEqual([[], [], [], [1]])
  })

  it('ledger - what no measurement came for expires and is counted, even where only bridged readings follow', () => {
    const { state } = run(issued(START), read(START + 2.5 * HOUR, 1, { bridged: true }))
    expect(state).toMatchObject({ settled: 0, expired: 2 })
    expect(openLeads(state)).toBe(LEADS - 2)
  })

  it('ledger - holds the forecasts of one day, however long it runs', () => {
    const inputs: LedgerInput[] = []
    for (let time = START; time < START + 10 * DAY; time += 10 * MINUTE) inputs.push(read(time), issued(time))
    const { state } = run(...inputs)
    expect(state.forecasts.length).toBe(DAY / (10 * MINUTE))
    expect(state.expired).toBe(0)
  })

  it('ledger - goes on from a copy of its state as if it had never stopped', () => {
    const { initial, step } = ledger(station)
    let state = initial()
    for (let hour = 0; hour < 30; hour++) {
      state = step(state, read(START + hour * HOUR)).state
      state = step(state, issued(START + hour * HOUR)).state
    }
    const copy = structuredClone(state)
    const next = read(START + 30 * HOUR)
    expect(step(copy, next)).toEqual(step(state, next))
  })

  it('ledger - refuses a forecast issued before the newest, which would break its order', () => {
    expect(() => run(issued(START + HOUR), issued(START))).toThrow(
      'a forecast issued at 2009-01-01T00:00:00Z came after one issued at 2009-01-01T01:00:00Z',
    )
  })
})
