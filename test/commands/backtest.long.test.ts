import { beforeAll, describe, expect, it } from 'vitest'
import { type BacktestFlags, runBacktest } from '../../src/commands/backtest.ts'
import { DAY } from '../../src/domain/instant.ts'
import { FLAGS, ignored, tape } from './backtest-run.ts'

/** All of a run but how long it took and in how much memory. */
async function found(flags: BacktestFlags) {
  const { summary } = await runBacktest(tape, { flags, terminal: ignored })
  const { wallSeconds, peakMemoryBytes, ...rest } = summary
  expect([wallSeconds, peakMemoryBytes].every((value) => value > 0)).toBe(true)
  return rest
}

describe('backtest', () => {
  let all: Awaited<ReturnType<typeof found>>
  beforeAll(async () => {
    all = await found(FLAGS)
  })

  it('backtest - accounts for every row, forecast and score', () => {
    const { rows, readings, rejected, forecasts, scored, models, source } = all
    expect(source).toBe('simulated')
    expect(rows).toBe(readings + rejected)
    expect(rows).toBeGreaterThan(45 * 144 * 0.95)
    expect(forecasts).toBeGreaterThan(45 * 24 * 0.95)
    expect(scored).toBeLessThanOrEqual(forecasts * 24)
    expect(scored).toBeGreaterThan(forecasts * 24 * 0.9)
    expect(Object.keys(models)).toEqual(expect.arrayContaining(['mixture', 'persistence', 'seasonal_naive']))
    expect(models['mixture']!.mae24h).toBeLessThan(models['persistence']!.mae24h!)
    expect(models['mixture']!.leads.coverage90).toHaveLength(24)
  })

  it('backtest - tells of every network how many rounds it trained, and that none was undone', async () => {
    const { networks } = await found({ ...FLAGS, experts: ['persistence', 'mlp'] })
    expect(networks['mlp']!.rounds).toBeGreaterThan(30)
    expect(networks).toEqual({ mlp: { rounds: networks['mlp']!.rounds, undone: 0 } })
  })

  it('backtest - finds the same in a second run from the same seed', async () => {
    expect(await found(FLAGS)).toEqual(all)
  })

  it('backtest - scores from a later day on what it has learnt from the first', async () => {
    const scoreFrom = tape.first + 30 * DAY
    const late = await found({ ...FLAGS, scoreFrom })
    const fresh = await found({ ...FLAGS, from: scoreFrom })
    expect(late.forecasts).toBe(all.forecasts)
    expect(late.scored).toBeLessThan(all.scored / 2)
    expect(late.belowPersistenceFromDay).toBe(all.belowPersistenceFromDay)
    // The same fortnight, but a month of experience apart.
    expect(late.models['persistence']!.mae24h).toBeCloseTo(fresh.models['persistence']!.mae24h!, 3)
    expect(late.models['mixture']!.mae24h).not.toBe(fresh.models['mixture']!.mae24h)
  })

  it('backtest - says so where it was interrupted, and gives no figures', async () => {
    const interrupted = Promise.resolve()
    await expect(runBacktest(tape, { flags: FLAGS, terminal: ignored, interrupted })).rejects.toMatchObject({
      code: 'usage',
    })
  })
})
