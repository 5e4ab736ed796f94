import { ulid } from 'ulid'
import { describe, expect, it } from 'vitest'
import { decode, describeInvalid, encodeJson, MAX_MESSAGE_BYTES, type Stored } from '../../src/bus/wire.ts'
import { MINUTE } from '../../src/domain/instant.ts'

function stored(data: string | Uint8Array, subject = 'tickcast.v1.shed.tick'): Stored {
  return {
    subject,
    data: typeof data === 'string' ? Buffer.from(data) : data,
    sequence: 12,
    storedAt: Date.UTC(2024, 0, 1, 11, 0, 3),
  }
}

describe('wire', () => {
  it('wire - the rule that is broken is said as everywhere', () => {
    const ruleOf = (text: string) => {
      const decoded = decode('tick', stored(text))
      return 'invalid' in decoded ? `${decoded.invalid.field}: ${decoded.invalid.rule}` : expect.fail('taken')
    }
    expect(ruleOf('{"event_time":"x","values":{"T":1e999}}')).toBe('values.T: a number or a string or a null')
    expect(ruleOf('{"event_time":"x","values":[]}')).toBe('values: a record')
    expect(ruleOf('{}')).toBe('event_time: a string')
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

  it('wire - a tick may leave out id and ingest time: its place in the stream and the time it was taken in', () => {
    const text = '{"event_time":"2024-01-01T11:00:00Z","values":{"T":1}}'
    expect(decode('tick', stored(text))).toEqual({
      station: 'shed',
      message: {
        id: 'nats/12',
        ingest_time: '2024-01-01T11:00:03Z',
        event_time: '2024-01-01T11:00:00Z',
        values: { T: 1 },
      },
    })
  })

  it('wire - only ticks may leave something out', () => {
    expect(
      decode('reading', stored('{"event_time":"2024-01-01T11:00:00Z"}', 'tickcast.v1.shed.reading')),
    ).toMatchObject({
      invalid: { topic: 'reading', field: 'ingest_time' },
    })
  })

  it('wire - keys it does not know are left aside', () => {
    const text = '{"event_time":"2024-01-01T11:00:00Z","values":{},"battery":0.8}'
    expect(decode('tick', stored(text))).not.toHaveProperty('message.battery')
  })

  it.each([
    ['no JSON', 'T=3.5', ''],
    ['an empty message', '', ''],
    ['a number', '3.5', 'event_time'],
    ['null', 'null', 'event_time'],
    ['a list', '[]', 'event_time'],
    ['a value that is neither number nor text', '{"event_time":"x","values":{"T":{}}}', 'values.T'],
    [
      'a cell of ten thousand characters',
      `{"event_time":"x","values":{"T":"${'9'.repeat(10_000)}"}}`,
      'values.T',
    ],
  ])('wire - %s is refused with its field', (_, text, field) => {
    expect(decode('tick', stored(text))).toMatchObject({ invalid: { station: 'shed', id: 'nats/12', field } })
  })

  it('wire - bytes that are no UTF-8, and too many of them, are refused without being read', () => {
    expect(decode('tick', stored(Uint8Array.of(0x22, 0xff, 0x22)))).toMatchObject({
      invalid: { rule: 'JSON in UTF-8' },
    })
    expect(decode('tick', stored(Buffer.alloc(MAX_MESSAGE_BYTES + 1, 'x')))).toMatchObject({
      invalid: { rule: 'at most 262144 bytes; it has 262145', text: 'x'.repeat(200) },
    })
  })

  it('wire - a subject whose station is no station id is refused', () => {
    expect(decode('tick', stored('{}', 'tickcast.v1.Shed!.tick'))).toMatchObject({
      invalid: { field: 'station' },
    })
  })

  it('wire - a refusal reads as place, field, rule and how it began', () => {
    const decoded = decode('tick', stored('{"values":{}}'))
    if (!('invalid' in decoded)) throw new Error('it was taken')
    expect(describeInvalid(decoded.invalid)).toMatch(
      /^nats\/12 is no tick of station 'shed': event_time: .*; it begins "\{\\"values\\":\{\}\}"$/,
    )
  })

  it("wire - when a tick came in is the server's to say, whatever the sender claims", () => {
    const claims = ['2099-01-01T00:00:00Z', '1970-01-01T00:00:00Z', 'now', 7, null]
    for (const ingest_time of claims) {
      const text = JSON.stringify({ event_time: '2099-01-01T00:00:00Z', ingest_time, values: { T: 1 } })
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
        rule: "at most 1m ahead of the server's clock, at 2024-01-01T11:00:03Z, and not 2099-01-01T00:00:00Z",
      },
    })
    expect(reading('soon')).toMatchObject({ invalid: { field: 'event_time' } })
    expect(reading('2024-01-01T11:01:03Z')).toHaveProperty('message')
    const replay = { session: ulid(Date.UTC(2023, 0, 1)), speed: 1, paused: false }
    expect(reading('2099-01-01T00:00:00Z', replay)).toHaveProperty('message')
  })
})

function replayed(session: string): string {
  const replay = { session, speed: 1, paused: false }
  return JSON.stringify({ event_time: '2009-01-01T11:00:00Z', values: { T: 1 }, replay })
}
