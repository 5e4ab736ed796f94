import { expect, it } from 'vitest'
import { openTape } from '../../replay/open-tape.ts'
import { type BacktestFlags, runBacktest } from '../../src/commands/backtest.ts'
import { DAY } from '../../src/domain/instant.ts'
import { describeWithData } from '../support/real-data.ts'
import { FLAGS, ignored } from './backtest-run.ts'

const WEEKLY = ['weekly_naive', 'weekly_profile', 'double_seasonal']

describeWithData('kinds/bike.csv.gz', (path) => {
  it('week - what people do is forecast a tenth better by those who know the week, within its limits', async () => {
    const tape = await openTape({ data: path, station: path.replace('.csv.gz', '.yaml') })
    const flags: BacktestFlags = { ...FLAGS, experts: ['persistence', 'rls', 'rls_hour', ...WEEKLY] }
    const until = tape.first + 200 * DAY
    const run = async (without: readonly string[]) => {
      const { summary } = await runBacktest(tape, { flags: { ...flags, until, without }, terminal: ignored })
      return summary.models['mixture']!
    }
    const [knowing, blind] = [await run([]), await run(WEEKLY)]
    expect(knowing.maeMean).toBeLessThan(0.9 * blind.maeMean!)
    expect(knowing.leads.coverage90!.every((held) => held! > 0.87 && held! < 0.93)).toBe(true)
  })
})
