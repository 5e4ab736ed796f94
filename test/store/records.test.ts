import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../../src/store/database.ts'
import { type Keep, type KeptRecord, openKeep } from '../../src/store/keep.ts'
import { openRecords, type Records } from '../../src/store/records.ts'
import { pondMessage } from '../gateway/messages.ts'

const HOUR = 3_600_000

let folder: string
let keep: Keep
let opened: Records[]

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tickcast-records-'))
  keep = await openKeep(folder)
  opened = []
})

afterEach(async () => {
  for (const records of opened) records.close()
  await keep.close()
  rmSync(folder, { recursive: true, force: true })
})

function read(): Records {
  const records = openRecords(folder)
  opened.push(records)
  return records
}

function reading(hour: number, values: Record<string, number> = { T: hour }): KeptRecord {
  return { what: 'reading', session: 'live', eventTime: hour * HOUR, message: { values } }
}

const hours = (records: readonly KeptRecord[]) => records.map(({ eventTime }) => eventTime / HOUR)

describe('records', () => {
  it('records - what is kept is read beside the process that keeps it, as it comes', async () => {
    await keep.record(
      'pond',
      [0, 1, 2].map((hour) => reading(hour)),
    )
    const records = read()
    expect(records.records('pond', 'reading', { limit: 10 })).toEqual([0, 1, 2].map((hour) => reading(hour)))
    expect(records.records('pool', 'reading', { limit: 10 })).toEqual([])
    await keep.record('pond', [reading(3), reading(1, { T: -1 })])
    expect(records.records('pond', 'reading', { from: HOUR, to: 4 * HOUR, limit: 10 })).toEqual([
      reading(1, { T: -1 }),
      reading(2),
      reading(3),
    ])
  })

  it('records - a page begins behind a place, and behind as many as are passed over', async () => {
    await keep.record(
      'pond',
      [0, 1, 2, 3, 4].map((hour) => reading(hour)),
    )
    const after = { eventTime: HOUR, session: 'live' }
    expect(hours(read().records('pond', 'reading', { after, limit: 2 }))).toEqual([2, 3])
    expect(hours(await keep.records('pond', 'reading', { after, skip: 1, limit: 2 }))).toEqual([3, 4])
    expect(await keep.records('pond', 'reading', { skip: 5, limit: 2 })).toEqual([])
  })

  it('records - what the stations are is kept, the newest of each, and gone with them', async () => {
    await keep.describe({ ...pondMessage, title: 'before' })
    await keep.describe(pondMessage)
    await keep.describe({ ...pondMessage, id: 'brook' })
    expect(read().stations()).toEqual([{ ...pondMessage, id: 'brook' }, pondMessage])
    await keep.remove('brook')
    expect(read().stations()).toEqual([pondMessage])
  })

  it('records - the keys within the messages of a station are told, each once', async () => {
    await keep.record('pond', [reading(0, { b: 1 }), reading(1, { a: 1, b: 2 })])
    await keep.record('pool', [reading(0, { c: 1 })])
    expect(read().keys('pond', 'reading', 'values')).toEqual(['a', 'b'])
    expect(read().keys('pond', 'forecast', 'models')).toEqual([])
  })

  it('records - nothing is written, and the folder stays free for who keeps', async () => {
    await keep.record('pond', [reading(0)])
    await keep.close()
    const records = read()
    keep = await openKeep(folder)
    await keep.record('pond', [reading(1)])
    expect(hours(records.records('pond', 'reading', { limit: 10 }))).toEqual([0, 1])
  })

  it('records - a folder in which nothing is kept says how something would be', () => {
    const empty = join(folder, 'none')
    expect(() => openRecords(empty)).toThrow(`tickcast start --live --keep ${empty}`)
  })

  it('records - a file of another version is left as it is, and both versions are named', async () => {
    await keep.close()
    const database = openDatabase(join(folder, 'tickcast.db'))
    database.exec('PRAGMA user_version = 99')
    database.close()
    expect(() => openRecords(folder)).toThrow(/of version 99, and version 3 is read here: a newer tickcast/)
  })
})
