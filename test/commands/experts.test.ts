import { describe, expect, it } from 'vitest'
import {
  denseExpertsOf,
  EXPERT_NAMES,
  type ExpertFlags,
  expertsOf,
  networkTakesPart,
  refuseNobody,
} from '../../src/commands/experts.ts'
import { stationOf } from '../forecast/series.ts'

function namesOf(flags: ExpertFlags): string[] {
  return [...expertsOf(stationOf(), { seed: 1, ...flags }), ...denseExpertsOf(flags)].map(({ name }) => name)
}

describe('experts by name', () => {
  it('experts by name - all take part unless some are named', () => {
    expect([...namesOf({}), 'network']).toEqual(EXPERT_NAMES)
    expect(networkTakesPart({ network: true })).toBe(true)
  })

  it('experts by name - those named alone, in the order of tables, the network among them', () => {
    expect(namesOf({ experts: ['rls', 'persistence'] })).toEqual(['persistence', 'rls'])
    expect(namesOf({ experts: ['mlp', 'persistence'] })).toEqual(['persistence', 'mlp'])
    expect(networkTakesPart({ network: true, experts: ['rls'] })).toBe(false)
    expect(networkTakesPart({ network: true, experts: ['rls', 'network'] })).toBe(true)
    expect(networkTakesPart({ network: false, experts: ['network'] })).toBe(false)
  })

  it('experts by name - all but those that shall not', () => {
    expect(namesOf({ without: ['rls', 'network'] })).not.toContain('rls')
    expect(namesOf({ without: ['mlp'] })).not.toContain('mlp')
    expect(namesOf({ without: ['mlp'] })).toContain('mlp_anomaly')
    expect(networkTakesPart({ network: true, without: ['network'] })).toBe(false)
    expect(namesOf({ experts: ['rls', 'persistence'], without: ['rls'] })).toEqual(['persistence'])
  })

  it('experts by name - nobody at all is refused', () => {
    expect(() => refuseNobody({ network: true, experts: ['rls'], without: ['rls'] })).toThrow(/nobody/)
    expect(() => refuseNobody({ network: false, experts: ['network'] })).toThrow(/nobody/)
    expect(() => refuseNobody({ network: true, experts: ['network'] })).not.toThrow()
    expect(() => refuseNobody({ network: false, experts: ['mlp'] })).not.toThrow()
  })
})
