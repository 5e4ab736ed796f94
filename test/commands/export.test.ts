import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ExportFlags, exportRecord } from '../../src/commands/export.ts'
import { HOUR } from '../../src/domain/instant.ts'
import { type Keep, openKeep } from '../../src/store/keep.ts'
import { forecastAt, noon, pond, pondMessage, readingAt, score } from '../gateway/messages.ts'
import { openDuckdb } from '../support/duckdb.ts'

const READINGS = 2500
const FORECASTS = 120

let folder: string
let keep: Keep

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tickcast-export-'))
  keep = await openKeep(folder)
  await keep.describe(pondMessage)
  const records = {
    reading: Array.from({ length: READINGS }, (_, n) => [noon + n * pond.cadence, readingAt(n)] as const),
    forecast: Array.from({ length: FORECASTS }, (_, n) => [noon + n * HOUR, forecastAt(n)] as const),
    score: [[noon, score] as const],
  }
  for (const what of ['reading', 'forecast', 'score'] as const) {
    await keep.record(
      'pond',
      records[what].map(([eventTime, message]) => ({ what, session: 'live', eventTime, message })),
    )
  }
})
afterAll(async () => {
  await keep.close()
  rmSync(folder, { recursive: true, force: true })
})

/** While the folder is held by whoever keeps in it. */
async function exported(name: string, flags: Omit<ExportFlags, 'out' | 'keep'>): Promise<string> {
  const out = join(folder, name)
  await exportRecord({ ...flags, keep: folder, out })
  return out
}

describe('export', () => {
  it.each(['csv', 'ndjson', 'parquet'])(
    'export - all readings as .%s, in order, each once',
    async (ending) => {
      const path = await exported(`readings.${ending}`, { what: 'readings' })
      const query = await openDuckdb()
      const value = ending === 'ndjson' ? 'values."T (degC)"' : '"T (degC)"'
      expect(
        await query(`SELECT list(${value}::INTEGER) AS found, min(source) AS source FROM '${path}'`),
      ).toEqual([{ found: Array.from({ length: READINGS }, (_, n) => n), source: 'live' }])
    },
  )

  it('export - as lines of JSON messages are what was published', async () => {
    const path = await exported('forecasts.ndjson', { what: 'forecasts' })
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line))).toEqual(
      Array.from({ length: FORECASTS }, (_, n) => forecastAt(n)),
    )
  })

  it('export - forecasts by lead with each expert, in the time asked for', async () => {
    const times = { from: noon + HOUR, to: noon + 3 * HOUR }
    const path = await exported('forecasts.parquet', { what: 'forecasts', ...times })
    const query = await openDuckdb()
    expect(
      await query(
        `SELECT epoch_ms(issued_at)::DOUBLE AS issued, count(*)::INTEGER AS leads, max(mean_persistence) AS most
         FROM '${path}' GROUP BY issued_at ORDER BY issued_at`,
      ),
    ).toEqual([1, 2].map((hour) => ({ issued: noon + hour * HOUR, leads: 24, most: hour })))
  })

  it('export - scores have a row a figure', async () => {
    const path = await exported('scores.csv', { what: 'scores' })
    const query = await openDuckdb()
    expect(
      await query(
        `SELECT value FROM '${path}' WHERE model = 'mixture' AND figure = 'mae' AND "window" = '1d'`,
      ),
    ).toEqual([{ value: 1.9 }])
  })

  it('export - pairs hold each forecast beside what came, also after the time asked for', async () => {
    const path = await exported('pairs.parquet', { what: 'pairs', to: noon + 2 * HOUR })
    const query = await openDuckdb()
    // A reading is its number, six of them an hour; a forecast the number of its hour.
    expect(
      await query(
        `SELECT count(*)::INTEGER AS rows, count(truth)::INTEGER AS truths,
         bool_and(truth = 6 * (mean + lead)) AS held, min(q05) AS lowest FROM '${path}'`,
      ),
    ).toEqual([{ rows: 48, truths: 48, held: true, lowest: 0.05 }])
  })

  it('export - the format that is asked for counts more than the ending', async () => {
    const path = await exported('readings.dat', { what: 'readings', format: 'csv', to: noon + 1 })
    expect(readFileSync(path, 'utf8').split('\n')[0]).toBe(
      'event_time,ingest_time,bridged,source,T (degC),humidity,flagged,flagged_value',
    )
  })

  it.each<[string, Partial<ExportFlags>, string]>([
    ['a station that is not kept', { station: 'pool' }, "--station: 'pool' is not kept in"],
    ['a stretch without an inside', { from: noon, to: noon }, '--to: not later than --from'],
    ['a folder without anything', { keep: '/nowhere' }, '/nowhere: no station is kept here'],
    [
      'a file in a folder that is not there',
      { out: '/nowhere/a.csv' },
      '--out /nowhere/a.csv: cannot be written',
    ],
  ])('export - %s is one line that says so', async (_, flags, message) => {
    const whole = { what: 'readings' as const, keep: folder, out: join(folder, 'never.csv'), ...flags }
    await expect(exportRecord(whole)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining(message),
    })
  })

  it('export - where several stations are kept one must be named', async () => {
    await keep.describe({ ...pondMessage, id: 'brook' })
    await expect(exported('which.csv', { what: 'readings' })).rejects.toThrow(
      /which one of those .*: brook, pond/,
    )
    await exported('named.csv', { what: 'readings', station: 'pond' })
    await keep.remove('brook')
  })
})
