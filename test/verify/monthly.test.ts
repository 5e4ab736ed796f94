import { describe, expect, it } from 'vitest'
import { DAY } from '../../src/domain/instant.ts'
import { RowSums } from '../../src/verify/hourly-sums.ts'
import { count, mae } from '../../src/verify/model-sums.ts'
import { emptyMonths, enterMonth, monthsAt } from '../../src/verify/monthly.ts'
import { rolling } from '../../src/verify/rolling.ts'
import { settlementOf } from './settlements.ts'

describe('monthly', () => {
  it('monthly - a January is the sum of all Januaries, that of this year as far as it goes', () => {
    const months = emptyMonths()
    const scores = rolling.initial()
    // A settlement a day for two years and ten days; the error is the month's number, 1 to 12.
    const end = Date.UTC(2011, 0, 11)
    for (let day = Date.UTC(2009, 0, 1); day < end; day += DAY) {
      enterMonth(months, day, scores.sinceStart)
      rolling.step(scores, [settlementOf(day, { a: new Date(day).getUTCMonth() + 1 })])
    }
    const figures = monthsAt(months, scores.sinceStart).map(({ models }) => {
      const sums = new RowSums(models['a']!)
      return [count(sums, 23), Math.round(1e9 * mae(sums, 23)) / 1e9]
    })
    expect(figures[0]).toEqual([31 + 31 + 10, 1])
    expect(figures[1]).toEqual([28 + 28, 2])
    expect(figures[11]).toEqual([31 + 31, 12])
  })

  it('monthly - knows no models before the first settlement', () => {
    expect(monthsAt(emptyMonths(), rolling.initial().sinceStart).map(({ models }) => models)).toEqual(
      new Array(12).fill({}),
    )
  })
})
