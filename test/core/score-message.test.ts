import { beforeAll, describe, expect, it } from 'vitest'
import { emptyDigest, renewDigest, scoreMessage } from '../../src/core/score-message.ts'
import { emptyVerification, score } from '../../src/core/verification.ts'
import { LEADS } from '../../src/domain/forecast.ts'
import { DAY, HOUR } from '../../src/domain/instant.ts'
import { seededRandom } from '../../src/domain/random.ts'
import { verificationMessage } from '../../src/flow/verification-message.ts'
import { scoreSchema, verificationSchema } from '../../src/protocol/scores.ts'
import { monthsAt } from '../../src/verify/monthly.ts'
import { type ScoreTable, scoreTable } from '../../src/verify/rolling.ts'
import { START } from '../forecast/series.ts'
import { joining } from './joining.ts'

/** As many models as the product has, with room to grow; one sleeps through the first ten days. */
const MODELS = ['persistence', 'seasonal_naive', 'climatology', 'mixture', 'late'].concat(
  Array.from({ length: 8 }, (_, index) => `expert_number_${index}`),
)
const DAYS = 40
const END = START + DAYS * DAY
const provenance = { source: 'replay' } as const

describe('score message', () => {
  const state = emptyVerification()

  beforeAll(() => {
    const random = seededRandom(1)
    const { read, issue } = joining({ cadence: HOUR })
    for (let time = START; time <= END; time += HOUR) {
      score(state, read(time, 20 * random.unit()).settlements)
      const models = new Map(
        MODELS.filter((name) => name !== 'late' || time >= START + 10 * DAY).map((name) => [
          name,
          Float64Array.from({ length: LEADS }, () => 20 * random.unit()),
        ]),
      )
      const mean = models.get('mixture')!
      const quantiles = Array.from(mean, (centre) =>
        Float64Array.of(-7, -5, -3, 0, 3, 5, 7).map((off) => centre + off),
      )
      const predicted = { issuedAt: time, model: 'mixture', mean, quantiles, models }
      issue(time, { forecast: { ...predicted, weights: new Map(), weightsVersion: 0 } })
    }
  })

  const table = (): ScoreTable => scoreTable(state.rolling, END)
  const months = () => monthsAt(state.months, state.rolling.sinceStart)
  const pushedWith = (digest = emptyDigest(), of = table()) =>
    scoreMessage(digest, { table: of, unit: 'K', months, provenance })
  const pushed = () => pushedWith()
  const whole = () => verificationMessage(table(), { unit: 'K', months: months(), provenance })

  it('score message - is what its schema says, and at most 60 kB with thirteen models', () => {
    expect(scoreSchema.parse(pushed())).toEqual(pushed())
    expect(JSON.stringify(pushed()).length).toBeLessThan(60_000)
  })

  it('score message - the whole of the scores is what its schema says, and at most 200 kB', () => {
    expect(verificationSchema.parse(whole())).toEqual(whole())
    expect(JSON.stringify(whole()).length).toBeLessThan(200_000)
  })

  it('score message - what is pushed is a part of the whole', () => {
    const { models, crps, coverage, coverage90 } = pushed()
    const full = whole()
    for (const name of MODELS) {
      const { windows, months } = full.models[name]!
      expect(models[name]!.bias!['30d']).toEqual(windows['30d']!.bias)
      expect(models[name]!.rmse!['all']).toEqual(windows['all']!.rmse)
      expect(models[name]!.skill!['persistence']!['all']).toEqual(windows['all']!.skill['persistence'])
      expect(models[name]!.mae['24']!['7d']).toBe(windows['7d']!.mae[23])
      expect(models[name]!.n['1']!.all).toBe(windows['all']!.n[0])
      expect(models[name]!.by_month!.mae_24h).toEqual(months.map((month) => month?.mae[23] ?? null))
    }
    expect(crps).toEqual(
      Object.fromEntries(Object.entries(full.intervals.windows).map(([key, { crps }]) => [key, crps])),
    )
    expect(coverage!['0.9']!['30d']![23]).toBe(coverage90['24']!['30d'])
  })

  it('score message - a model that came late is compared with persistence over its own time, or not at all', () => {
    const { skill, n } = pushed().models['late']!
    expect(n['24']!.all).toBeLessThan(pushed().models['mixture']!.n['24']!.all!)
    expect(skill!['persistence']!['all']![23]).not.toBeNull()
    expect(skill!['persistence']!['30d']![23]).toBeNull()
    expect(pushed().models['mixture']!.skill!['persistence']!['30d']![23]).not.toBeNull()
  })

  it('score message - the whole has skill against every baseline, by window and by month', () => {
    const { windows, months } = whole().models['mixture']!
    for (const { skill } of [...Object.values(windows), months[0]!]) {
      expect(Object.keys(skill)).toEqual(['persistence', 'seasonal_naive', 'climatology'])
      for (const leads of Object.values(skill)) expect(leads.every((value) => value !== null)).toBe(true)
    }
    const { bias, rmse } = months[0]!
    const { crps, coverage, width } = whole().intervals.months[0]!
    for (const leads of [bias, rmse, crps, ...Object.values(coverage), ...Object.values(width)]) {
      expect(leads.every((value) => value !== null)).toBe(true)
    }
  })

  it('score message - has the months of its season and null for the others', () => {
    // 1 January + 40 days.
    const known = pushed().models['mixture']!.by_month!.mae_24h.map((value) => value !== null)
    expect(known).toEqual([true, true, ...new Array(10).fill(false)])
  })

  it('score message - bias and skill are worked out once a day, the errors at every issue', () => {
    const digest = emptyDigest()
    const early = pushedWith(digest).models['mixture']!
    const asOf = { ...table(), asOf: END + 23 * HOUR }
    const later = pushedWith(digest, asOf).models['mixture']!
    expect(later.bias).toBe(early.bias)
    expect(later.mae).not.toBe(early.mae)
    const tomorrow = pushedWith(digest, { ...asOf, asOf: END + DAY }).models['mixture']!
    expect(tomorrow.bias).not.toBe(early.bias)
  })

  it('score message - one that was published by an earlier run leaves those after it as they would have been', () => {
    const digest = emptyDigest()
    renewDigest(digest, table(), months)
    const later = pushedWith(digest, { ...table(), asOf: END + HOUR })
    const unbroken = emptyDigest()
    const first = pushedWith(unbroken)
    expect(later.models['mixture']!.bias).toEqual(first.models['mixture']!.bias)
    expect(digest).toEqual(unbroken)
  })
})
