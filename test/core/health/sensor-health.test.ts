import { describe, expect, it } from 'vitest'
import { NEW_LEVEL_AFTER, NEW_UNIT_AFTER } from '../../../src/core/health/fault-ends.ts'
import { emptyHealth, endFault } from '../../../src/core/health/health-state.ts'
import { DAY } from '../../../src/domain/instant.ts'
import { CADENCE, changed, rowsOf, swing, verdictsOf } from './sensor.ts'

const A_DAY = DAY / CADENCE
const real = swing(30 * A_DAY)
const BEGIN = 6 * A_DAY + 12
const lasting = (days: number): [number, number] => [BEGIN, BEGIN + days * A_DAY]

describe('sensor health', () => {
  it('sensor health - weather is no fault, in any season of it', () => {
    for (let seed = 1; seed <= 20; seed++) expect(rowsOf(verdictsOf(swing(60 * A_DAY, seed)))).toEqual({})
  })

  it('sensor health - 85.0 now and then is masked, each of them and nothing else', () => {
    const values = changed(real, lasting(6), (value, row) => (row % 7 ? value : 85))
    const verdicts = verdictsOf(values, { real })
    expect(verdicts.map((verdict) => verdict !== undefined)).toEqual(values.map((value) => value === 85))
  })

  it('sensor health - one that says the same for days is stuck, from a jump on at once', () => {
    const values = changed(real, lasting(6), () => 31.95)
    const state = emptyHealth()
    const verdicts = verdictsOf(values, { real, state })
    expect(verdicts.map((verdict) => verdict !== undefined)).toEqual(values.map((value) => value === 31.95))
    expect(rowsOf(verdicts)).toMatchObject({ spike: 2, stuck: 6 * A_DAY - 5 })
    expect(state.ended).toMatchObject({ kind: 'stuck', how: 'over', rows: 6 * A_DAY })
  })

  it('sensor health - one that freezes where it is, is found once the forecasts have left it for long enough', () => {
    const frozen = real[BEGIN]! + 0.01
    const state = emptyHealth()
    const verdicts = verdictsOf(
      changed(real, lasting(3), () => frozen),
      { real, state },
    )
    const first = verdicts.findIndex((verdict) => verdict !== undefined)
    expect(verdicts[first]).toBe('stuck')
    expect(first - BEGIN).toBeLessThan(A_DAY / 2)
    expect(state.ended).toMatchObject({ since: BEGIN * CADENCE, until: (BEGIN + 3 * A_DAY) * CADENCE })
    expect(verdicts.slice(BEGIN + 3 * A_DAY)).not.toContain('stuck')
  })

  it('sensor health - another unit is masked until it is over, and named', () => {
    const [from, to] = lasting(6)
    const values = changed(real, [from, to], (value) => value * 1.8 + 32)
    const half = emptyHealth()
    verdictsOf(values.slice(0, from + A_DAY), { real, state: half })
    expect(half.fault).toMatchObject({
      kind: 'shift',
      since: from * CADENCE,
      unit: 'degF',
      from: real[from - 1],
    })
    const verdicts = verdictsOf(values, { real })
    expect(verdicts.map((verdict) => verdict !== undefined)).toEqual(
      real.map((_, row) => row >= from && row < to),
    )
  })

  it('sensor health - another unit that goes on is masked for a month, and then believed as it is', () => {
    const long = swing(60 * A_DAY)
    const values = changed(long, [BEGIN, long.length], (value) => value * 1.8 + 32)
    const state = emptyHealth()
    const masked = verdictsOf(values, { real: long, state }).filter(Boolean).length
    expect(masked).toBe(NEW_UNIT_AFTER / CADENCE)
    expect(state).toMatchObject({ faults: 1, fault: undefined, ended: { how: 'new_level' } })
  })

  it('sensor health - a level that goes on is believed after its time, and the way back from it at once', () => {
    const [from, to] = lasting(12)
    const state = emptyHealth()
    const verdicts = verdictsOf(
      changed(real, [from, to], (value) => value + 30),
      { real, state },
    )
    const masked = verdicts.flatMap((verdict, row) => (verdict ? row : []))
    expect(masked[0]).toBe(from)
    expect(masked.at(-1)).toBeLessThan(from + NEW_LEVEL_AFTER / CADENCE + 2)
    expect(masked.length).toBeGreaterThan(NEW_LEVEL_AFTER / CADENCE - 2)
    expect(state.ended?.how).toBe('new_level')
  })

  it('sensor health - a fault that comes back by and by is over after a day as before', () => {
    const back = (row: number): number => Math.max(0, 40 - 2 * (row - BEGIN))
    const state = emptyHealth()
    const verdicts = verdictsOf(
      changed(real, lasting(20), (value, row) => value + back(row)),
      { real, state },
    )
    expect(state.ended?.how).toBe('over')
    expect(verdicts.filter(Boolean).length).toBeLessThan(2.5 * A_DAY)
  })

  it('sensor health - the owner’s word ends it, and the same is not found again', () => {
    const [from] = lasting(6)
    const values = changed(real, [from, real.length], (value) => value + 30)
    const state = emptyHealth()
    verdictsOf(values.slice(0, from + 5), { real, state })
    endFault(state, state.said!.time, 'accepted')
    expect(state).toMatchObject({ fault: undefined, ended: { kind: 'shift', how: 'accepted', rows: 5 } })
    const after = verdictsOf(values.slice(0, from + A_DAY), { real: values, state, first: from + 5 })
    expect(rowsOf(after)).toEqual({})
  })

  it('sensor health - one whose own moves became larger is believed after its time, once', () => {
    const still = swing(90 * A_DAY).map((value) => 20 + value / 50)
    const heated = changed(still, [20 * A_DAY, still.length], (value, row) => value + (row % 5 < 2 ? 20 : 35))
    const state = emptyHealth()
    const verdicts = verdictsOf(heated, { real: still, state })
    expect(state).toMatchObject({ faults: 1, fault: undefined, ended: { how: 'new_level' } })
    expect(verdicts.filter(Boolean).length).toBeLessThan(NEW_LEVEL_AFTER / CADENCE + 2)
  })

  it('sensor health - what stays at a limit, or is reported as it changes, is not stuck; what the owner says is', () => {
    const dry = real.map((value) => Math.max(0, value - 12))
    const limits = { min: 0, max: 100 }
    expect(rowsOf(verdictsOf(dry, { limits }))).toEqual({})
    const still = changed(real, lasting(6), () => real[BEGIN]! + 0.01)
    expect(rowsOf(verdictsOf(still, { real, reportsChanges: true }))).toEqual({})
    const said = verdictsOf(still, { real, reportsChanges: true, stuckAfter: 10 * CADENCE })
    expect(said.indexOf('stuck')).toBe(BEGIN + 10)
  })

  it('sensor health - faults of the first day do not hide those of the next week', () => {
    const early = changed(real, [3, 4], () => 85)
    const values = changed(early, [BEGIN, BEGIN + 1], () => 85)
    expect(verdictsOf(values, { real })[BEGIN]).toBe('spike')
  })

  it('sensor health - a peak that comes again with the day or the week is measured, one at another time is not', () => {
    const peak = [60, 35, 20]
    const peaks = (after: number) =>
      changed(
        real,
        lasting(20),
        (value, row) => value + (peak[row - BEGIN] ?? 0.9 * (peak[row - BEGIN - after] ?? 0)),
      )
    for (const [days, found] of [
      [1, 1],
      [7, 1],
      [3, 2],
      [7.25, 2],
    ] as const) {
      const state = emptyHealth()
      const verdicts = verdictsOf(peaks(days * A_DAY), { real, state })
      expect(verdicts[BEGIN]).toBe('spike')
      expect([days, state.faults]).toEqual([days, found])
    }
  })

  it('sensor health - what a sensor says again to the digit is no peak, though it comes at the same time', () => {
    const values = changed(real, lasting(6), (value, row) => ((row - BEGIN) % A_DAY < 2 ? 85 : value))
    const verdicts = verdictsOf(values, { real })
    expect(verdicts.map((verdict) => verdict !== undefined)).toEqual(values.map((value) => value === 85))
  })

  it('sensor health - a peak of before goes no further than it went, and not the other way', () => {
    const again = (height: number) => {
      const values = changed(real, lasting(2), (value, row) => value + ([60, 35][row - BEGIN] ?? 0))
      const verdicts = verdictsOf(
        changed(values, [BEGIN + A_DAY, BEGIN + A_DAY + 1], (value) => value + height),
        { real },
      )
      return verdicts[BEGIN + A_DAY]
    }
    expect([again(62), again(90), again(-60)]).toEqual([undefined, 'spike', 'spike'])
  })
})
