import { describe, expect, it } from 'vitest'
import { DAY, HOUR } from '../../src/domain/instant.ts'
import {
  checkStationNames,
  EXPERT_NAMES,
  type ExpertChoice,
  type ExpertFlags,
  expertNames,
  expertsFor,
} from '../../src/experts/choose.ts'
import { stationOf } from '../forecast/series.ts'

const FLAGS: ExpertFlags = { seed: 1, network: true, trainEvery: DAY, roundSteps: 2, batch: 128 }

const chosen = (choice: Partial<ExpertFlags>) => expertsFor(stationOf(), { ...FLAGS, ...choice })

function namesOf(choice: Partial<ExpertChoice>): string[] {
  return chosen(choice).map(({ forecaster }) => forecaster.name)
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
    const [network] = chosen({ experts: ['network'], units: [8, 6] })
    expect(network!.training!.network).toMatchObject({
      kind: 'recurrent',
      spec: { cell: 'gru', units: [8, 6], bidirectional: false },
    })
  })

  it('experts by name - recurrent networks are trained in turns, so many as take part', () => {
    const offsets = (choice: Partial<ExpertChoice>) =>
      chosen(choice).flatMap(({ training }) => {
        if (training?.learnsFrom !== 'lookbacks') return []
        const state = training.learner.initial()
        const input = { samples: 1000, first: 0, scaler: () => NO_SCALER, draw: () => undefined }
        for (let hour = 1; state.open.length === 0; hour++) {
          training.learner.observe(state, { eventTime: hour * HOUR, ...input })
        }
        return [state.open[0]!.request!.requestedAt / HOUR]
      })
    expect(offsets({})).toEqual([24, 8, 16])
    expect(offsets({ without: ['gru'] })).toEqual([24, 12])
    expect(offsets({ experts: ['gru_stacked'] })).toEqual([24])
  })

  it('experts by name - the window of all networks is what the flags say, and a stride that does not divide it is rejected', () => {
    const specs = (flags: Partial<ExpertFlags>) =>
      chosen(flags).flatMap(({ training }) =>
        training?.network.kind === 'recurrent' ? [training.network.spec] : [],
      )
    expect(specs({}).map(({ steps, stepSpan }) => [steps, stepSpan])).toEqual(
      new Array(3).fill([24, 3 * HOUR]),
    )
    expect(specs({ lookback: 12, stride: 2, units: [4] })).toMatchObject([{ steps: 6, stepSpan: 2 * HOUR }])
    expect(() => chosen({ lookback: 13, stride: 2 })).toThrow(/multiple of the stride/)
  })

  it('experts by name - those of issuers outside are chosen as ours are, one by one or all of them', () => {
    const station = { ...stationOf(), outside: [{ issuer: 'a' }, { issuer: 'b' }] }
    const outside = (choice: Partial<ExpertChoice>) => {
      const flags = { ...FLAGS, ...choice }
      const names = expertsFor(station, flags).map(({ forecaster }) => forecaster.name)
      expect(expertNames(station, flags)).toEqual(names)
      return names.filter((name) => name.startsWith('outside'))
    }
    const together = 'outside_together_corrected'
    const all = ['outside_a', 'outside_a_corrected', 'outside_b', 'outside_b_corrected', together]
    expect(outside({})).toEqual(all)
    expect(outside({ without: ['outside_a', 'rls'] })).toEqual(all.slice(1))
    expect(outside({ experts: ['rls', 'outside_b_corrected'] })).toEqual(['outside_b_corrected'])
    expect(outside({ experts: ['rls'] })).toEqual([])
    expect(outside({ experts: ['rls', 'outside'], without: [together] })).toEqual(all.slice(0, -1))
    expect(outside({ without: ['outside'] })).toEqual([])
    expect(() => checkStationNames(station, { network: true, without: ['outside_c'] })).toThrow(
      /--without outside_c: expected of .* one of outside_a, outside_a_corrected/,
    )
    expect(() => checkStationNames(stationOf(), { network: true, experts: ['rls', 'outside_a'] })).toThrow(
      /--experts outside_a: expected of .* none: its station file names nobody else/,
    )
    expect(() => checkStationNames(station, { network: true, experts: ['outside', together] })).not.toThrow()
  })

  it('experts by name - nobody at all is rejected', () => {
    expect(() => chosen({ experts: ['rls'], without: ['rls'] })).toThrow(/nobody/)
    expect(() => chosen({ network: false, experts: ['gru'] })).toThrow(/nobody/)
    expect(() => chosen({ experts: ['network'] })).toThrow(/nobody/)
    expect(() => chosen({ cell: 'lstm', experts: ['network'] })).not.toThrow()
    expect(() => chosen({ experts: ['gru_stacked'] })).not.toThrow()
    expect(() => chosen({ network: false, experts: ['mlp'] })).not.toThrow()
  })
})

const NO_SCALER = { count: 0, mean: new Float64Array(0), deviation: new Float64Array(0) }
