import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LEADS, type Settlement, validTime } from '../../src/domain/forecast.ts'
import { HOUR, MINUTE } from '../../src/domain/instant.ts'
import type { Reading } from '../../src/domain/reading.ts'
import { type LedgerInput, ledger, openLeads, settleTolerance } from '../../src/verify/ledger.ts'
import { forecastOf } from '../forecast/chain.ts'
import { readingOf, START, stationOf } from '../forecast/series.ts'

/** Time moves on by up to 3 h; now and then a reading comes from up to 3 h ago. */
const event = fc.record({
  minutes: fc.oneof(fc.integer({ min: 0, max: 15 }), fc.integer({ min: 0, max: 180 })),
  what: fc.oneof(
    { weight: 3, arbitrary: fc.constant('issued' as const) },
    { weight: 6, arbitrary: fc.constant('real' as const) },
    { weight: 1, arbitrary: fc.constant('bridged' as const) },
    { weight: 1, arbitrary: fc.constant('without target' as const) },
    { weight: 1, arbitrary: fc.constant('late' as const) },
  ),
})
const cadence = fc.constantFrom(MINUTE, 4 * MINUTE, 10 * MINUTE, HOUR)

function inputsOf(events: readonly { minutes: number; what: string }[]): LedgerInput[] {
  let now = START
  return events.map(({ minutes, what }) => {
    if (what === 'late') return { kind: 'reading', reading: readingOf(now - minutes * MINUTE, 1) }
    now += minutes * MINUTE
    if (what === 'issued') return { kind: 'issued', forecast: forecastOf(now) }
    const target = what === 'without target' ? Number.NaN : 1
    return { kind: 'reading', reading: readingOf(now, target, { bridged: what === 'bridged' }) }
  })
}

/** The promise, said without regard for cost: every open forecast-lead is looked at for every reading. */
function plainLedger(tolerance: number) {
  let open: { issuedAt: number; leadIndex: number; validAt: number }[] = []
  return {
    open: () => open.length,
    issue(issuedAt: number): void {
      for (let lead = 0; lead < LEADS; lead++) {
        open.push({ issuedAt, leadIndex: lead, validAt: validTime(issuedAt, lead) })
      }
    },
    read({ eventTime, bridged, values }: Reading): string[] {
      open = open.filter(({ validAt }) => validAt >= eventTime - tolerance)
      if (bridged || Number.isNaN(values[0]!)) return []
      const due = open.filter(({ validAt }) => Math.abs(validAt - eventTime) <= tolerance)
      open = open.filter((entry) => !due.includes(entry))
      return due.map(key).sort()
    },
  }
}

function key({ issuedAt, leadIndex }: Pick<Settlement, 'issuedAt' | 'leadIndex'>): string {
  return `${issuedAt}+${leadIndex}`
}

describe('ledger properties', () => {
  it('ledger - settles what a search through all open forecasts would settle, and when', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 120 }), cadence, (events, cadence) => {
        const station = stationOf({ cadence })
        const { initial, step } = ledger(station)
        const plain = plainLedger(settleTolerance(station))
        let state = initial()
        for (const input of inputsOf(events)) {
          const next = step(state, input)
          state = next.state
          if (input.kind === 'issued') plain.issue(input.forecast.issuedAt)
          else expect(next.output.map(key).sort()).toEqual(plain.read(input.reading))
          expect(openLeads(state)).toBe(plain.open())
        }
      }),
    )
  })

  it('ledger - settles each forecast at each lead at most once, and loses none', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 200 }), cadence, (events, cadence) => {
        const { initial, step } = ledger(stationOf({ cadence }))
        let state = initial()
        const settled: Settlement[] = []
        const forecasts = new Set<number>()
        let issued = 0
        for (const input of inputsOf(events)) {
          // One forecast for each issue time, so that a settlement is known by its issue time and lead.
          if (input.kind === 'issued' && forecasts.has(input.forecast.issuedAt)) continue
          if (input.kind === 'issued') {
            forecasts.add(input.forecast.issuedAt)
            issued++
          }
          const next = step(state, input)
          state = next.state
          settled.push(...next.output)
        }
        expect(new Set(settled.map(key)).size).toBe(settled.length)
        expect(state.settled).toBe(settled.length)
        expect(state.settled + state.expired + openLeads(state)).toBe(issued * LEADS)
      }),
    )
  })

  it('ledger - holds no forecast whose last valid time has gone by', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 200 }), (events) => {
        const { initial, step } = ledger(stationOf())
        let state = initial()
        let newest = START
        for (const input of inputsOf(events)) {
          state = step(state, input).state
          if (input.kind === 'reading') newest = Math.max(newest, input.reading.eventTime)
          const stale = state.forecasts.filter(({ issuedAt }) => issuedAt < newest - 24 * HOUR - 5 * MINUTE)
          expect(stale).toEqual([])
        }
      }),
    )
  })
})
