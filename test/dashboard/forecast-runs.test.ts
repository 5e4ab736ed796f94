import { describe, expect, it } from 'vitest'
import { currentRun, dayBefore, mergedRuns, runOf } from '../../src/dashboard/forecast-runs.ts'
import { HOUR } from '../../src/domain/instant.ts'
import { forecast, START } from './messages.ts'

const runAt = (hours: number) => runOf(forecast(START + hours * HOUR))
const issued = (runs: readonly { readonly issuedAt: number }[]) =>
  runs.map(({ issuedAt }) => (issuedAt - START) / HOUR)

describe('runs', () => {
  it('runs - a message becomes arrays by lead', () => {
    const run = runAt(0)
    expect(run.validAt[23]).toBe(START + 24 * HOUR)
    expect(run.mean[23]).toBe(24)
    expect(run.quantiles.get('0.95')?.[0]).toBe(5)
  })

  it('runs - merging keeps each issue time once, ascending, and about a day of them', () => {
    const runs = mergedRuns([runAt(0), runAt(30)], [runAt(2), runAt(30), runAt(29)])
    expect(issued(runs)).toEqual([29, 30])
    expect(issued(mergedRuns([runAt(29), runAt(30)], [runAt(4)]))).toEqual([4, 29, 30])
  })

  it('runs - the current one is not from beyond the drawn line', () => {
    expect(currentRun([runAt(1), runAt(2), runAt(9)], START + 3 * HOUR)?.issuedAt).toBe(START + 2 * HOUR)
  })

  it('runs - the day before is the nearest to 24 h earlier, and none where all are hours off', () => {
    const today = runAt(24)
    expect(dayBefore([runAt(-2), runAt(1), runAt(20), today], today)?.issuedAt).toBe(START + HOUR)
    expect(dayBefore([runAt(4), runAt(20), today], today)).toBeUndefined()
  })
})
