import { ulid } from 'ulid'
import { describe, expect, it } from 'vitest'
import { simulatedStation } from '../../replay/simulated-station.ts'
import { decode, describeInvalid, encodeJson, MAX_MESSAGE_BYTES, type Stored } from '../../src/bus/wire.ts'
import { HOUR, MINUTE } from '../../src/domain/instant.ts'
import { jena } from '../../src/ingest/jena.ts'
import { stationMessage } from '../../src/protocol/encode.ts'
import { pondMessage, pondWithTape } from '../gateway/messages.ts'

function stored(data: string | Uint8Array, subject = 'tickcast.v1.shed.tick'): Stored {
  return {
    subject,
    data: typeof data === 'string' ? Buffer.from(data) : data,
    sequence: 12,
    storedAt: Date.UTC(2024, 0, 1, 11, 0, 3),
  }
}

/** A tick that somebody has read by the station file already. */
const read = (values: string): string =>
  `{"id":"run/1","event_time":"x","ingest_time":"2024-01-01T11:00:00Z","values":${values}}`

describe('wire', () => {
  it('wire - the rule that is broken is said as everywhere', () => {
    const ruleOf = (text: string) => {
      const decoded = decode('tick', stored(text))
      return 'invalid' in decoded ? `${decoded.invalid.field}: ${decoded.invalid.rule}` : expect.fail('taken')
    }
    expect(ruleOf(read('{"T":1e999}'))).toBe('values.T: a number or a string or a null')
    expect(ruleOf(read('[]'))).toBe('values: a record')
    expect(ruleOf('{"id":"run/1","ingest_time":"x","values":{}}')).toBe('event_time: a string')
  })

  it('wire - a forecast from outside needs no more than itself; what a device calls outside is none', () => {
    const outside = { issuer: 'met', issued_at: 'x', leads: [{ lead_hours: 1, mean: 2 }] }
    expect(decode('tick', stored(encodeJson({ outside })))).toMatchObject({
      message: { outside, id: 'nats/12', ingest_time: '2024-01-01T11:00:03Z', values: {} },
    })
    expect(decode('tick', stored('{"outside":21.5}'))).toMatchObject({
      message: { unread: { outside: 21.5 } },
    })
    expect(decode('tick', stored('{"outside":{"issuer":"met","issued_at":"x","leads":[]}}'))).toMatchObject({
      invalid: { field: 'outside.leads', rule: 'at least 1 item' },
    })
  })

  it.each([
    ['outside', { issuer: 'met', issued_at: 'x', leads: [{ lead_hours: 1, mean: 2 }] }],
    ['neighbour', { station: 'hill', event_time: 'x', value: 2 }],
  ])('wire - a measurement beside %s is refused by name and not lost', (kind, said) => {
    const rule = `nothing beside ${kind}: what the station measures is a message of its own`
    const decoded = (beside: object) => decode('tick', stored(encodeJson({ [kind]: said, ...beside })))
    expect(decoded({ air: 3 })).toMatchObject({ invalid: { field: 'air', value: '3', rule } })
    expect(decoded({ values: { air: 3 } })).toMatchObject({
      invalid: { field: 'values.air', value: '3', rule },
    })
    expect(decoded({ event_time: 'x', values: {} })).toHaveProperty(`message.${kind}`)
    const ours = { id: 'run/1', event_time: 'x', ingest_time: 'x', values: {}, key_of_later: 1 }
    expect(decoded(ours)).toHaveProperty(`message.${kind}`)
  })

  it('wire - what was encoded decodes to the same message', () => {
    const message = {
      event_time: '2024-01-01T11:00:00Z',
      ingest_time: '2024-01-01T11:00:01Z',
      id: 'run/1',
      values: { 'T (°C)': -0.1, 'rh (%)': null, 'wv (m/s)': 'n/a' },
    }
    expect(decode('tick', stored(encodeJson(message)))).toEqual({
      station: 'shed',
      message: { ...message, ingest_time: '2024-01-01T11:00:03Z' },
    })
  })

  it.each([
    '{"event_time":"2024-01-01T11:00:00Z","values":{"T":1}}',
    '{"time":"2024-01-01 11:00:05","id":77,"temperature_C":3.5}',
    '{}',
    '[{"T":1},{"T":2}]',
    '3.5',
    'null',
  ])(
    'wire - a tick %s without id and ingest time goes on as it was written, with its place and its time',
    (text) => {
      expect(decode('tick', stored(text))).toEqual({
        station: 'shed',
        message: {
          id: 'nats/12',
          ingest_time: '2024-01-01T11:00:03Z',
          event_time: '',
          values: {},
          unread: JSON.parse(text),
        },
      })
    },
  )

  it('wire - only ticks may leave something out', () => {
    expect(
      decode('reading', stored('{"event_time":"2024-01-01T11:00:00Z"}', 'tickcast.v1.shed.reading')),
    ).toMatchObject({
      invalid: { topic: 'reading', field: 'ingest_time' },
    })
  })

  it('wire - keys it does not know are left aside', () => {
    const decoded = decode('tick', stored(`${read('{}').slice(0, -1)},"battery":0.8,"unread":1}`))
    expect(decoded).toHaveProperty('message.id', 'run/1')
    expect(decoded).not.toHaveProperty('message.battery')
    expect(decoded).not.toHaveProperty('message.unread')
  })

  it.each([
    ['no JSON', 'T=3.5', ''],
    ['an empty message', '', ''],
    ['a value that is neither number nor text', read('{"T":{}}'), 'values.T'],
    ['a cell of ten thousand characters', read(`{"T":"${'9'.repeat(10_000)}"}`), 'values.T'],
  ])('wire - %s is rejected with its field', (_, text, field) => {
    expect(decode('tick', stored(text))).toMatchObject({ invalid: { station: 'shed', id: 'nats/12', field } })
  })

  it('wire - bytes that are no UTF-8, and too many of them, are rejected without being read', () => {
    expect(decode('tick', stored(Uint8Array.of(0x22, 0xff, 0x22)))).toMatchObject({
      invalid: { rule: 'JSON in UTF-8' },
    })
    expect(decode('tick', stored(Buffer.alloc(MAX_MESSAGE_BYTES + 1, 'x')))).toMatchObject({
      invalid: { rule: 'at most 262144 bytes; it has 262145', text: 'x'.repeat(200) },
    })
  })

  it('wire - a subject whose station is no station id is rejected', () => {
    expect(decode('tick', stored('{}', 'tickcast.v1.Shed!.tick'))).toMatchObject({
      invalid: { field: 'station' },
    })
  })

  it('wire - a rejection reads as place, field, rule and how it began', () => {
    const decoded = decode('tick', stored('{"id":"","ingest_time":"","values":{}}'))
    if (!('invalid' in decoded)) throw new Error('it was taken')
    expect(describeInvalid(decoded.invalid)).toMatch(
      /^nats\/12 is no tick of station 'shed': event_time: .*; it begins "\{\\"id\\".*\}"$/,
    )
  })

  it("wire - when a tick came in is the server's to say, whatever the sender claims", () => {
    const claims = ['2099-01-01T00:00:00Z', '1970-01-01T00:00:00Z', 'now', 7, null]
    for (const ingest_time of claims) {
      const text = JSON.stringify({
        id: 'run/1',
        event_time: '2099-01-01T00:00:00Z',
        ingest_time,
        values: { T: 1 },
      })
      expect(decode('tick', stored(text))).toHaveProperty('message.ingest_time', '2024-01-01T11:00:03Z')
    }
  })

  it.each([
    'ZZZZZZZZZZZZZZZZZZZZZZZZZZ',
    '',
    's1',
    '01j00000000000000000000000',
    '01J0000000000000000000000U',
  ])('wire - a session called %j is no ULID, and what bears its mark is refused', (session) => {
    expect(decode('tick', stored(replayed(session)))).toMatchObject({
      invalid: { field: 'replay.session', rule: 'a ULID in upper case' },
    })
  })

  it("wire - a session of a time to come is refused; one a minute ahead of the server's clock is not", () => {
    const clock = stored('').storedAt
    for (const session of [ulid(clock), ulid(clock + MINUTE)])
      expect(decode('tick', stored(replayed(session)))).toHaveProperty('message.replay.session', session)
    const session = ulid(clock + MINUTE + 1)
    const rule =
      "a ULID whose time is at most 1m ahead of the server's clock, at 2024-01-01T11:00:03Z, " +
      'and not 2024-01-01T11:01:03.001Z'
    expect(decode('tick', stored(replayed(session)))).toMatchObject({
      invalid: { field: 'replay.session', rule },
    })
    const last = '7ZZZZZZZZZZZZZZZZZZZZZZZZZ'
    expect(decode('tick', stored(replayed(last)))).toMatchObject({ invalid: { field: 'replay.session' } })
  })

  it('wire - a live reading of a time to come is refused, and so is one of no time; one of a tape may be of any', () => {
    const reading = (event_time: string, replay?: object) =>
      decode(
        'reading',
        stored(
          JSON.stringify({
            ...{ event_time, ingest_time: event_time, values: {}, bridged: false },
            ...(replay ? { source: 'replay', replay } : { source: 'live' }),
          }),
        ),
      )
    expect(reading('2099-01-01T00:00:00Z')).toMatchObject({
      invalid: {
        field: 'event_time',
        value: '2099-01-01T00:00:00Z',
        rule: "at most 1m ahead of the server's clock, at 2024-01-01T11:00:03Z",
      },
    })
    expect(reading('soon')).toMatchObject({ invalid: { field: 'event_time' } })
    expect(reading('2024-01-01T11:01:03Z')).toHaveProperty('message')
    const replay = { session: ulid(Date.UTC(2023, 0, 1)), speed: 1, paused: false }
    expect(reading('2099-01-01T00:00:00Z', replay)).toHaveProperty('message')
  })
})

/** The pond as it is announced, with this changed. */
function announced(change: object, of = 'pond') {
  return decode(
    'station',
    stored(JSON.stringify({ ...pondWithTape, ...change }), `tickcast.v1.${of}.station`),
  )
}

describe('wire, stations', () => {
  it('wire - stations as this program announces them are taken: live, under replay and simulated', () => {
    const mark = { session: pondWithTape.tape!.session, first: '2009-01-01T00:00:00Z', last: null }
    const all = [
      pondMessage,
      pondWithTape,
      stationMessage(jena, { source: 'replay', tape: mark }),
      stationMessage({ ...jena, hold: 6 * HOUR }, { source: 'live' }),
      stationMessage(simulatedStation, { source: 'simulated', tape: mark }),
    ]
    for (const message of all)
      expect(decode('station', stored(encodeJson(message), `tickcast.v1.${message.id}.station`))).toEqual({
        station: message.id,
        message,
      })
  })

  const [channel] = pondMessage.channels
  it.each([
    ['cadence_seconds', { cadence_seconds: 1e-9 }, '1e-9', 'at least 1'],
    ['cadence_seconds', { cadence_seconds: 86_401 }, '86401', 'at most 86400'],
    ['cadence_seconds', { cadence_seconds: null }, 'null', 'a number'],
    ['hold_seconds', { hold_seconds: 0 }, '0', 'above 0'],
    ['hold_seconds', { hold_seconds: 2_592_001 }, '2592001', 'at most 2592000'],
    [
      'hold_seconds',
      { cadence_seconds: 1, hold_seconds: 7200 },
      '7200',
      /^at most 5000 cadences, here 5000s/,
    ],
    ['id', { id: '../pond' }, '"../pond"', /^lower-case letters/],
    ['id', { id: 'pool' }, '"pool"', "that of its subject, 'pond'"],
    ['title', { title: 'x'.repeat(129) }, `"${'x'.repeat(78)}…`, 'at most 128 characters'],
    ['title', { title: 'a\u001b[2Jb' }, '"a\\u001b[2Jb"', 'no control characters'],
    ['target', { target: 'p' }, '"p"', 'the name of one of the channels: T (degC), humidity'],
    ['channels', { channels: [] }, '[]', 'at least 1 item'],
    ['channels', { channels: Array(65).fill(channel) }, /^\[/, 'at most 64 items'],
    ['channels.0.min', { channels: [{ ...channel, min: 70 }] }, '70', 'less than max'],
    ['channels.0.max', { channels: [{ ...channel, max: null }] }, 'null', 'a number'],
    ['channels.1.name', { channels: [channel, channel] }, '"T (degC)"', /^unique/],
    ['time.formats.0', { time: { ...pondMessage.time, formats: ['YYYY'] } }, '"YYYY"', /Luxon tokens/],
    [
      'time.utc_offset_minutes',
      { time: { ...pondMessage.time, utc_offset_minutes: 900 } },
      '900',
      'at most 899',
    ],
    ['tape.first', { tape: { ...pondWithTape.tape, first: 'once' } }, '"once"', /^a time such as/],
    [
      'tape.session',
      { tape: { ...pondWithTape.tape, session: 'Z'.repeat(26) } },
      /ZZZ/,
      'a ULID in upper case',
    ],
    ['tape.session', { tape: { ...pondWithTape.tape, session: `7${'Z'.repeat(25)}` } }, /7ZZZ/, /1m ahead/],
  ])(
    'wire - a station whose %s breaks a rule is refused with field, value and rule',
    (field, change, value, rule) => {
      const decoded = announced(change)
      const { invalid } = 'invalid' in decoded ? decoded : expect.fail('it was taken')
      const like = (text: string | RegExp) => (typeof text === 'string' ? text : expect.stringMatching(text))
      expect(invalid).toMatchObject({ field, value: like(value), rule: like(rule) })
      expect(describeInvalid(invalid)).toContain(
        `${field}: ${invalid.value} breaks the rule: ${invalid.rule}; `,
      )
    },
  )
})

function replayed(session: string): string {
  const replay = { session, speed: 1, paused: false }
  return JSON.stringify({ event_time: '2009-01-01T11:00:00Z', values: { T: 1 }, replay })
}
