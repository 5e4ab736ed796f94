import { median } from '../../../bench/harness.ts'
import { markdownTable } from '../../../src/report/markdown-table.ts'

/** What came of killing one deployment again and again. */
export interface KillOutcome {
  readonly scenario: string
  readonly kills: number
  /** Of the run that was killed, laid beside those of one that never stopped. */
  readonly forecasts: number
  readonly scores: number
  /** Ticks, readings, forecasts and scores that only the unbroken run has. */
  readonly lost: number
  /** Of those, what was published more than once. */
  readonly doubled: number
  /** Whatever is not as it would have been, in words. */
  readonly unequal: readonly string[]
  /** From a kill until the next forecast that had not been there before, in ms. */
  readonly backMs: readonly number[]
}

export const isWhole = ({ lost, doubled, unequal }: KillOutcome): boolean =>
  lost === 0 && doubled === 0 && unequal.length === 0

/** A line a scenario. */
export function killTable(outcomes: readonly KillOutcome[]): string {
  const seconds = (ms: number | undefined): string => (ms === undefined ? '' : (ms / 1000).toFixed(1))
  const line = (name: string, of: readonly KillOutcome[]): readonly string[] => {
    const sum = (what: (one: KillOutcome) => number): string =>
      of.reduce((total, one) => total + what(one), 0).toLocaleString('en-US')
    const back = of.flatMap(({ backMs }) => backMs)
    return [
      name,
      sum(({ kills }) => kills),
      sum(({ forecasts }) => forecasts),
      sum(({ scores }) => scores),
      sum(({ unequal }) => unequal.length),
      sum(({ lost }) => lost),
      sum(({ doubled }) => doubled),
      seconds(back.length > 0 ? median(back) : undefined),
      seconds(back.length > 0 ? Math.max(...back) : undefined),
    ]
  }
  return markdownTable({
    head: [
      ...['', 'kills', 'forecasts compared', 'scores compared', 'unequal', 'lost', 'doubled'],
      ...['s until the next forecast, median', 'at most'],
    ],
    rows: [...outcomes.map((one) => line(one.scenario, [one])), line('all', outcomes)],
    figures: true,
  })
}
