import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LEADS, type Settlement } from '../../src/domain/forecast.ts'
import { HOUR } from '../../src/domain/instant.ts'
import { emptyMixture, learnMixture, MIXTURE, type MixtureState, mix } from '../../src/forecast/mixture.ts'

const NAMES: readonly string[] = ['a', 'b', 'c', 'd']
const share = fc.double({ min: 0, max: 1, noNaN: true })
/** What the experts say at one lead, null where one sleeps, and what then comes: all within 0..1. */
const round = fc.record({
  said: fc.tuple(...NAMES.map(() => fc.option(share, { freq: 4 }))),
  truth: share,
  /** Of the day. */
  hour: fc.integer({ min: 0, max: 23 }),
})
type Round = { said: readonly (number | null)[]; truth: number; hour: number }

function flat(said: readonly (number | null)[], names: readonly string[] = NAMES): Map<string, Float64Array> {
  const models = new Map<string, Float64Array>()
  names.forEach((name) => {
    const value = said[NAMES.indexOf(name)]
    if (value !== null && value !== undefined) models.set(name, new Float64Array(LEADS).fill(value))
  })
  return models
}

/** Mixes and learns round by round at one lead; `each` sees what was said before it is learnt from. */
function play(
  rounds: readonly Round[],
  each: (round: Round, mixed: number | undefined) => void = () => {},
): MixtureState {
  const leadIndex = 5
  let state = emptyMixture()
  for (const round of rounds) {
    const models = flat(round.said)
    const mean = mix(state, models, round.hour * HOUR - (leadIndex + 1) * HOUR)?.mean
    each(round, mean?.[leadIndex])
    if (mean === undefined) continue
    const settlement: Settlement = {
      issuedAt: 0,
      validAt: round.hour * HOUR,
      leadIndex,
      truth: round.truth,
      models: new Map(models).set(MIXTURE, mean),
      quantiles: new Float64Array(7),
    }
    state = learnMixture(state, settlement)
  }
  return state
}

describe('mixture properties', () => {
  it('mixture - lies among the experts that are awake, with weights that sum to one', () => {
    fc.assert(
      fc.property(fc.array(round, { maxLength: 60 }), round, (rounds, last) => {
        const models = flat(last.said)
        const mixed = mix(play(rounds), models, 0)
        expect(mixed === undefined).toBe(models.size === 0)
        if (!mixed) return
        const values = [...models.values()].map(([first]) => first!)
        for (let lead = 0; lead < LEADS; lead++) {
          const weights = [...mixed.weights.values()].map((weight) => weight[lead]!)
          expect(Math.min(...weights)).toBeGreaterThanOrEqual(0)
          expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 9)
          expect(mixed.mean[lead]).toBeGreaterThanOrEqual(Math.min(...values) - 1e-12)
          expect(mixed.mean[lead]).toBeLessThanOrEqual(Math.max(...values) + 1e-12)
        }
      }),
    )
  })

  it('mixture - does not depend on the order in which experts speak', () => {
    fc.assert(
      fc.property(
        fc.array(round, { maxLength: 60 }),
        round,
        fc.shuffledSubarray([...NAMES], { minLength: NAMES.length }),
        (rounds, last, order) => {
          const state = play(rounds)
          const one = mix(state, flat(last.said), 0)
          const other = mix(state, flat(last.said, order), 0)
          for (const [name, weights] of one?.weights ?? []) {
            weights.forEach((weight, lead) => {
              expect(other?.weights.get(name)?.[lead]).toBeCloseTo(weight, 9)
            })
          }
        },
      ),
    )
  })

  it('mixture - leaves the regret of a sleeping expert as it is', () => {
    fc.assert(
      fc.property(
        fc.array(round, { maxLength: 30 }),
        fc.array(round, { maxLength: 30 }),
        (before, during) => {
          const asleep = during.map(({ said, ...rest }) => ({ ...rest, said: [null, ...said.slice(1)] }))
          expect(play([...before, ...asleep])['a']).toEqual(play(before)['a'])
        },
      ),
    )
  })

  it('mixture - stays as near to each expert, over the rounds it was awake, as the theorem says', () => {
    // Gaillard, Stoltz and van Erven 2014, theorem 5: R <= sqrt(K (1 + ln(1 + T)) (1 + sum of r^2)), losses in 0..1; with
    // 24 specialists of each expert, which weigh a third, K is nine times as large.
    fc.assert(
      fc.property(fc.array(round, { minLength: 1, maxLength: 400 }), (rounds) => {
        const regret = new Map<string, { sum: number; squares: number }>()
        play(rounds, ({ said, truth }, mixed) => {
          if (mixed === undefined) return
          NAMES.forEach((name, index) => {
            const value = said[index]
            if (value === null || value === undefined) return
            const { sum, squares } = regret.get(name) ?? { sum: 0, squares: 0 }
            regret.set(name, {
              sum: sum + Math.abs(mixed - truth) - Math.abs(value - truth),
              squares: squares + (value - mixed) ** 2,
            })
          })
        })
        const factor = NAMES.length * (1 + 24 / 3) * (1 + Math.log(1 + rounds.length))
        for (const { sum, squares } of regret.values()) {
          expect(sum).toBeLessThanOrEqual(Math.sqrt(factor * (1 + squares)) + 1e-9)
        }
      }),
    )
  })
})
