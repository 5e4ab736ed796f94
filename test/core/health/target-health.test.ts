import { describe, expect, it } from 'vitest'
import { emptyHealth, type OpenFault } from '../../../src/core/health/health-state.ts'
import { emptyReach } from '../../../src/core/health/past-reach.ts'
import { targetHealth } from '../../../src/core/health/target-health.ts'
import { emptyJoin } from '../../../src/core/truth-join.ts'
import { HOUR } from '../../../src/domain/instant.ts'
import { readingOf, START, stationOf } from '../../forecast/series.ts'

const stuck = (): OpenFault => ({
  ...{ kind: 'stuck', since: START, rows: 3, from: 20, jump: 0, unit: undefined },
  reach: emptyReach(),
})
const faulty = () => ({
  ...emptyHealth(),
  fault: stuck(),
  said: { time: START, value: 20 },
  run: { since: START, rows: 6, apart: 3 },
})

describe('target health', () => {
  it('target health - while a fault goes on what is held over is masked as well, and other channels stand', () => {
    const healthy = targetHealth(stationOf())
    const held = healthy(faulty(), readingOf(START + HOUR, 20, { bridged: true }), emptyJoin())
    expect([...held.values]).toEqual([Number.NaN, 1020])
    expect(held.flagged).toBeUndefined()
    const said = readingOf(START + HOUR, 20)
    const masked = healthy(faulty(), said, emptyJoin())
    expect([...masked.values]).toEqual([Number.NaN, 1020])
    expect(masked.flagged).toEqual({ fault: 'stuck', value: 20 })
    expect([...said.values]).toEqual([20, 1020])
    expect(healthy(emptyHealth(), said, emptyJoin())).toBe(said)
  })

  it('target health - where none is looked for, one that was found before is over', () => {
    const state = faulty()
    const reading = readingOf(START + HOUR, 20)
    expect(targetHealth({ ...stationOf(), health: 'off' })(state, reading, emptyJoin())).toBe(reading)
    expect(state).toMatchObject({ fault: undefined, ended: { kind: 'stuck', how: 'accepted' } })
  })
})
