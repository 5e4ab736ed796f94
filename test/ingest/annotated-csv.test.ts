import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { openRows } from '../../src/ingest/open-rows.ts'
import { parseStation } from '../../src/ingest/station-file.ts'

const station = parseStation(
  `id: garden
time: { column: _time, utc_offset: "+00:00" }
cadence: 10m
target: temp
channels:
  - { name: temp, column: _value, unit: degC, min: -40, max: 60, where: { _field: temperature } }
  - { name: hum, column: _value, unit: "%", min: 0, max: 100, where: { _field: humidity, host: pi } }
`,
  'garden.yaml',
)

const HEADS = [
  '#group,false,false,false,false,true,true,true',
  '#datatype,string,long,dateTime:RFC3339,double,string,string,string',
  '#default,_result,,,,,,',
]
const table = (names: string, rows: readonly string[], heads = HEADS) => [...heads, names, ...rows, '']
const rowAt = (number: number, minute: number, value: string, field: string, host = 'pi') =>
  `,,${number},2025-06-01T00:${String(minute).padStart(2, '0')}:00Z,${value},${field},weather,${host}`
const NAMES = ',result,table,_time,_value,_field,_measurement,host'

async function read(text: string) {
  const source = await openRows(Readable.from([Buffer.from(text)]), {
    name: 'garden.csv',
    station,
    whole: true,
  })
  const rows = []
  for await (const batch of source.rows()) rows.push(...batch)
  return rows.map(({ place, eventTime, values, malformed }) => ({
    place,
    at: eventTime === undefined ? malformed?.value : new Date(eventTime).toISOString().slice(14, 16),
    values,
  }))
}

describe('annotated CSV', () => {
  it('annotated CSV - tables one after another are rows in order of time, each with its line', async () => {
    const text = [
      ...table(NAMES, [rowAt(0, 0, '48', 'humidity'), rowAt(0, 10, '49', 'humidity')]),
      ...table(NAMES, [rowAt(1, 0, '11.5', 'temperature'), rowAt(1, 10, '11.3', 'temperature')]),
      ...table(NAMES, [rowAt(2, 0, '7', 'humidity', 'other')]),
    ].join('\r\n')
    expect(await read(text)).toEqual([
      { place: 'garden.csv:5', at: '00', values: { hum: 48 } },
      { place: 'garden.csv:12', at: '00', values: { temp: 11.5 } },
      { place: 'garden.csv:6', at: '10', values: { hum: 49 } },
      { place: 'garden.csv:13', at: '10', values: { temp: 11.3 } },
    ])
  })

  it('annotated CSV - tables with tags of their own are read together, and defaults stand for empty cells', async () => {
    const text = [
      ...table(
        ',result,table,_time,_value,_field',
        [',,0,2025-06-01T00:10:00Z,11.3,temperature'],
        HEADS.slice(1, 2),
      ),
      ...table(NAMES, [',,1,2025-06-01T00:00:00Z,48,humidity,weather,'], ['#default,_result,,,,,,pi']),
    ].join('\n')
    expect(await read(text)).toMatchObject([
      { at: '00', values: { hum: 48 } },
      { at: '10', values: { temp: 11.3 } },
    ])
  })

  it.each([
    [
      'a query that has failed',
      table(',error,reference', [',"failed to parse query: bad, very bad",897'], ['#datatype,string,string']),
      'garden.csv:3: the query has failed: failed to parse query: bad, very bad',
    ],
    [
      'an aggregate without times',
      table(',result,table,_value', [',,0,7']),
      'garden.csv:4: annotated CSV without a column _time',
    ],
    [
      'a row that is cut off',
      [...HEADS, NAMES, ',,0,2025-06-01T00:00:00Z,1'],
      'garden.csv:5: 5 cells under a header of 8',
    ],
    ['a query without a row', HEADS, 'garden.csv: it is empty'],
  ])('annotated CSV - %s is told', async (_what, lines, message) => {
    await expect(read(lines.join('\n'))).rejects.toThrow(message)
  })
})
