import { appendRow, emptyHistory } from '../../src/core/history.ts'
import {
  emptyJoin,
  isExample,
  type Joined,
  joinTruths,
  openIssue,
  type TruthJoinState,
} from '../../src/core/truth-join.ts'
import type { Forecast } from '../../src/domain/forecast.ts'
import type { Instant } from '../../src/domain/instant.ts'
import { truthRule } from '../../src/domain/measurement-rule.ts'
import type { Station } from '../../src/domain/station.ts'

/** Rows that are kept: days of them, at any cadence of these tests. */
const MOST_ROWS = 2 ** 16

/** The join under way, over a history of its own whose rows hold the target as their only input. */
export function joining(
  station: Pick<Station, 'cadence' | 'hold'>,
  { state = emptyJoin(), history = emptyHistory(1) } = {},
) {
  const rule = truthRule(station)
  return {
    state: state as TruthJoinState,
    history,
    rule,
    /** A reading, in order of event time. */
    read(time: Instant, value = 1, { bridged = false } = {}): Joined {
      const measured = bridged ? Number.NaN : value
      appendRow(history, { time, measured, inputs: [value] }, MOST_ROWS)
      return joinTruths(state, history, rule)
    },
    /** An issue at the newest reading, to learn from where it is the first of its hour. */
    issue(
      issuedAt: Instant,
      { forecast, current = 1 }: { forecast?: Forecast; current?: number } = {},
    ): void {
      const row = history.rows - 1
      const example = isExample(state, issuedAt)
        ? { current, features: Float64Array.of(current), row }
        : undefined
      openIssue(state, { issuedAt, forecast, example })
    },
  }
}
