import { describe, expect, it } from 'vitest'
import { LEADS } from '../../src/domain/forecast.ts'
import { HOUR } from '../../src/domain/instant.ts'
import { normal, type Random, seededRandom } from '../../src/domain/random.ts'
import { emptyGuarded, learnGuarded, mixGuarded } from '../../src/forecast/guarded-mixture.ts'
import { emptyMixture, learnMixture, MIXTURE, type MixtureState, mix } from '../../src/forecast/mixture.ts'

/* One lead of an invented station: three weak experts, an issuer that is good, and what may become of them. */

const LEAD = 5
const DAY_HOURS = 24
const WINDOW = 30 * DAY_HOURS

interface Heard {
  readonly truth: number
  readonly models: ReadonlyMap<string, Float64Array>
}
type Spoil = (models: Map<string, number>, hour: number, truth: number) => void

function series(hours: number, spoil: Spoil = () => undefined): Heard[] {
  const random = seededRandom(7)
  let level = 0
  const truths = Array.from({ length: hours + 48 }, (_, hour) => {
    level = 0.97 * level + normal(random)
    return level + 4 * Math.sin((hour / 24) * 2 * Math.PI)
  })
  return truths.slice(48).map((truth, hour) => {
    const at = hour + 48
    const models = new Map([
      ['persistence', truths[at - LEAD - 1]!],
      ['seasonal_naive', truths[at - 24]!],
      ['learner', 0.5 * (truth + truths[at - 24]!) + noise(random, 1)],
      ['outside_dnn', truth + noise(random, 0.8)],
      ['outside_lear', truth + noise(random, 1)],
    ])
    spoil(models, hour, truth)
    return { truth, models: new Map([...models].map(([name, said]) => [name, all(said)])) }
  })
}

const all = (value: number) => new Float64Array(LEADS).fill(value)
const noise = (random: Random, scale: number) => scale * normal(random)

/** What was published, hour by hour, each truth six hours behind; as the pipeline does. */
function published(heard: readonly Heard[]): number[] {
  const mixture = emptyMixture()
  const guarded = emptyGuarded()
  const open: {
    readonly models: Map<string, Float64Array>
    readonly mixed: ReturnType<typeof mixGuarded>
  }[] = []
  return heard.map(({ models }, hour) => {
    const issuedAt = (hour - LEAD - 1) * HOUR
    const due = hour - LEAD - 1
    if (due >= 0) {
      const { models: said, mixed } = open[due]!
      learnGuarded(mixture, guarded, {
        ...{ issuedAt: 0, validAt: due * HOUR, leadIndex: LEAD, truth: heard[due]!.truth },
        models: new Map(said).set(MIXTURE, mixed!.mean),
        taken: { ...mixed!.taken, signs: new Float64Array(0) },
        quantiles: new Float64Array(7),
      })
    }
    const mixed = mixGuarded(mixture, guarded, models, issuedAt)
    open.push({ models: new Map(models), mixed })
    return mixed!.mean[LEAD]!
  })
}

/** Error over that of the best reference, in the worst 30 days in steps of one. */
function worst(heard: readonly Heard[], said: readonly number[], from = 0): number {
  const references = ['persistence', 'seasonal_naive', 'outside_dnn', 'outside_lear']
  let highest = 0
  for (let start = from; start + WINDOW <= heard.length; start += DAY_HOURS) {
    const window = heard.slice(start, start + WINDOW)
    const own = window.reduce((sum, { truth }, index) => sum + Math.abs(said[start + index]! - truth), 0)
    for (const name of references) {
      const took = window.filter(({ models }) => models.has(name))
      if (took.length < WINDOW) continue
      const theirs = took.reduce((sum, { models, truth }) => sum + Math.abs(models.get(name)![0]! - truth), 0)
      highest = Math.max(highest, own / theirs)
    }
  }
  return highest
}

const HOURS = 150 * DAY_HOURS
const SPOILT = 80 * DAY_HOURS + 7
const isSpoilt = (hour: number) => hour >= SPOILT && hour < SPOILT + WINDOW

describe('guarded mixture', () => {
  const SPOILINGS: Readonly<Record<string, Spoil>> = {
    nothing: () => undefined,
    'an issuer wrong by ten deviations': (models, hour, truth) =>
      isSpoilt(hour) && models.set('outside_dnn', truth + 45),
    'an issuer that is late': (models, hour) => isSpoilt(hour) && models.delete('outside_dnn'),
    'a learner whose input is broken': (models, hour) => isSpoilt(hour) && models.set('learner', 1e6),
    'a newcomer that is mad': (models, hour, truth) =>
      hour >= SPOILT && models.set('outside_new', truth + 45),
    'a newcomer that is right for ten days and mad then': (models, hour, truth) =>
      hour >= SPOILT && models.set('outside_new', hour < SPOILT + 240 ? truth + 0.1 : truth + 45),
  }
  for (const [name, spoil] of Object.entries(SPOILINGS)) {
    it(`guarded mixture - over any 30 days no worse than 1.02 times the best reference, with ${name}`, () => {
      const heard = series(HOURS, spoil)
      expect(worst(heard, published(heard))).toBeLessThan(1.02)
    })
  }

  // Neither is far out at every hour: what it lost meanwhile it has to win back, alone as good as all others are together.
  const HARD: Readonly<Record<string, Spoil>> = {
    'an issuer with its sign swapped': (models, hour) =>
      isSpoilt(hour) && models.set('outside_dnn', -models.get('outside_dnn')!),
    'a frozen issuer': (models, hour) => isSpoilt(hour) && models.set('outside_dnn', 1),
  }
  for (const [name, spoil] of Object.entries(HARD)) {
    it(`guarded mixture - over any 30 days no worse than 1.25 times the best reference, with ${name}`, () => {
      const heard = series(HOURS, spoil)
      expect(worst(heard, published(heard))).toBeLessThan(1.25)
    })
  }

  it('guarded mixture - without the guard an issuer that is wrong by ten deviations costs more than that', () => {
    const heard = series(HOURS, SPOILINGS['an issuer wrong by ten deviations'])
    let state: MixtureState = emptyMixture()
    const said: number[] = []
    for (const [hour, { models }] of heard.entries()) {
      const mean = mix(state, models, (hour - LEAD - 1) * HOUR)!.mean
      const past = heard[hour - LEAD - 1]
      if (past)
        state = learnMixture(
          state,
          {
            ...{ issuedAt: 0, validAt: (hour - LEAD - 1) * HOUR, leadIndex: LEAD, truth: past.truth },
            ...{ models: past.models, quantiles: new Float64Array(7) },
          },
          { mixed: said[hour - LEAD - 1] },
        )
      said.push(mean[LEAD]!)
    }
    expect(worst(heard, said)).toBeGreaterThan(1.05)
  })

  it('guarded mixture - of two issuers over the first months no worse than their mean, of which nobody can tell who is better', () => {
    const heard = series(60 * DAY_HOURS)
    const errorOf = (said: (hour: number) => number): number =>
      heard.reduce((sum, { truth }, hour) => sum + Math.abs(said(hour) - truth), 0)
    const own = published(heard)
    const of = (hour: number, name: string): number => heard[hour]!.models.get(name)![LEAD]!
    const ratio =
      errorOf((hour) => own[hour]!) /
      errorOf((hour) => (of(hour, 'outside_dnn') + of(hour, 'outside_lear')) / 2)
    expect(ratio).toBeLessThan(1.01)
  })

  const FROM_ELSEWHERE = ['outside_dnn', 'outside_lear']

  it('guarded mixture - issuers that know nothing cost two hundredths of the first month when they come, be it one or two', () => {
    const alone = series(HOURS, (models) => FROM_ELSEWHERE.forEach((name) => void models.delete(name)))
    const before = published(alone)
    for (const newcomers of [['outside_dnn'], FROM_ELSEWHERE]) {
      const heard = series(HOURS, (models, hour) => {
        for (const name of FROM_ELSEWHERE)
          if (hour < SPOILT || !newcomers.includes(name)) models.delete(name)
          else models.set(name, 7)
      })
      const said = published(heard)
      const errorOf = (of: readonly number[]): number =>
        heard
          .slice(SPOILT, SPOILT + WINDOW)
          .reduce((sum, { truth }, index) => sum + Math.abs(of[SPOILT + index]! - truth), 0)
      expect(errorOf(said) / errorOf(before)).toBeLessThan(1.025)
    }
  })

  it('guarded mixture - a station that begins with a good issuer leans on it in its first week', () => {
    const heard = series(WINDOW, (models) => models.delete('outside_lear'))
    // Beside many that have learnt nothing yet.
    const among = heard.map(({ truth, models }) => ({
      truth,
      models: new Map([
        ...models,
        ...Array.from({ length: 12 }, (_, n) => [`unlearnt_${n}`, all((n % 4) - 1.5)] as const),
      ]),
    }))
    const said = published(among)
    const errorOf = (of: (hour: number) => number): number =>
      among.slice(0, 7 * DAY_HOURS).reduce((sum, { truth }, hour) => sum + Math.abs(of(hour) - truth), 0)
    const ratio =
      errorOf((hour) => said[hour]!) / errorOf((hour) => among[hour]!.models.get('outside_dnn')![LEAD]!)
    expect(ratio).toBeLessThan(1.4)
  })

  it('guarded mixture - weights sum to 1 and lead to the mean', () => {
    const mixture = emptyMixture()
    const guarded = emptyGuarded()
    for (const { models } of series(30)) {
      const mixed = mixGuarded(mixture, guarded, models, 0)!
      const weights = [...mixed.weights].map(([name, weight]) => [name, weight[LEAD]!] as const)
      expect(weights.reduce((sum, [, weight]) => sum + weight, 0)).toBeCloseTo(1, 12)
      const mean = weights.reduce((sum, [name, weight]) => sum + weight * models.get(name)![LEAD]!, 0)
      expect(mixed.mean[LEAD]).toBeCloseTo(mean, 12)
    }
  })

  it('guarded mixture - who has never spoken changes nothing, to the last bit', () => {
    const heard = series(400)
    const silent = heard.map(({ models, truth }) => ({
      truth,
      models: new Map(models).set('outside_silent', all(Number.NaN)),
    }))
    expect(published(silent)).toEqual(published(heard))
  })
})
