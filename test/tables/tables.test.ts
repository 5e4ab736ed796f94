import { describe, expect, it } from 'vitest'
import { csvEncoder } from '../../src/tables/csv.ts'
import { forecastTable, readingTable, scoreTable } from '../../src/tables/message-tables.ts'
import { ndjsonEncoder } from '../../src/tables/ndjson.ts'
import { parquetEncoder, ROW_GROUP } from '../../src/tables/parquet.ts'
import type { Column, Row, TableEncoder } from '../../src/tables/table.ts'
import { forecastAt, noon, readingAt, score } from '../gateway/messages.ts'
import { openDuckdb } from '../support/duckdb.ts'
import { temporaryFolder } from '../support/files.ts'

const folder = temporaryFolder()

const COLUMNS: readonly Column[] = [
  { name: 'at', type: 'time' },
  { name: 'value', type: 'number' },
  { name: 'count', type: 'integer' },
  { name: 'of, "it"', type: 'text' },
  { name: 'held', type: 'flag' },
]
const ROWS: readonly Row[] = [
  [noon, 1 / 3, 1, 'a, "b"\nü', true],
  [noon + 1, null, null, null, null],
  [-1, -1e-7, -2, '', false],
]
/** What a reader of any format finds; an empty text is nothing in CSV. */
const FOUND = [
  { at: noon, value: 1 / 3, count: 1, text: 'a, "b"\nü', held: true },
  { at: noon + 1, value: null, count: null, text: null, held: null },
  { at: -1, value: -1e-7, count: -2, text: null, held: false },
]

const bytesOf = (encoder: TableEncoder, batches: readonly (readonly Row[])[]) =>
  Buffer.concat([...batches.map((rows) => encoder.encode(rows)), encoder.end()])

const FORMATS = {
  csv: { encoder: csvEncoder, reader: 'read_csv' },
  ndjson: { encoder: ndjsonEncoder, reader: 'read_ndjson' },
  parquet: { encoder: parquetEncoder, reader: 'read_parquet' },
} as const

describe('tables', () => {
  it.each(Object.entries(FORMATS))(
    'tables - what is written as %s another program reads',
    async (name, format) => {
      const path = await folder.write(
        `all.${name}`,
        bytesOf(format.encoder(COLUMNS), [ROWS.slice(0, 1), [], ROWS.slice(1)]),
      )
      const query = await openDuckdb()
      const rows = await query(
        `SELECT epoch_ms("at"::TIMESTAMPTZ)::DOUBLE AS "at", value::DOUBLE AS value, count::INTEGER AS count,
       nullif("of, ""it""", '') AS text, held::BOOLEAN AS held FROM ${format.reader}('${path}')`,
      )
      expect(rows).toEqual(FOUND)
    },
  )

  it.each(Object.entries(FORMATS))('tables - a table without rows is a good %s', async (name, format) => {
    const path = await folder.write(`none.${name}`, bytesOf(format.encoder(COLUMNS), []))
    const query = await openDuckdb()
    expect(await query(`SELECT * FROM ${format.reader}('${path}')`)).toEqual([])
  })

  it('tables - Parquet is given out block by block, and holds every row', async () => {
    const encoder = parquetEncoder([{ name: 'n', type: 'integer' }])
    const total = 2 * ROW_GROUP + 5
    const parts: Uint8Array[] = []
    const given: number[] = []
    for (let n = 0; n < total; n++) {
      const part = encoder.encode([[n]])
      parts.push(part)
      if (n > 0 && part.length > 0) given.push(n + 1)
    }
    expect(given).toEqual([ROW_GROUP, 2 * ROW_GROUP])
    const path = await folder.write('blocks.parquet', Buffer.concat([...parts, encoder.end()]))
    const query = await openDuckdb()
    expect(await query(`SELECT count(DISTINCT n)::INTEGER AS n, max(n) AS most FROM '${path}'`)).toEqual([
      { n: total, most: total - 1 },
    ])
  })
})

describe('tables - messages', () => {
  const named = (columns: readonly Column[], row: Row) =>
    Object.fromEntries(columns.map(({ name }, at) => [name, row[at]]))

  it('tables - a reading has a column a channel, nothing where one was not measured', () => {
    const { columns, rows } = readingTable(['humidity', 'gone', 'T (degC)'])
    const [row] = rows({ ...readingAt(1), values: { humidity: null, 'T (degC)': 1 } })
    expect(named(columns, row!)).toEqual({
      event_time: noon + 600_000,
      ingest_time: noon + 600_000,
      ...{ bridged: false, source: 'live', humidity: null, gone: null, 'T (degC)': 1 },
      ...{ flagged: null, flagged_value: null },
    })
    const [masked] = rows({
      ...readingAt(1),
      values: { 'T (degC)': null },
      flagged: { fault: 'stuck', value: 20.95 },
    })
    expect(named(columns, masked!)).toMatchObject({
      'T (degC)': null,
      flagged: 'stuck',
      flagged_value: 20.95,
    })
  })

  it('tables - a forecast has a row a lead, with what each expert said', () => {
    const { columns, rows } = forecastTable(['persistence', 'gone'])
    const all = rows(forecastAt(2))
    expect(all).toHaveLength(24)
    expect(named(columns, all[23]!)).toEqual({
      ...{ issued_at: noon + 2 * 3_600_000, valid_at: noon + 26 * 3_600_000, lead: 24, mean: 2 },
      ...{ q05: 0.05, q10: 0.1, q25: 0.25, q50: 0.5, q75: 0.75, q90: 0.9, q95: 0.95 },
      ...{ mean_persistence: 2, mean_gone: null, weights_version: 0, source: 'live', hindcast: false },
    })
    const [afterwards] = rows({ ...forecastAt(2), hindcast: true })
    expect(named(columns, afterwards!)).toMatchObject({ hindcast: true })
  })

  it('tables - scores have a row a figure, of either form', () => {
    const rows = scoreTable.rows({
      ...score,
      models: { mixture: { ...score.models['mixture'], skill: { persistence: { all: [0.1, 0.2] } } } },
      crps: { all: [0.5] },
    })
    const figures = rows.map(([, ...rest]) => rest.slice(0, 5))
    expect(figures).toContainEqual(['mixture', 'mae', 24, '30d', null])
    expect(figures).toContainEqual(['mixture', 'skill_persistence', 2, 'all', 0.2])
    expect(figures).toContainEqual([null, 'coverage_0.9', 24, '1d', 0.9])
    expect(figures).toContainEqual([null, 'crps', 1, 'all', 0.5])
    expect(rows.every((row) => row.length === scoreTable.columns.length)).toBe(true)
  })
})
