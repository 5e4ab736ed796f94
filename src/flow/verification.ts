import type { Forecast, Settlement } from '../domain/forecast.ts'
import type { Instant } from '../domain/instant.ts'
import type { Reading } from '../domain/reading.ts'
import type { Station } from '../domain/station.ts'
import { ledger } from '../verify/ledger.ts'
import { emptyMonths, enterMonth, monthsAt } from '../verify/monthly.ts'
import { rolling, type ScoreTable, scoreTable } from '../verify/rolling.ts'
import type { Tallies } from '../verify/tallies.ts'
import { held } from './held.ts'

/** Ledger and scores of a station: two operators feed it, the one that issues and the one that settles. */
export interface Verification {
  issued(forecast: Forecast): void
  settle(reading: Reading): readonly Settlement[]
  table(asOf: Instant): ScoreTable
  /** By month of the year, since the session began. Shape [month 12], January first. */
  months(): readonly Tallies[]
  /** Forecast-leads settled in this session. */
  readonly settled: number
  reset(): void
}

export function verification(station: Station): Verification {
  const open = held(ledger(station))
  const scores = held(rolling)
  let months = emptyMonths()
  return {
    issued(forecast) {
      open.step({ kind: 'issued', forecast })
    },
    settle(reading) {
      const settlements = open.step({ kind: 'reading', reading })
      const [first] = settlements
      if (first) {
        enterMonth(months, first.validAt, scores.state.sinceStart)
        scores.step(settlements)
      }
      return settlements
    },
    table: (asOf) => scoreTable(scores.state, asOf),
    months: () => monthsAt(months, scores.state.sinceStart),
    get settled() {
      return open.state.settled
    },
    reset() {
      open.reset()
      scores.reset()
      months = emptyMonths()
    },
  }
}
