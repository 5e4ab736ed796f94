import { describe, expect, it } from 'vitest'
import { LEADS, type Settlement } from '../../src/domain/forecast.ts'
import { HOUR } from '../../src/domain/instant.ts'
import { emptyMixture, learnMixture, MIXTURE, type MixtureState, mix } from '../../src/forecast/mixture.ts'
import { modelsPredicting } from '../verify/settlements.ts'

function all(value: number): Float64Array {
  return new Float64Array(LEADS).fill(value)
}

function settled(
  leadIndex: number,
  truth: number,
  predicted: Record<string, number>,
  validAt = 0,
): Settlement {
  const quantiles = new Float64Array(7)
  return { issuedAt: 0, validAt, leadIndex, truth, models: modelsPredicting(predicted), quantiles }
}

describe('mixture', () => {
  it('mixture - is the plain mean of those available while nothing has been learnt', () => {
    const mixed = mix(
      emptyMixture(),
      new Map([
        ['a', all(1)],
        ['b', all(3)],
      ]),
      0,
    )
    expect(mixed?.mean).toEqual(all(2))
    expect(mixed?.weights.get('a')).toEqual(all(0.5))
  })

  it('mixture - is unavailable where no expert is available, and does not count itself', () => {
    expect(mix(emptyMixture(), new Map(), 0)).toBeUndefined()
    expect(mix(emptyMixture(), new Map([[MIXTURE, all(1)]]), 0)).toBeUndefined()
  })

  it('mixture - weighs by positive regret over one plus its squares, each lead for itself', () => {
    // Truth 0, predicted 2: the gradient is +1, so regrets are 2 - prediction: a +1, b -1, c +2.
    const state = learnMixture(emptyMixture(), settled(3, 0, { a: 1, b: 3, c: 0, [MIXTURE]: 2 }))
    const { mean, weights } =
      mix(
        state,
        new Map([
          ['a', all(10)],
          ['b', all(20)],
          ['c', all(30)],
        ]),
        0,
      ) ?? {}
    const [a, c] = [1 / (1 + 1), 2 / (1 + 4)]
    expect(weights?.get('a')?.[3]).toBeCloseTo(a / (a + c), 12)
    expect(weights?.get('b')?.[3]).toBe(0)
    expect(mean?.[3]).toBeCloseTo((10 * a + 30 * c) / (a + c), 12)
    expect(mean?.[2]).toBeCloseTo(20, 12)
  })

  it('mixture - shares the weight of a sleeping expert among those available, evenly where none of them was better', () => {
    const state = learnMixture(emptyMixture(), settled(0, 0, { a: 0, b: 3, c: 4, [MIXTURE]: 2 }))
    const mixed = mix(
      state,
      new Map([
        ['b', all(1)],
        ['c', all(2)],
      ]),
      0,
    )
    expect([mixed?.weights.get('b')?.[0], mixed?.weights.get('c')?.[0]]).toEqual([0.5, 0.5])
    expect(mixed?.weights.has('a')).toBe(false)
  })

  it('mixture - weighs an expert by what it won at that hour of day, too', () => {
    // By day `low` is right, by night `high`: over all hours neither is better.
    let state: MixtureState = emptyMixture()
    const models = new Map([
      ['low', all(-1)],
      ['high', all(1)],
    ])
    const errors: number[] = []
    for (let hour = 1; hour <= 20 * 24; hour++) {
      const mean = mix(state, models, (hour - 1) * HOUR)!.mean[0]!
      const truth = hour % 24 < 12 ? -0.9 : 0.9
      errors.push(Math.abs(mean - truth))
      state = learnMixture(state, settled(0, truth, { low: -1, high: 1, [MIXTURE]: mean }, hour * HOUR))
    }
    const last = errors.slice(-5 * 24)
    expect(last.reduce((sum, error) => sum + error, 0) / last.length).toBeLessThan(0.45)
  })

  it('mixture - goes on from a state that knows nothing of hours yet', () => {
    const state = learnMixture(emptyMixture(), settled(3, 0, { a: 1, b: 3, [MIXTURE]: 2 }))
    delete state['a']!.byHour
    expect(mix(state, new Map([['a', all(10)]]), 0)?.mean).toEqual(all(10))
    expect(learnMixture(state, settled(3, 0, { a: 1, b: 3, [MIXTURE]: 2 }))['a']!.byHour).toBeDefined()
  })

  it('mixture - learns nothing from a forecast that it had no part in', () => {
    expect(learnMixture(emptyMixture(), settled(0, 0, { a: 1 }))).toEqual({})
  })

  it('mixture - finds the expert that is right, and follows when another becomes so', () => {
    let state: MixtureState = emptyMixture()
    const live = (truth: number, rounds: number): number => {
      let error = 0
      for (let round = 0; round < rounds; round++) {
        const models = new Map([
          ['low', all(-1)],
          ['high', all(1)],
        ])
        const mean = mix(state, models, 0)?.mean[0] ?? Number.NaN
        error = Math.abs(mean - truth)
        state = learnMixture(state, settled(0, truth, { low: -1, high: 1, [MIXTURE]: mean }))
      }
      return error
    }
    expect(live(0.9, 50)).toBeLessThan(0.15)
    expect(live(-0.9, 100)).toBeLessThan(0.15)
  })
})
