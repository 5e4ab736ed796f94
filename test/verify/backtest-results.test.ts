import { describe, expect, it } from 'vitest'
import { DAY, HOUR } from '../../src/domain/instant.ts'
import { backtestResults } from '../../src/verify/backtest-results.ts'
import { RowSums } from '../../src/verify/hourly-sums.ts'
import { coverage } from '../../src/verify/interval-sums.ts'
import { count, mae } from '../../src/verify/model-sums.ts'
import { sumsInCommon } from '../../src/verify/roster-sums.ts'
import { settlementOf } from './settlements.ts'

const NEW_YEAR = Date.UTC(2010, 0, 1)

function kept(scoreFrom: number, utcOffset = 0) {
  const results = backtestResults({ published: 'mixture', reference: 'persistence', scoreFrom, utcOffset })
  const state = results.initial()
  // Two days to either side of the year's end, by issue time; the errors of 2009 are 3, of 2010 1.
  for (let hour = -48; hour < 48; hour++) {
    const issuedAt = NEW_YEAR + hour * HOUR
    const mixture = hour < 0 ? 3 : 1
    results.step(state, [
      settlementOf(issuedAt + DAY, { mixture, persistence: 4 }, { half: hour < 24 ? 9 : 0 }),
    ])
  }
  return state
}

describe('record', () => {
  it('record - keeps years apart by the time of issue', () => {
    const { years, scored } = kept(Number.NEGATIVE_INFINITY)
    const at = (year: string) => new RowSums(sumsInCommon(years[year]!, ['mixture']).models['mixture']!)
    expect(Object.keys(years)).toEqual(['2009', '2010'])
    expect([mae(at('2009'), 23), mae(at('2010'), 23)]).toEqual([3, 1])
    expect([count(at('2009'), 23), count(at('2010'), 23), scored]).toEqual([48, 48, 96])
    const { models } = sumsInCommon(Object.values(years).flat(), ['mixture', 'persistence'])
    const both = [models['mixture']!, models['persistence']!].map((sums) => mae(new RowSums(sums), 23))
    expect(both).toEqual([2, 4])
  })

  it('record - a year begins when it does on the clock of the station', () => {
    const { years } = kept(Number.NEGATIVE_INFINITY, HOUR)
    expect(count(new RowSums(sumsInCommon(years['2009']!, ['mixture']).models['mixture']!), 23)).toBe(47)
  })

  it('record - scores nothing that was issued before scoring begins, but races from the first day', () => {
    const { years, scored, headToHead, scoredHeadToHead } = kept(NEW_YEAR + DAY)
    expect([Object.keys(years), scored]).toEqual([['2010'], 24])
    expect(coverage(new RowSums(sumsInCommon(years['2010']!, ['mixture']).intervals), 23, 0)).toBe(1)
    expect(headToHead.start).toBe(NEW_YEAR - 2 * DAY)
    expect(scoredHeadToHead.start).toBe(NEW_YEAR + DAY)
  })
})
