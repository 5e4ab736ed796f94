import { appendFile, mkdtemp, rename, rm, truncate, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { inferredCadence } from '../../replay/cadence.ts'
import { openTape } from '../../replay/open-tape.ts'
import type { Tape } from '../../replay/tape.ts'
import { TickcastError } from '../../src/domain/errors.ts'
import { DAY, formatInstant, HOUR, type Instant, MINUTE } from '../../src/domain/instant.ts'
import type { RawRow } from '../../src/ingest/raw-row.ts'
import { describeWithData } from '../support/real-data.ts'

const HEADER = 'Date Time,T (degC)'

async function fileOf(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'tickcast-tape-')), name)
  await writeFile(path, content)
  return path
}

function fileEvery(minutes: number, rows: number): string {
  const stamp = (row: number) => formatInstant(Date.UTC(2020, 0, 1) + row * minutes * MINUTE)
  return [HEADER, ...Array.from({ length: rows }, (_, row) => `${stamp(row)},${row}`)].join('\n')
}

async function allRows(tape: Tape, from?: Instant): Promise<RawRow[]> {
  const rows: RawRow[] = []
  for await (const batch of tape.rows(from === undefined ? {} : { from })) rows.push(...batch)
  return rows
}

async function errorOf(options: Parameters<typeof openTape>[0]): Promise<TickcastError> {
  const error = await openTape(options).catch((cause) => cause)
  expect(error).toBeInstanceOf(TickcastError)
  return error
}

test('file tape - knows its span and plays from the start or from a time, again and again', async () => {
  for (const path of [
    await fileOf('a.csv', fileEvery(10, 5000)),
    await fileOf('a.csv.gz', gzipSync(fileEvery(10, 5000))),
  ]) {
    const tape = await openTape({ data: path })
    expect(tape).toMatchObject({
      source: 'replay',
      name: 'a.csv',
      first: Date.UTC(2020, 0, 1),
      last: Date.UTC(2020, 0, 1) + 4999 * 10 * MINUTE,
    })
    expect(tape.station.cadence).toBe(10 * MINUTE)
    expect(tape.notes).toEqual(['the file has 1 of the 21 channels that the station is known to measure'])
    expect(await allRows(tape)).toHaveLength(5000)
    const later = await allRows(tape, Date.UTC(2020, 0, 11))
    expect(later[0]).toMatchObject({ eventTime: Date.UTC(2020, 0, 11), place: 'a.csv:1442' })
    expect(later).toHaveLength(5000 - 1440)
  }
})

test('file tape - a row years off at either end is a row of it, and does not say where it begins or ends', async () => {
  const [header, ...rows] = fileEvery(10, 500).split('\n')
  const outliers = [`1970-01-01T00:00:00Z,0`, '2031-05-05T00:00:00Z,0']
  const tape = await openTape({
    data: await fileOf('a.csv', [header, ...outliers, ...rows, ...outliers].join('\n')),
  })
  expect(tape).toMatchObject({ first: Date.UTC(2020, 0, 1), last: Date.UTC(2020, 0, 1) + 499 * 10 * MINUTE })
  expect(await allRows(tape)).toHaveLength(504)
})

test('file tape - a file of another cadence plays at its own and says so', async () => {
  const tape = await openTape({ data: await fileOf('a.csv', fileEvery(60, 20)) })
  expect(tape.station.cadence).toBe(HOUR)
  expect(tape.notes.at(-1)).toBe('a row every 1h, as the file has it, where the station says 10m')
})

test('file tape - too few rows to tell leave the cadence as declared', async () => {
  const tape = await openTape({ data: await fileOf('a.csv', fileEvery(60, 3)) })
  expect(tape.station.cadence).toBe(10 * MINUTE)
})

test('cadence - gaps, duplicates and rows out of order do not sway it, a draw decides nothing', () => {
  const at = (...minutes: number[]) => minutes.map((minute) => minute * MINUTE)
  expect(inferredCadence(at(0, 10, 20, 20, 120, 130, 150, 140, 160, 170, 180))).toBe(10 * MINUTE)
  expect(inferredCadence(at(0, 10, 30, 40, 60))).toBeUndefined()
  expect(inferredCadence([])).toBeUndefined()
})

test('file tape - the last stamp is that of the last row with one', async () => {
  const tape = await openTape({ data: await fileOf('a.csv', `${fileEvery(10, 100)}\n2020-01-0\n`) })
  expect(tape.last).toBe(Date.UTC(2020, 0, 1) + 99 * 10 * MINUTE)
})

test('file tape - wrong files are named with what is wrong and what may help', async () => {
  expect((await errorOf({ data: '/nowhere/a.csv' })).message).toBe('/nowhere/a.csv: there is no such file')
  const headerOnly = await fileOf('a.csv', `${HEADER}\n`)
  expect((await errorOf({ data: headerOnly })).message).toBe(
    `${headerOnly}: a header and no rows; expected both`,
  )
  const otherColumns = await errorOf({ data: await fileOf('b.csv', 'when,temp\n1,2\n') })
  expect(otherColumns.code).toBe('bad_file')
  expect(otherColumns.message).toContain('--station FILE')
  expect((await errorOf({ data: await fileOf('c.csv', `${HEADER}\nMonday,2\n`) })).message).toBe(
    "c.csv:2: Date Time is 'Monday'; expected a time written as dd.MM.yyyy HH:mm:ss or dd.MM.yyyy HH:mm or iso",
  )
  const gzip = gzipSync(fileEvery(10, 9000))
  const truncated = await fileOf('d.csv.gz', gzip.subarray(0, gzip.length - 9))
  expect((await errorOf({ data: truncated })).message).toBe(
    `${truncated}: it is cut off: the packed data ends too early`,
  )
  expect(await errorOf({ station: 'roof.yaml' })).toMatchObject({ code: 'usage' })
})

test('file tape - a file that ends within a row is cut off, and is not played as if it were whole', async () => {
  const torn = `${fileEvery(10, 100)}\n2020-01-0`
  for (const path of [await fileOf('a.csv', torn), await fileOf('a.csv.gz', gzipSync(torn))])
    expect((await errorOf({ data: path })).message).toBe(
      `${path}: it ends within a row, '2020-01-0', 1 of 2 cells and no line end; expected whole rows`,
    )
})

test('file tape - a file that is cut, grows, is written to or is replaced under a reader is no end of it', async () => {
  const changes: Readonly<Record<string, (path: string) => Promise<void>>> = {
    'it was cut from': (path) => truncate(path, 200_000),
    'it grew from': (path) => appendFile(path, '\n'),
    'it was written to while': (path) => utimes(path, 1, 1),
    'another file took its place': async (path) => {
      await writeFile(`${path}.new`, fileEvery(10, 10))
      await rename(`${path}.new`, path)
    },
    'there is no such file': (path) => rm(path),
  }
  for (const [says, change] of Object.entries(changes))
    for (const packed of [false, true]) {
      const text = fileEvery(10, 20_000)
      const path = await fileOf('a.csv', packed ? gzipSync(text, { level: 0 }) : text)
      const tape = await openTape({ data: path })
      const rows = tape.rows()
      expect((await rows.next()).done).toBe(false)
      await change(path)
      const reading = async () => {
        for await (const _ of rows);
      }
      await expect(reading()).rejects.toThrow(says)
      await expect(allRows(tape)).rejects.toThrow(`${path}: ${says}`)
    }
})

test('file tape - rows are given up on where none of very many in a row can be read', async () => {
  const [header, ...rows] = fileEvery(10, 100).split('\n')
  const bad = ['', '2020-01-01T00:00:00Z,1,2', '2020-01-01T00:00:00Z,warm', 'x', ...Array(99_990).fill('')]
  const file = (lines: string[]) => fileOf('a.csv', [header, ...rows, ...lines, ...rows, ''].join('\n'))
  // Fewer than too many, twice: whatever the share, where there is a row now and then it is read on.
  const most = await openTape({ data: await file([...bad, rows[0]!, ...bad]) })
  expect(await allRows(most)).toHaveLength(207)
  const more = await openTape({ data: await file([...bad, ...bad]) })
  const played: RawRow[] = []
  const reading = async () => {
    for await (const batch of more.rows()) played.push(...batch)
  }
  await expect(reading()).rejects.toThrow(
    "a.csv:102: no row can be read in 100000 lines from here on: row is '3 cells'; expected 2 cells",
  )
  expect(played.length).toBeLessThan(107)
  const text = await openTape({ data: await file(Array(100_001).fill('2020-01-01T00:00:00Z,warm')) })
  await expect(allRows(text)).rejects.toThrow("here on: T (degC) is 'warm'; expected a number")
})

test('file tape - any CSV is read through its station file', async () => {
  const station = await fileOf(
    'roof.yaml',
    `{ id: roof, time: { column: when, format: unix, utc_offset: +00:00 }, cadence: 1m, target: temp,
       channels: [{ name: temp, column: t_out, unit: degC, min: -40, max: 60 }] }`,
  )
  const data = await fileOf('roof.csv', 'id;when;t_out\n1;1577836800;3,5\n')
  const tape = await openTape({ data, station })
  expect(await allRows(tape)).toEqual([
    { place: 'roof.csv:2', eventTime: Date.UTC(2020, 0, 1), values: { temp: 3.5 } },
  ])
})

describeWithData('jena_2020.csv', (path) => {
  test('file tape - the year 2020 has its rows, its span, one duplicate and one sentinel', async () => {
    const tape = await openTape({ data: path })
    expect(formatInstant(tape.first)).toBe('2019-12-31T23:10:00Z')
    expect(tape.last && formatInstant(tape.last)).toBe('2020-12-31T23:00:00Z')
    expect(tape.station.channels).toHaveLength(14)
    const rows = await allRows(tape)
    expect(rows).toHaveLength(52_696)
    expect(new Set(rows.map(({ eventTime }) => eventTime)).size).toBe(52_695)
    expect(rows.filter(({ values }) => values['wv (m/s)'] === -9999).map(({ place }) => place)).toHaveLength(
      1,
    )
    expect(rows.filter(({ malformed }) => malformed)).toEqual([])
  })
})

describeWithData('jena_2009_2016_hourly.csv', (path) => {
  test('file tape - eight hourly years play hourly', async () => {
    const tape = await openTape({ data: path })
    expect(tape.station.cadence).toBe(HOUR)
    expect(tape.station.channels.map(({ name }) => name)).toContain('T (degC)')
    expect(((tape.last ?? 0) - tape.first) / DAY).toBeCloseTo(2922, 0)
  })
})
