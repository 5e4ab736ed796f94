import { readdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { type BacktestSummary, runBacktest } from '../../src/commands/backtest.ts'
import { type ForecastFile, openForecastFile } from '../../src/commands/forecast-file.ts'
import { openForecasts } from '../../src/core/truth-join.ts'
import { DAY } from '../../src/domain/instant.ts'
import { chosenEntries } from '../../src/experts/choose.ts'
import { openDuckdb } from '../support/duckdb.ts'
import { temporaryFolder } from '../support/files.ts'
import { FLAGS, ignored, tape } from './backtest-run.ts'

const folder = temporaryFolder()
const ENDINGS = ['parquet', 'csv', 'ndjson'] as const
const flags = { ...FLAGS, scoreFrom: tape.first + 3 * DAY }
const experts = chosenEntries(flags).map(({ name }) => name)
const pathOf = (ending: string) => folder.path(`forecasts.${ending}`)
const optionsFor = (ending: string) => ({ forecasts: pathOf(ending), scoreFrom: flags.scoreFrom })

describe('forecast file', () => {
  let summary: BacktestSummary

  beforeAll(async () => {
    const opened = await Promise.all(ENDINGS.map((ending) => openForecastFile(optionsFor(ending), experts)))
    const files = opened.filter((file): file is ForecastFile => file !== undefined)
    const outcome = await runBacktest(tape, {
      flags,
      terminal: ignored,
      onClosed: (closed) => files.forEach((file) => void file.write(closed)),
    })
    for (const file of files) {
      file.write(openForecasts(outcome.state.truths))
      file.finish()
    }
    summary = outcome.summary
  })

  it.each(ENDINGS)(
    'forecast file - the printed figures can be counted again from .%s, by another program',
    async (ending) => {
      const query = await openDuckdb()
      const spoke = experts.filter((name) => summary.models[name])
      expect(spoke.length).toBeGreaterThan(3)
      // Of weather there is no week to be learnt.
      expect(experts.filter((name) => !spoke.includes(name))).toEqual(['rls_week'])
      for (const name of ['mixture', ...spoke]) {
        const mean = name === 'mixture' ? 'mean' : `mean_${name}`
        const errors = `SELECT lead, avg(abs(${mean} - truth)) AS mae, count(${mean}) AS n FROM '${pathOf(ending)}'
        WHERE scored AND truth IS NOT NULL GROUP BY lead`
        const [found] = await query(
          `SELECT round(max(mae) FILTER (lead = 24), 4) AS day, round(avg(mae), 4) AS over,
         max(n) FILTER (lead = 24)::INTEGER AS n FROM (${errors})`,
        )
        const { mae24h, maeMean, n24h } = summary.models[name]!
        expect({ name, ...found }).toEqual({ name, day: mae24h, over: maeMean, n: n24h })
      }
    },
  )

  it('forecast file - so can those of a comparison: over the rows that all of its models have', async () => {
    const query = await openDuckdb()
    const column = (name: string) => (name === 'mixture' ? 'mean' : `mean_${name}`)
    const { comparison, besideBaselines, models } = summary
    // Some begin later than the scoring does, or there would be nothing to see.
    expect(comparison.n24h).toBeLessThan(models['mixture']!.n24h)
    for (const { n24h, models } of [comparison, besideBaselines]) {
      const names = Object.keys(models)
      const [found] = await query(
        `SELECT count(*)::INTEGER AS n,
         ${names.map((name) => `round(avg(abs(${column(name)} - truth)), 4) AS ${name}`).join(', ')}
         FROM '${pathOf('parquet')}' WHERE scored AND lead = 24 AND truth IS NOT NULL
         AND ${names.map((name) => `${column(name)} IS NOT NULL`).join(' AND ')}`,
      )
      const errors = Object.entries(models).map(([name, { mae24h }]) => [name, mae24h] as const)
      expect(found).toEqual({ n: n24h, ...Object.fromEntries(errors) })
    }
  })

  it('forecast file - so can coverage, and how many were scored', async () => {
    const query = await openDuckdb()
    const [found] = await query(
      `SELECT count(*)::INTEGER AS scored,
       round(avg((truth BETWEEN q05 AND q95)::INTEGER) FILTER (lead = 24), 4) AS coverage
       FROM '${pathOf('parquet')}' WHERE scored AND truth IS NOT NULL`,
    )
    expect(found).toEqual({ scored: summary.scored, coverage: summary.models['mixture']!.coverage90 })
  })

  it('forecast file - holds every forecast once, those whose truth never came too, from the first on', async () => {
    const query = await openDuckdb()
    const [found] = await query(
      `SELECT count(*)::INTEGER AS rows, count(DISTINCT (issued_at, lead))::INTEGER AS different,
       count(*) FILTER (truth IS NULL)::INTEGER AS open, bool_and(valid_at = issued_at + lead * INTERVAL 1 HOUR) AS hours,
       bool_or(NOT scored) AS learnt FROM '${pathOf('parquet')}'`,
    )
    const rows = summary.forecasts * 24
    expect(found).toMatchObject({ rows, different: rows, hours: true, learnt: true })
    // At the end a day of forecasts is still open.
    expect(found!['open']).toBeGreaterThanOrEqual((24 * 23) / 2)
  })

  it('forecast file - all three formats hold the same', async () => {
    const query = await openDuckdb()
    const sums = await Promise.all(
      ENDINGS.map(async (ending) => {
        const [sum] = await query(
          `SELECT count(*)::INTEGER AS rows, sum(hash(epoch_ms(issued_at::TIMESTAMPTZ), lead, mean, q05, truth))::VARCHAR AS sum
           FROM '${pathOf(ending)}'`,
        )
        return sum
      }),
    )
    expect(sums).toEqual(Array(3).fill(sums[0]))
  })

  it('forecast file - is not there before it is whole, and nothing stays of one that is abandoned', async () => {
    const path = folder.path('abandoned.csv')
    const file = await openForecastFile({ forecasts: path }, [])
    file?.write([])
    file?.abandon()
    expect(readdirSync(dirname(path)).filter((name) => name.startsWith('abandoned'))).toEqual([])
  })

  it('forecast file - one that cannot be written is rejected with its flag, before anything is done', async () => {
    const path = folder.path('missing/forecasts.parquet')
    await expect(openForecastFile({ forecasts: path }, [])).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining(`--forecasts ${path}: cannot be written`),
    })
  })
})
