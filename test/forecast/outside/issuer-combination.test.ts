import { describe, expect, it } from 'vitest'
import { LEADS } from '../../../src/domain/forecast.ts'
import { combineIssuers } from '../../../src/forecast/outside/issuer-combination.ts'

const all = (value: number): Float64Array => new Float64Array(LEADS).fill(value)
const models = (said: Readonly<Record<string, number | Float64Array>>): Map<string, Float64Array> =>
  new Map(Object.entries(said).map(([name, value]) => [name, typeof value === 'number' ? all(value) : value]))
const errors =
  (of: Readonly<Record<string, number>>) =>
  (name: string): Float64Array | undefined =>
    of[name] === undefined ? undefined : all(of[name])
const unknown = (): undefined => undefined

const TWO = { persistence: 100, outside_dnn: 1, outside_dnn_corrected: 2, outside_lear: 6 }

describe('issuers combined', () => {
  it('issuers combined - equal among those whose errors are not known, and nobody else', () => {
    const { mean, weights } = combineIssuers(models(TWO), unknown)!
    expect(mean).toEqual(all(3))
    expect([...weights.keys()]).toEqual(['outside_dnn', 'outside_dnn_corrected', 'outside_lear'])
  })

  it('issuers combined - who errs a tenth more counts for half, who errs three times as much for nothing', () => {
    const { weights } = combineIssuers(
      models(TWO),
      errors({ outside_dnn: 1, outside_dnn_corrected: 1.1, outside_lear: 3 }),
    )!
    const [best, tenth, worst] = [...weights.values()].map((weight) => weight[7]!)
    expect(tenth! / best!).toBeCloseTo(1.1 ** -8, 12)
    expect(worst! / best!).toBeLessThan(0.001)
    expect(best! + tenth! + worst!).toBeCloseTo(1, 12)
  })

  it('issuers combined - one who has never erred is no reason to divide by nothing', () => {
    const { mean } = combineIssuers(models(TWO), errors({ outside_dnn: 0, outside_lear: 2 }))!
    expect(mean).toEqual(all(3))
  })

  it('issuers combined - a newcomer counts for what it may, and who may nothing for nothing', () => {
    const most = new Map([...models(TWO)].map(([name]) => [name, all(name === 'outside_lear' ? 0.5 : 1)]))
    expect(combineIssuers(models(TWO), unknown, most)!.mean[0]).toBeCloseTo((1 + 2 + 0.5 * 6) / 2.5, 12)
    const none = new Map([...models(TWO)].map(([name]) => [name, all(0)]))
    expect(combineIssuers(models(TWO), unknown, none)).toBeUndefined()
  })

  it('issuers combined - of one issuer it is what it says and that corrected, of none nothing, and NaN where none speaks', () => {
    const dnn = all(1)
    dnn[3] = Number.NaN
    const said = models({ persistence: 100, outside_dnn: dnn, outside_dnn_corrected: 2 })
    expect([2, 3].map((lead) => combineIssuers(said, unknown)!.mean[lead])).toEqual([1.5, 2])
    said.get('outside_dnn_corrected')![3] = Number.NaN
    const { mean, weights } = combineIssuers(said, unknown)!
    expect(mean[3]).toBeNaN()
    expect([...weights.values()].map((weight) => weight[3])).toEqual([0, 0])
    expect(combineIssuers(models({ persistence: 100 }), unknown)).toBeUndefined()
  })
})
