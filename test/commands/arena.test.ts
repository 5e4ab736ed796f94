import { existsSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { arena, arenaReport } from '../../src/commands/arena.ts'
import { forecastsInFile } from '../../src/commands/arena-file.ts'
import { openForecastFile } from '../../src/commands/forecast-file.ts'
import type { ClosedForecast } from '../../src/core/truth-join.ts'
import { LEADS } from '../../src/domain/forecast.ts'
import { HOUR, type Instant } from '../../src/domain/instant.ts'
import { normal, seededRandom } from '../../src/domain/random.ts'
import { arenaPage } from '../../src/report/arena-page.ts'
import { arenaSentence } from '../../src/report/arena-report.ts'
import { arenaLines, arenaMarkdown } from '../../src/report/arena-text.ts'
import { temporaryFolder } from '../support/files.ts'

const folder = temporaryFolder()
const START: Instant = Date.UTC(2025, 10, 1)
const EXPERTS = ['persistence', 'rls', 'outside_dnn']

/** Hourly for 120 days from November on: the mixture misses by less than the others, rls by as much as nobody can tell. */
function closed(hours = 120 * 24): ClosedForecast[] {
  const random = seededRandom(5)
  return Array.from({ length: hours }, (_, hour) => {
    const errors = (size: number) => Float64Array.from({ length: LEADS }, () => size * normal(random))
    const models = new Map([
      ['mixture', errors(1)],
      ['persistence', errors(2)],
      ['rls', errors(1)],
      ['outside_dnn', errors(1.5).map((value, lead) => (lead < 12 ? value : Number.NaN))],
    ])
    const mean = models.get('mixture')!
    return {
      forecast: {
        ...{ issuedAt: START + hour * HOUR, model: 'mixture', mean, models },
        quantiles: Array.from(mean, (value) => new Float64Array(7).fill(value)),
        ...{ weights: new Map(), weightsVersion: 0 },
      },
      truth: new Float64Array(LEADS),
    }
  })
}

const ALL = closed()

async function written(ending: string, { scoreFrom = START, forecasts = ALL } = {}): Promise<string> {
  const path = folder.path(`arena-${scoreFrom}-${forecasts.length}.${ending}`)
  if (existsSync(path)) return path
  const file = await openForecastFile({ forecasts: path, scoreFrom }, EXPERTS)
  file!.write(forecasts)
  return file!.finish()
}

const FLAGS = { lead: 6, format: 'text' } as const

describe('arena command', () => {
  it.each(['csv', 'ndjson', 'parquet'])(
    'arena command - reads what a backtest wrote as .%s, to the last digit',
    async (ending) => {
      const forecasts = closed(300)
      const read: [Instant, ...number[][]][] = []
      for await (const { issuedAt, truth, models } of forecastsInFile(await written(ending, { forecasts })))
        read.push([issuedAt, [...truth], ...[...models.values()].map((mean) => [...mean])])
      expect(read).toEqual(
        forecasts.map(({ forecast: { issuedAt, models }, truth }) => [
          issuedAt,
          [...truth],
          ...[...models.values()].map((mean) => [...mean]),
        ]),
      )
    },
  )

  it('arena command - answers who was better at +6 h this winter, and whether it is luck, in a sentence', async () => {
    const forecasts = await written('csv')
    const winter = { ...FLAGS, forecasts, months: [12, 1, 2] }
    const real = await arenaReport({ ...winter, between: ['persistence', 'mixture'] })
    expect(arenaSentence(real)).toMatch(
      /^At \+6 h in Dec, Jan, Feb, over the 2,1\d\d forecasts of 90 days that both made, mixture missed by 0\.[78]\d\d on average and persistence by 1\.[56]\d\d: mixture was better by 0\.\d{3} \(95 %: 0\.\d{3} to 0\.\d{3}\), and between equals luck does that seldom \(p < 0\.001\)\.$/,
    )
    const luck = await arenaReport({ ...winter, between: ['rls', 'mixture'] })
    expect(arenaSentence(luck)).toMatch(
      /which luck may well do between equals \(p = 0\.\d+\): nobody was shown/,
    )
    const all = await arenaReport({ ...FLAGS, forecasts })
    expect(arenaSentence(all)).toMatch(
      /that all 4 made, (mixture|rls) missed least, by 0\.\d{3} on average, and less than 2 of the other 3 beyond luck \(5 %, Holm over 6 pairs\); than (rls|mixture) it may be luck\.$/,
    )
  })

  it('arena command - one whose leads end early is compared where it said something, and stands apart elsewhere', async () => {
    const forecasts = await written('parquet')
    expect((await arenaReport({ ...FLAGS, forecasts })).models).toContain('outside_dnn')
    const far = await arenaReport({ ...FLAGS, lead: 24, forecasts })
    expect(far.models).toEqual(expect.not.arrayContaining(['outside_dnn']))
    expect(arenaSentence(far)).toContain('that all 3 made')
  })

  it('arena command - counts what was scored, and nothing before', async () => {
    const scoreFrom = START + 2_000 * HOUR
    const { first, issues } = await arenaReport({ ...FLAGS, forecasts: await written('csv', { scoreFrom }) })
    expect([first, issues]).toEqual([scoreFrom, 120 * 24 - 2_000])
  })

  it('arena command - text, Markdown and page say the same', async () => {
    const report = await arenaReport({ ...FLAGS, forecasts: await written('csv') })
    const answer = arenaSentence(report)
    expect(arenaLines(report)[0]).toBe(answer)
    expect(arenaMarkdown(report).split('\n')[0]).toBe(answer)
    const page = arenaPage(report)
    expect(page).toContain(answer)
    expect(page.match(/<svg class="chart"/g)).toHaveLength(2)
    expect(page).not.toMatch(/<script|src=|NaN|undefined/)
    for (const name of report.models) expect(page).toContain(`<th scope="row">${name}</th>`)
  })

  it('arena command - where no forecast is of what was asked for it says so, and from when to when there are some', async () => {
    const few = closed(300)
    const forecasts = await written('csv', { forecasts: few })
    const there = 'issued from 2025-11-01T00:00:00Z to 2025-11-13T11:00:00Z'
    for (const format of ['text', 'json', 'md', 'html'] as const)
      await expect(arena({ ...FLAGS, format, forecasts, months: [6, 7] })).rejects.toThrow(
        `--months 6,7: no such forecast whose truth is known in ${forecasts}; what is there was ${there}`,
      )
    const from = Date.UTC(2030, 0, 1)
    await expect(arenaReport({ ...FLAGS, forecasts, from, between: ['mixture', 'rls'] })).rejects.toThrow(
      `--from 2030-01-01T00:00:00Z: no such forecast whose truth is known in ${forecasts}; what`,
    )
    await expect(arenaReport({ ...FLAGS, forecasts, to: START })).rejects.toThrow(
      /^--to 2025-11-01T00:00:00Z: /,
    )
    await expect(
      arenaReport({
        ...FLAGS,
        forecasts: await written('csv', { scoreFrom: START + 9_999 * HOUR, forecasts: few }),
      }),
    ).rejects.toThrow(/^no such forecast whose truth is known in /)
  })

  it.each([
    [
      'issued_at,lead,mean\n2026-01-01T00:00:00Z,1,2\n',
      /: has no column 'truth': it is to be a file of `backtest/,
    ],
    ['issued_at,lead,truth,mean\n2026-01-01T00:00:00Z,1,2,warm\n', /:2: mean: 'warm' is no number$/],
    ['issued_at,lead,truth,mean\n2026-01-01T00:00:00Z,1,2\n', /:2: not 4 cells, as its first line has$/],
    ['issued_at,lead,truth,mean\nyesterday,1,2,3\n', /:2: issued_at: 'yesterday' is no time with a zone$/],
    ['issued_at,lead,truth,mean\n2026-01-01T00:00:00Z,25,2,3\n', /row 1: lead: 25 is not one from 1 to 24$/],
    ['issued_at,lead,truth,mean\n2026-01-01T00:00:00Z,1.5,2,3\n', /:2: lead: '1.5' is no whole number$/],
    ['issued_at,lead,truth,mean\n,1,2,3\n', /row 1: issued_at: is empty$/],
    [
      'issued_at,lead,truth,mean\n2026-01-02T00:00:00Z,1,2,3\n2026-01-01T00:00:00Z,1,2,3\n',
      /row 2: issued_at: 2026-01-01T00:00:00Z comes after a later one$/,
    ],
    [
      'issued_at,lead,truth,mean\n2026-01-01T00:00:00Z,1,2,3\n2026-01-01T00:00:00Z,1,2,3\n',
      /row 2: the forecast of 2026-01-01T00:00:00Z has lead 1 twice: whose is it\?$/,
    ],
    ['issued_at,lead,truth,mean,mean\n', /:1: two columns are called 'mean'$/],
  ])('arena command - refuses a file that lies, in one line: %j', async (text, message) => {
    const path = folder.path('lies.csv')
    writeFileSync(path, text)
    await expect(arenaReport({ ...FLAGS, forecasts: path })).rejects.toThrow(message)
  })

  it('arena command - so of lines of JSON and of what is no Parquet', async () => {
    const of = async (ending: string, text: string) => {
      const path = folder.path(`lies.${ending}`)
      writeFileSync(path, text)
      return await arenaReport({ ...FLAGS, forecasts: path })
    }
    await expect(of('ndjson', '{"issued_at":"2026-01-01T00:00:00Z"\n')).rejects.toThrow(
      /lies.ndjson:1: no JSON: /,
    )
    await expect(of('ndjson', '[1]\n')).rejects.toThrow(/lies.ndjson:1: no object$/)
    await expect(
      of('ndjson', '{"issued_at":"2026-01-01T00:00:00Z","lead":1,"truth":true,"mean":1}\n'),
    ).rejects.toThrow(/lies.ndjson:1: truth: 'true' is no number$/)
    await expect(of('parquet', 'PAR1 and nothing else')).rejects.toThrow(/no Parquet that can be read/)
  })

  it('arena command - one source is to be named, and models that are there', async () => {
    await expect(arenaReport(FLAGS)).rejects.toThrow(/^one of --forecasts FILE, --keep \[FOLDER\] and --url/)
    const forecasts = await written('csv')
    await expect(arenaReport({ ...FLAGS, forecasts, url: 'http://127.0.0.1:1' })).rejects.toThrow(
      /not several$/,
    )
    await expect(arenaReport({ ...FLAGS, forecasts, station: 'pond' })).rejects.toThrow(
      /^--station pond: a file of --forecasts is of one station$/,
    )
    await expect(arenaReport({ ...FLAGS, forecasts, between: ['mixture', 'oracle'] })).rejects.toThrow(
      /^--between: 'oracle' is no model in .*; those are: mixture, persistence, rls, outside_dnn$/,
    )
    await expect(arenaReport({ ...FLAGS, forecasts, against: 'oracle' })).rejects.toThrow(
      /^--against: 'oracle' is no model in /,
    )
  })
})
