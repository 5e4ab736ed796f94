import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Settlement } from '../../src/domain/forecast.ts'
import { HOUR } from '../../src/domain/instant.ts'
import { RowSums } from '../../src/verify/hourly-sums.ts'
import { coverage, intervalCount } from '../../src/verify/interval-sums.ts'
import { count, mae } from '../../src/verify/model-sums.ts'
import {
  addToRoster,
  comparable,
  MOST_ROSTERS,
  type RosterSums,
  sumsInCommon,
} from '../../src/verify/roster-sums.ts'
import { START } from '../forecast/series.ts'
import { settlementOf } from './settlements.ts'

const PUBLISHED = 'mixture'
const LAST = 23

function added(settlements: readonly Settlement[]): RosterSums[] {
  const parts: RosterSums[] = []
  for (const one of settlements) addToRoster(parts, one, PUBLISHED)
  return parts
}

/** A model's errors, one an hour, from its first forecast on; it pauses where `every` divides the hour. */
interface Run {
  readonly name: string
  readonly from: number
  readonly every: number
  readonly error: number
}

/** In later hours everybody's errors are smaller: whoever begins late looks better than he is. */
function settled(hours: number, runs: readonly Run[]): Settlement[] {
  return Array.from({ length: hours }, (_, hour) => {
    const took = runs.filter(({ from, every }) => hour >= from && (every === 0 || hour % every !== 0))
    const errors = took.map(({ name, error }) => [name, error + (hours - hour)] as const)
    return settlementOf(START + hour * HOUR, { [PUBLISHED]: hours - hour, ...Object.fromEntries(errors) })
  })
}

const run = fc.record({
  from: fc.integer({ min: 0, max: 120 }),
  every: fc.constantFrom(0, 0, 2, 3, 7),
  error: fc.integer({ min: 0, max: 9 }),
})
const runs = fc
  .array(run, { maxLength: 6 })
  .map((all) => all.map((each, index) => ({ ...each, name: `model_${index}` })))

/** The mean absolute errors of these over the settlements that have all of them, the plain way. */
function recount(all: readonly Settlement[], names: readonly string[]) {
  const common = all.filter(({ models }) => names.every((name) => models.has(name)))
  const errorOf = (name: string) =>
    common.reduce((sum, { models, truth }) => sum + Math.abs(models.get(name)![LAST]! - truth), 0) /
    common.length
  return { n: common.length, errors: names.map(errorOf) }
}

describe('roster sums', () => {
  it('roster sums - figures of any choice of models are a recount over the forecasts that all of them made', () => {
    fc.assert(
      fc.property(
        runs,
        fc.integer({ min: 1, max: 150 }),
        fc.infiniteStream(fc.boolean()),
        (all, hours, wanted) => {
          const settlements = settled(hours, all)
          const names = [PUBLISHED, ...all.map(({ name }) => name).filter(() => wanted.next().value)]
          const { models, intervals } = sumsInCommon(added(settlements), names)
          const plain = recount(settlements, names)
          expect(intervalCount(new RowSums(intervals), LAST)).toBe(plain.n)
          for (const [index, name] of names.entries()) {
            const sums = new RowSums(models[name]!)
            expect(count(sums, LAST)).toBe(plain.n)
            if (plain.n > 0) expect(mae(sums, LAST)).toBeCloseTo(plain.errors[index]!, 9)
          }
        },
      ),
    )
  })

  it('roster sums - those compared have at least half of the published forecasts in common, the others fit no more', () => {
    fc.assert(
      fc.property(runs, fc.integer({ min: 1, max: 150 }), (all, hours) => {
        const settlements = settled(hours, all)
        const parts = added(settlements)
        const names = [PUBLISHED, ...all.map(({ name }) => name)]
        const chosen = comparable(parts, { published: PUBLISHED, names })
        expect(chosen).toContain(PUBLISHED)
        expect(recount(settlements, chosen).n).toBeGreaterThanOrEqual(hours / 2)
        for (const name of names.filter((each) => !chosen.includes(each))) {
          expect(recount(settlements, [...chosen, name]).n).toBeLessThan(hours / 2)
        }
      }),
    )
  })

  it('roster sums - one that begins late leaves the set as it was, and is apart, or shortens it for all alike', () => {
    fc.assert(
      fc.property(runs, run, (all, { from }) => {
        const hours = 150
        const others = [PUBLISHED, ...all.map(({ name }) => name)]
        const late = { name: 'late', from: from + 30, every: 0, error: 0 }
        const without = added(settled(hours, all))
        const beside = added(settled(hours, [...all, late]))
        const before = comparable(without, { published: PUBLISHED, names: others })
        const after = comparable(beside, { published: PUBLISHED, names: [...others, 'late'] })
        if (!after.includes('late')) {
          expect(after).toEqual(before)
          expect(sumsInCommon(beside, after).models).toEqual(sumsInCommon(without, before).models)
        }
        const { models } = sumsInCommon(beside, after)
        expect(new Set(after.map((name) => count(new RowSums(models[name]!), LAST))).size).toBe(1)
      }),
    )
  })

  it('roster sums - an equal model that begins late is neither better nor worse for it', () => {
    const equal = { every: 0, error: 2 }
    const parts = added(
      settled(100, [
        { name: 'early', from: 0, ...equal },
        { name: 'late', from: 40, ...equal },
      ]),
    )
    const { models } = sumsInCommon(parts, ['early', 'late'])
    expect(mae(new RowSums(models['late']!), LAST)).toBe(mae(new RowSums(models['early']!), LAST))
    const alone = sumsInCommon(parts, ['early'])
    expect(mae(new RowSums(alone.models['early']!), LAST)).toBeGreaterThan(
      mae(new RowSums(models['early']!), LAST),
    )
  })

  it('roster sums - are bounded whoever comes and goes, and what is compared stays paired', () => {
    const names = Array.from({ length: 12 }, (_, index) => `model_${index}`)
    // A different roster in each of 4,096 hours.
    const settlements = Array.from({ length: 4096 }, (_, hour) => {
      const took = names.filter((_, index) => (hour >> index) % 2 === 0)
      return settlementOf(START + hour * HOUR, {
        [PUBLISHED]: hour,
        ...Object.fromEntries(took.map((name) => [name, hour])),
      })
    })
    const parts = added(settlements)
    expect(parts.length).toBeLessThanOrEqual(MOST_ROSTERS + 1)
    const { models, intervals } = sumsInCommon(parts, [PUBLISHED])
    expect(count(new RowSums(models[PUBLISHED]!), LAST)).toBe(4096)
    expect(coverage(new RowSums(intervals), LAST, 0)).toBe(1)
    for (const name of names) {
      const pair = sumsInCommon(parts, [PUBLISHED, name])
      const [own, theirs] = [name, PUBLISHED].map((each) => new RowSums(pair.models[each]!))
      expect(count(own!, LAST)).toBeGreaterThan(0)
      expect(mae(own!, LAST)).toBe(mae(theirs!, LAST))
    }
  })
})
