import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { formatInstant, HOUR } from '../../src/domain/instant.ts'
import { openDatabase } from '../../src/store/database.ts'
import type { KeptRecord } from '../../src/store/keep.ts'
import { keepFixture } from '../support/keep-fixture.ts'

const document = readFileSync(fileURLToPath(new URL('../../docs/store.md', import.meta.url)), 'utf8')
const queries = [...document.matchAll(/```sql\n([\s\S]*?)```/g)].map(([, sql]) => sql!)

const BEGAN = Date.parse('2026-01-01T00:00:00Z')
const { folder: newFolder, open } = keepFixture()

function reading(hour: number, value: number, bridged = false): KeptRecord {
  const message = { event_time: formatInstant(BEGAN + hour * HOUR), values: { 'T (degC)': value }, bridged }
  return { what: 'reading', session: '', eventTime: BEGAN + hour * HOUR, message }
}

function forecast(hour: number, means: readonly number[]): KeptRecord {
  const leads = means.map((mean, index) => ({
    lead_hours: index + 1,
    valid_time: formatInstant(BEGAN + (hour + index + 1) * HOUR),
    mean,
    quantiles: { '0.05': mean - 1, '0.95': mean + 1 },
  }))
  const message = { issued_at: formatInstant(BEGAN + hour * HOUR), target: 'T (degC)', leads }
  return { what: 'forecast', session: '', eventTime: BEGAN + hour * HOUR, message }
}

describe('store queries', () => {
  it('store queries - those of docs/store.md answer what they say', async () => {
    const folder = newFolder()
    const { keep } = await open(folder)
    const records = [
      ...[reading(0, 10), reading(1, 11), reading(2, 99, true), reading(5, 15), reading(6, 16)],
      ...[forecast(0, [10, 20]), forecast(4, [18, 19]), forecast(6, [1, 2])],
    ]
    await keep.checkpoint('jena', { position: 1, eventTime: BEGAN, state: Uint8Array.of(1), records })
    const reader = openDatabase(join(folder, 'tickcast.db'))
    expect(queries.length).toBe(3)
    const [newest, errors, gaps] = queries.map((sql) => reader.all(sql).map((row) => Object.values(row)))
    reader.close()
    expect(newest).toEqual([
      ['2026-01-01 06:00:00', 1, '2026-01-01T07:00:00Z', 1, 0, 2],
      ['2026-01-01 06:00:00', 2, '2026-01-01T08:00:00Z', 2, 1, 3],
    ])
    expect(errors).toEqual([
      [1, 2, 2],
      [2, 1, 3],
    ])
    expect(gaps).toEqual([['2026-01-01 01:00:00', '2026-01-01 05:00:00', 240]])
  })
})
