import { DAY, HOUR } from '../../src/domain/instant.ts'
import { type BacktestResultsState, backtestResults } from '../../src/verify/backtest-results.ts'
import { settlementOf } from '../verify/settlements.ts'

/**
 * A record of some days up to and from the New Year of 2010: the mixture misses by 1, persistence by 2, a late one by
 * 1.5. The first `hard` days all three miss by ten times as much.
 */
export function someResults({
  days = 80,
  reference = true,
  lateFrom = 10,
  hard = 0,
} = {}): BacktestResultsState {
  const results = backtestResults({
    published: 'mixture',
    reference: 'persistence',
    scoreFrom: Number.NEGATIVE_INFINITY,
    utcOffset: 0,
  })
  const state = results.initial()
  const start = Date.UTC(2010, 0, 1) - (days / 2) * DAY
  for (let time = start; time < start + days * DAY; time += HOUR) {
    for (let leadIndex = 0; leadIndex < 24; leadIndex++) {
      const truth = time % (10 * HOUR) === 0 ? 3 : 0
      const times = hard > 0 && time <= start + hard * DAY ? 10 : 1
      const predicted = {
        mixture: truth + times,
        climatology: truth + 4,
        ...(reference && { persistence: truth - 2 * times }),
      }
      const late = time > start + lateFrom * DAY ? { late: truth + 1.5 * times } : {}
      results.step(state, [settlementOf(time, { ...predicted, ...late }, { leadIndex, truth, half: 2 })])
    }
  }
  return state
}
