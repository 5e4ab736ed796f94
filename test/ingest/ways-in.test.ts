import { Readable } from 'node:stream'
import { expect, it } from 'vitest'
import { decode } from '../../src/bus/wire.ts'
import { parseInstant } from '../../src/domain/instant.ts'
import { readBody } from '../../src/gateway/tick-body.ts'
import { noNames } from '../../src/ingest/named-rows.ts'
import { openRows } from '../../src/ingest/open-rows.ts'
import type { RawRow } from '../../src/ingest/raw-row.ts'
import { parseStation } from '../../src/ingest/station-file.ts'
import { announcedStationSchema } from '../../src/ingest/station-schema.ts'
import { unreadTickReader } from '../../src/ingest/unread-tick.ts'
import { messageRows } from '../../src/mqtt/message-rows.ts'
import { stationMessage, stationOf } from '../../src/protocol/encode.ts'

const written = parseStation(
  `id: x
time: { column: when, format: dd.MM.yyyy HH:mm, zone: Europe/Berlin }
cadence: 1h
target: temp
missing: [off]
where: { probe: a }
channels:
  - { name: temp, column: air.t, unit: degC, min: -40, max: 60, scale: 0.1, flag: { separator: "/", good: [1] } }
  - { name: hum, column: h, unit: "%", min: 0, max: 100, decimal: comma }
`,
  'x.yaml',
)
/** As a gateway has it, and a feed: by way of the message that announces it. */
const station = stationOf(
  announcedStationSchema.parse(JSON.parse(JSON.stringify(stationMessage(written, { source: 'live' })))),
)

const rows = [
  ['01.07.2025 02:00', 'a', '215/1', '45,5 %'],
  ['01.07.2025 03:00', 'a', '217/9', 'off'],
  ['01.07.2025 04:00', 'b', '999/1', '1'],
  ['01.07.2025 05:00', 'a', '--', '1.024,5'],
  ['31.06.2025 06:00', 'a', '219/1', '47'],
  ['01.07.2025 07:00', 'a', 'warm', '48,25'],
] as const

const csv = `when;probe;air.t;h\n${rows.map((row) => row.join(';')).join('\n')}\n`
const ticks = rows.map(([when, probe, t, h]) => ({ when, probe, air: { t }, h }))
const forms = {
  csv,
  ndjson: `${ticks.map((tick) => JSON.stringify(tick)).join('\n')}\n`,
  array: JSON.stringify(ticks, undefined, 2),
}

/** What is left where the way in makes no difference: all but the places. */
const told = (all: readonly RawRow[]) =>
  all.map(({ eventTime, values, malformed }) => ({ eventTime, values, malformed }))

async function fromFile(text: string, live = false): Promise<readonly RawRow[]> {
  const source = await openRows(Readable.from([Buffer.from(text)]), {
    name: 'x',
    station,
    live,
    whole: !live,
  })
  const all: RawRow[] = []
  for await (const batch of source.rows()) all.push(...batch)
  return all
}

/** As a message on a topic that the station file maps, or as one for each. */
function overMqtt(form: string, text: string): readonly RawRow[] {
  const messages = form === 'array' ? [text] : text.trim().split('\n')
  const { channels } = station
  return messages.flatMap(
    (message) =>
      messageRows(Buffer.from(message), { station, channels, topic: 'x', now: 0, isTick: false }).rows,
  )
}

/** As a message on the subject of the station's ticks, or as one for each. */
function overNats(form: string, text: string): readonly RawRow[] {
  const read = unreadTickReader(station, { naming: noNames })
  const messages = form === 'array' ? [text] : text.trim().split('\n')
  return messages.flatMap((message, index) => {
    const decoded = decode('tick', {
      subject: 'tickcast.v1.x.tick',
      data: Buffer.from(message),
      sequence: index + 1,
      storedAt: Date.UTC(2025, 6, 2),
    })
    if ('invalid' in decoded) return expect.fail(decoded.invalid.rule)
    return read(decoded.message).map(({ id, event_time, values, malformed }) => ({
      place: id,
      eventTime: parseInstant(event_time),
      values,
      ...(malformed && { malformed }),
    }))
  })
}

it('ways in - keys that the station does not know are ignored over NATS, and named once', () => {
  const notes: string[] = []
  const read = unreadTickReader(station, { naming: noNames, onNote: (note) => notes.push(note) })
  const tick = { id: 'nats/1', event_time: '', ingest_time: '2025-07-01T00:00:00Z', values: {} }
  for (let count = 0; count < 3; count++)
    expect(read({ ...tick, unread: { probe: 'a', air: { t: '215/1' }, rssi: -70 } })).toMatchObject([
      { id: 'nats/1', event_time: '2025-07-01T00:00:00Z', values: { temp: 215 } },
    ])
  expect(notes).toEqual(['keys the station does not know are ignored: rssi (x)'])
})

it('ways in - a station announced is read as the station file says', () => {
  expect(station).toEqual(written)
})

it('ways in - values by the names of channels need no where: whose they are is said', async () => {
  const tick = { event_time: '2025-07-01T00:00:00Z', values: { temp: 215, hum: 45 } }
  const { rows: read } = await readBody('application/json', Buffer.from(JSON.stringify(tick)), {
    station,
    now: 0,
    most: 10,
  })
  expect(read).toMatchObject([{ eventTime: Date.UTC(2025, 6, 1), values: { temp: 215, hum: 45 } }])
})

it('ways in - files, feeds and bodies in each form make the same rows, and refuse the same in the same words', async () => {
  const now = Date.UTC(2025, 6, 2)
  const type = { csv: 'text/csv', ndjson: 'application/x-ndjson', array: 'application/json' } as const
  const expected = told(await fromFile(csv))
  expect(expected.map(({ values }) => values)).toEqual([
    { temp: 215, hum: 45.5 },
    { temp: null, hum: null },
    { temp: null, hum: 1024.5 },
    {},
    { temp: 'warm', hum: 48.25 },
  ])
  expect(expected[0]?.eventTime).toBe(Date.UTC(2025, 6, 1))
  expect(expected[3]?.malformed).toMatchObject({ field: 'when', value: '31.06.2025 06:00' })
  for (const [form, text] of Object.entries(forms)) {
    const rule = (all: readonly RawRow[]) =>
      told(all).map((row) => ({ ...row, malformed: row.malformed?.value }))
    expect(rule(await fromFile(text)), form).toEqual(rule(await fromFile(csv)))
    expect(rule(await fromFile(text, true)), form).toEqual(rule(await fromFile(csv)))
    if (form !== 'csv') {
      expect(rule(overNats(form, text)), form).toEqual(rule(await fromFile(csv)))
      expect(rule(overMqtt(form, text)), form).toEqual(rule(await fromFile(csv)))
    }
    const body = await readBody(type[form as keyof typeof type], Buffer.from(text), {
      station,
      now,
      most: 10,
    })
    expect(rule(body.rows), form).toEqual(rule(await fromFile(csv)))
  }
})

it('ways in - annotated CSV is the same in a body as in a file', async () => {
  const influx = parseStation(
    `id: y
time: { column: _time, utc_offset: "+00:00" }
cadence: 1h
target: temp
channels:
  - { name: temp, column: _value, unit: degC, min: -40, max: 60, where: { _field: temp } }
`,
    'y.yaml',
  )
  const text = [
    '#datatype,string,long,dateTime:RFC3339,double,string',
    ',result,table,_time,_value,_field',
    ',,0,2025-07-01T01:00:00Z,2,temp',
    ',,0,2025-07-01T00:00:00Z,1,temp',
  ].join('\n')
  const { rows: read } = await readBody('text/csv', Buffer.from(text), { station: influx, now: 0, most: 10 })
  expect(read.map(({ values }) => values['temp'])).toEqual([1, 2])
})

it('ways in - over NATS, too, ticks of two sensors are refused, and who has sent is kept with the station', () => {
  const plain = parseStation(
    `id: z
time: { column: time, utc_offset: "+00:00" }
cadence: 10m
target: temp
channels:
  - { name: temp, unit: degC, min: -40, max: 60 }
`,
    'z.yaml',
  )
  let naming = noNames()
  const said = [0, 1, 2, 3].map((turn) => {
    // Begun anew for each tick, with what was written down.
    naming = structuredClone(naming)
    const read = unreadTickReader(plain, { naming: () => naming })
    const unread = {
      time: `2025-07-01T00:0${5 * (turn % 2)}:00Z`,
      sensor: turn % 2 === 0 ? 'a' : 'b',
      temp: turn,
    }
    return read({
      id: `nats/${turn}`,
      event_time: '',
      ingest_time: '2025-07-01T01:00:00Z',
      values: {},
      unread,
    })
  })
  expect(said.flat().map(({ malformed }) => malformed?.value)).toEqual([undefined, undefined, 'a', 'b'])
  expect(said[3]?.[0]?.malformed?.rule).toContain('where: { sensor: "a" }')
})
