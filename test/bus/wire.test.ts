import { describe, expect, it } from 'vitest'
import { decode, describeInvalid, encodeJson, MAX_MESSAGE_BYTES, type Stored } from '../../src/bus/wire.ts'

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
    expect(decode('tick', stored(encodeJson(message)))).toEqual({ station: 'shed', message })
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
    const decoded = decode('tick', stored('{"values":{}}'))
    if (!('invalid' in decoded)) throw new Error('it was taken')
    expect(describeInvalid(decoded.invalid)).toMatch(
      /^nats\/12 is no tick of station 'shed': event_time: .*; it begins "\{\\"values\\":\{\}\}"$/,
    )
  })
})
