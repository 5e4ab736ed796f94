import { describe, expect, it } from 'vitest'
import {
  denseExpertsOf,
  EXPERT_NAMES,
  type ExpertFlags,
  expertsOf,
  recurrentExpertsOf,
  refuseNobody,
} from '../../src/commands/experts.ts'
import type { NetworkFlags } from '../../src/commands/network.ts'
import { DAY } from '../../src/domain/instant.ts'
import { stationOf } from '../forecast/series.ts'

const NETWORK: NetworkFlags = {
  network: true,
  engine: 'auto',
  trainEvery: DAY,
  roundSteps: 2,
  batch: 128,
}

function namesOf(flags: ExpertFlags & Partial<NetworkFlags>): string[] {
  const all = { seed: 1, ...NETWORK, ...flags }
  const experts = [...expertsOf(stationOf(), all), ...denseExpertsOf(all), ...recurrentExpertsOf(all)]
  return experts.map(({ name }) => name)
}

describe('experts by name', () => {
  it('experts by name - all take part unless some are named', () => {
    expect([...namesOf({}), 'network']).toEqual(EXPERT_NAMES)
  })

  it('experts by name - those named alone, in the order of tables', () => {
    expect(namesOf({ experts: ['rls', 'persistence'] })).toEqual(['persistence', 'rls'])
    expect(namesOf({ experts: ['gru_stacked', 'mlp', 'persistence', 'gru'] })).toEqual([
      ...['persistence', 'mlp', 'gru', 'gru_stacked'],
    ])
  })

  it('experts by name - all but those that shall not', () => {
    expect(namesOf({ without: ['rls'] })).not.toContain('rls')
    expect(namesOf({ without: ['mlp'] })).not.toContain('mlp')
    expect(namesOf({ without: ['mlp'] })).toContain('mlp_anomaly')
    expect(namesOf({ without: ['gru'] })).not.toContain('gru')
    expect(namesOf({ without: ['gru'] })).toContain('gru_bidirectional')
    expect(namesOf({ experts: ['rls', 'persistence'], without: ['rls'] })).toEqual(['persistence'])
  })

  it('experts by name - a network that the flags describe takes the place of the recurrent ones, and without networks there are none', () => {
    const recurrent = namesOf({}).filter((name) => name.startsWith('gru'))
    expect(recurrent).toEqual(['gru', 'gru_stacked', 'gru_bidirectional'])
    const others = namesOf({}).filter((name) => !recurrent.includes(name))
    expect(namesOf({ network: false })).toEqual(others)
    for (const shape of [{ cell: 'lstm' }, { units: [8] }, { bidirectional: true }] as const) {
      expect(namesOf(shape)).toEqual([...others, 'network'])
      expect(namesOf({ ...shape, without: ['network'] })).toEqual(others)
      expect(namesOf({ ...shape, network: false })).toEqual(others)
    }
    expect(recurrentExpertsOf({ ...NETWORK, units: [8, 6] })).toMatchObject([
      { name: 'network', cell: 'gru', units: [8, 6], bidirectional: false },
    ])
  })

  it('experts by name - nobody at all is refused', () => {
    expect(() => refuseNobody({ ...NETWORK, experts: ['rls'], without: ['rls'] })).toThrow(/nobody/)
    expect(() => refuseNobody({ ...NETWORK, network: false, experts: ['gru'] })).toThrow(/nobody/)
    expect(() => refuseNobody({ ...NETWORK, experts: ['network'] })).toThrow(/nobody/)
    expect(() => refuseNobody({ ...NETWORK, cell: 'lstm', experts: ['network'] })).not.toThrow()
    expect(() => refuseNobody({ ...NETWORK, experts: ['gru_stacked'] })).not.toThrow()
    expect(() => refuseNobody({ ...NETWORK, network: false, experts: ['mlp'] })).not.toThrow()
  })
})
