import { Readable } from 'node:stream'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { TickcastError } from '../../src/domain/errors.ts'
import { formatInstant } from '../../src/domain/instant.ts'
import { columnsOf } from '../../src/ingest/columns.ts'
import { openCsv, readCsv } from '../../src/ingest/csv.ts'
import { jena } from '../../src/ingest/jena.ts'
import type { RawRow } from '../../src/ingest/raw-row.ts'

const HEADER = '"Date Time","p (mbar)","T (degC)"'
const ROW = '01.01.2009 00:10:00,996.52,-8.02'

async function rowsOf(content: string | Uint8Array, options: { chunk?: number; from?: number } = {}) {
  const bytes = typeof content === 'string' ? Buffer.from(content) : Buffer.from(content)
  const size = options.chunk ?? bytes.length + 1
  const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
    bytes.subarray(i * size, (i + 1) * size),
  )
  const table = await openCsv(Readable.from(chunks), { name: 'made.csv', station: jena })
  const rows: RawRow[] = []
  const from = options.from
  for await (const batch of table.rows(from === undefined ? {} : { from })) rows.push(...batch)
  return { table, rows }
}

const refusal = (content: string) =>
  rowsOf(content).then(
    () => expect.fail('it was read'),
    (error: unknown) => {
      expect(error).toBeInstanceOf(TickcastError)
      return error as TickcastError
    },
  )

test('csv - a row becomes numbers by channel, at the station’s offset, with its line', async () => {
  const { rows } = await rowsOf(`${HEADER}\n${ROW}\n`)
  expect(rows).toEqual([
    {
      place: 'made.csv:2',
      eventTime: Date.parse('2008-12-31T23:10:00Z'),
      values: { 'p (mbar)': 996.52, 'T (degC)': -8.02 },
    },
  ])
})

test('csv - however the bytes are cut, the rows are the same', async () => {
  const content = `\u{feff}${HEADER.replace('p (mbar)', 'SWDR (W/m²)')}\r\n${ROW}\r\n\r\n"01.01.2009 00:20:00",1,2\r\n01.01.2009 00:30:00,3`
  const whole = (await rowsOf(content)).rows
  expect(whole.map(({ place }) => place)).toEqual(['made.csv:2', 'made.csv:4', 'made.csv:5'])
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: Buffer.byteLength(content) }), async (chunk) => {
      expect((await rowsOf(content, { chunk })).rows).toEqual(whole)
    }),
  )
})

test('csv - latin-1 and UTF-8 name the same columns, and µ is µ however it is written', async () => {
  const header = 'Date Time,T (degC),SWDR (W/m²),PAR (µmol/m²/s)'
  const row = '01.01.2020 00:10:00,1,2,3'
  const values = { 'T (degC)': 1, 'SWDR (W/m²)': 2, 'PAR (µmol/m²/s)': 3 }
  for (const content of [
    Buffer.from(`${header}\n${row}`, 'latin1'),
    Buffer.from(`${header}\n${row}`),
    Buffer.from(`${header.replace('µ', 'μ')}\n${row}`),
  ])
    expect((await rowsOf(content)).rows[0]?.values).toEqual(values)
})

test('csv - stamps may be ISO as well, a zone in them wins over the station’s offset', async () => {
  const { rows } = await rowsOf(
    'Date Time,T (degC)\n2020-01-01 00:10:00,1\n2020-01-01T00:20,1\n2020-01-01T00:30:00Z,1\n',
  )
  expect(rows.map(({ eventTime }) => formatInstant(eventTime ?? 0))).toEqual([
    '2019-12-31T23:10:00Z',
    '2019-12-31T23:20:00Z',
    '2020-01-01T00:30:00Z',
  ])
})

test('csv - the delimiter is taken from the header, and with a semicolon the comma may be decimal', async () => {
  const semicolons = await rowsOf('Date Time;T (degC);p (mbar)\n01.01.2020 00:10:00;-1,5;1.013,2\n')
  expect(semicolons.rows[0]?.values).toEqual({ 'T (degC)': -1.5, 'p (mbar)': 1013.2 })
  const tabs = await rowsOf('Date Time\tT (degC)\n01.01.2020 00:10:00\t-1.5\n')
  expect(tabs.rows[0]?.values).toEqual({ 'T (degC)': -1.5 })
})

test('csv - a row with too few or too many cells says so and keeps its time', async () => {
  const { rows } = await rowsOf(`${HEADER}\n01.01.2009 00:10:00,996.52\n${ROW},7\n${ROW}\n`)
  expect(rows.map(({ malformed }) => malformed)).toEqual([
    { field: 'row', value: '2 cells', rule: '3 cells' },
    { field: 'row', value: '4 cells', rule: '3 cells' },
    undefined,
  ])
  expect(rows[0]?.eventTime).toBe(rows[2]?.eventTime)
})

test('csv - an unreadable stamp names the time column, what it held and how times are written', async () => {
  const { rows } = await rowsOf(`${HEADER}\n31.02.2009 00:10:00,1,2\n`)
  expect(rows[0]).toMatchObject({
    eventTime: undefined,
    malformed: {
      field: 'Date Time',
      value: '31.02.2009 00:10:00',
      rule: expect.stringContaining('dd.MM.yyyy HH:mm:ss'),
    },
  })
})

test('csv - a quote left open costs its own row and no other', async () => {
  const { rows } = await rowsOf(`${HEADER}\n01.01.2009 00:10:00,"996.52,-8.02\n${ROW}\n`)
  expect(rows.map(({ malformed }) => malformed?.field)).toEqual(['row', undefined])
})

test('csv - letters stay letters, an empty cell is null, and only decimal numbers are numbers', async () => {
  const cells = ['12a', '', 'NaN', '0x10', '1e3', '1e999', 'Infinity', ' 4.5 ', '-9999.00', '+.5', '1_0']
  const rows = cells.map((cell) => `01.01.2009 00:10:00,1,${cell}`).join('\n')
  const read = (await rowsOf(`${HEADER}\n${rows}\n`)).rows.map(({ values }) => values['T (degC)'])
  expect(read).toEqual(['12a', null, null, '0x10', 1000, '1e999', 'Infinity', 4.5, -9999, 0.5, '1_0'])
})

test('csv - channels without a column are left out, columns without a channel are named once', async () => {
  const { table, rows } = await rowsOf(`${HEADER},"soil (degC)"\n${ROW},4\n`)
  expect(table.columns.station.channels.map(({ name }) => name)).toEqual(['p (mbar)', 'T (degC)'])
  expect(table.columns.notes).toEqual([
    'the file has 2 of the 21 channels that the station is known to measure',
    'columns the station does not know are ignored: soil (degC)',
  ])
  expect(Object.keys(rows[0]?.values ?? {})).toEqual(['p (mbar)', 'T (degC)'])
})

test('csv - a column with what others have forecast is known, as `--outside` reads it of the same table', async () => {
  const outside = [{ issuer: 'met' }, { issuer: 'met', quantity: 'wind', file: { mean: 'ws' } }]
  const station = { ...jena, outside }
  const { notes } = columnsOf(['Date Time', 'T (degC)', 'met', 'ws', 'soil'], {
    station,
    place: 'made.csv:1',
  })
  expect(notes.at(-1)).toBe('columns the station does not know are ignored: soil')
})

test('csv - a header that does not fit names what was found and what was expected', async () => {
  const noTime = await refusal('when,T (degC)\n1,2\n')
  expect(noTime).toMatchObject({ code: 'bad_file' })
  expect(noTime.message).toBe(
    "made.csv:1: no time column 'Date Time'; found 'when', 'T (degC)'; station 'jena' expects 'Date Time' and 'T (degC)'",
  )
  expect((await refusal('Date Time,p (mbar)\n1,2\n')).message).toContain("no target column 'T (degC)'")
  expect((await refusal('Date Time,T (degC),T (degC)\n1,2\n')).message).toContain('is there twice')
})

test('csv - what is no table is rejected before it can fill memory', async () => {
  expect((await refusal('')).message).toBe('made.csv: it is empty; expected a header and rows')
  expect((await refusal('\n \n')).message).toContain('it is empty')
  expect((await refusal('a'.repeat(3 << 20))).message).toContain('a line of more than')
  expect((await refusal(`${HEADER}\n${'a'.repeat(3 << 20)}`)).message).toContain('a line of more than')
  expect((await refusal('D\0\0\0\0\0e\0')).message).toContain('not text in UTF-8, UTF-16 or latin-1')
})

test('csv - from leaves out what is earlier and what has no time before that', async () => {
  const content = [
    HEADER,
    'x,1,1',
    '01.01.2009 00:10:00,1,1',
    '01.01.2009 00:30:00,2,2',
    'x,3,3',
    '01.01.2009 00:20:00,4,4',
    '01.01.2009 00:40:00,5,5',
  ].join('\n')
  const { rows } = await rowsOf(content, { from: Date.parse('2008-12-31T23:30:00Z') })
  expect(rows.map(({ place }) => place)).toEqual(['made.csv:4', 'made.csv:5', 'made.csv:7'])
})

test('csv - a reader who stops halfway lets go of the bytes', async () => {
  const source = Readable.from(
    [`${HEADER}\n`, ...Array(10).fill(`${ROW}\n`.repeat(1000))].map((part) => Buffer.from(part)),
  )
  for await (const batch of readCsv(source, { name: 'made.csv', station: jena })) {
    expect(batch).toHaveLength(1000)
    break
  }
  expect(source.destroyed).toBe(true)
})

test('csv - behind a header of other columns no row is read until the first one comes again', async () => {
  const other = '"Date Time","T (degC)","p (mbar)"'
  const turned = '01.01.2009 00:20:00,-8.41,996.57'
  const { rows } = await rowsOf(
    `${[HEADER, ROW, other, turned, HEADER, ROW.replace('00:10', '00:30')].join('\n')}\n`,
  )
  expect(rows.map(({ place, malformed }) => [place, malformed?.field])).toEqual([
    ['made.csv:2', undefined],
    ['made.csv:4', 'header'],
    ['made.csv:6', undefined],
  ])
})
