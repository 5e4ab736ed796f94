import { describe, expect, it } from 'vitest'
import { formatInstant, MINUTE, SECOND } from '../../src/domain/instant.ts'
import type { Station } from '../../src/domain/station.ts'
import { validator } from '../../src/ingest/validate.ts'
import type { TickMessage } from '../../src/protocol/tick.ts'

const station: Station = {
  id: 'roof',
  title: 'Roof',
  time: { column: 'time', formats: ['iso'], utcOffsetMinutes: 60 },
  cadence: 600_000,
  target: 'T (degC)',
  channels: [
    { name: 'T (degC)', column: 't', unit: 'degC', limits: { min: -40, max: 50 }, sentinels: [-9999] },
    { name: 'rh (%)', column: 'rh', unit: '%', limits: { min: 0, max: 100 }, sentinels: [-9999, 99.9] },
  ],
  simulated: false,
}
const validate = validator(station)

function tick(values: TickMessage['values'], rest: Partial<TickMessage> = {}): TickMessage {
  return {
    event_time: '2020-05-12T06:00:00Z',
    ingest_time: '2020-05-12T06:00:01Z',
    id: 'feed/1/body:1',
    values,
    ...rest,
  }
}

function rejectionOf(message: TickMessage) {
  const validated = validate(message)
  return validated.ok ? undefined : validated.rejection
}

function valuesOf(message: TickMessage) {
  const validated = validate(message)
  return validated.ok ? [...validated.reading.values] : undefined
}

describe('validate', () => {
  it('validate - a whole tick becomes a reading in station order, with its times, id and replay mark', () => {
    const replay = { session: 's1', speed: 'max' as const, paused: false }
    expect(validate(tick({ 'rh (%)': 71, 'T (degC)': 12.5 }, { replay }))).toEqual({
      ok: true,
      masked: 0,
      faults: [],
      reading: {
        eventTime: Date.UTC(2020, 4, 12, 6),
        ingestTime: Date.UTC(2020, 4, 12, 6, 0, 1),
        values: new Float64Array([12.5, 71]),
        bridged: false,
        tick: 'feed/1/body:1',
        replay: { session: 's1', speed: Number.POSITIVE_INFINITY, paused: false },
      },
    })
  })

  it('validate - a live tick has no replay mark', () => {
    const validated = validate(tick({ 'T (degC)': 12.5 }))
    expect(validated.ok && 'replay' in validated.reading).toBe(false)
  })

  it('validate - null and a missing channel are not measured', () => {
    expect(valuesOf(tick({ 'T (degC)': 12.5, 'rh (%)': null }))).toEqual([12.5, Number.NaN])
    expect(valuesOf(tick({ 'T (degC)': 12.5 }))).toEqual([12.5, Number.NaN])
  })

  it('validate - a sentinel is masked and counted, never zero and never a limit broken', () => {
    const validated = validate(tick({ 'T (degC)': 3, 'rh (%)': '-9999.00' }))
    expect(validated).toMatchObject({
      ok: true,
      masked: 1,
      reading: { values: new Float64Array([3, Number.NaN]) },
    })
  })

  it('validate - a sentinel within the limits is masked all the same', () => {
    expect(valuesOf(tick({ 'T (degC)': 3, 'rh (%)': 99.9 }))).toEqual([3, Number.NaN])
  })

  it('validate - a sentinel of one channel is a number in another', () => {
    expect(rejectionOf(tick({ 'T (degC)': 99.9 }))?.reason).toBe('out_of_limits')
  })

  it('validate - limits are inclusive, and beyond them the rejection says field, value and rule', () => {
    expect(valuesOf(tick({ 'T (degC)': -40, 'rh (%)': 100 }))).toEqual([-40, 100])
    expect(rejectionOf(tick({ 'T (degC)': -40.01, 'rh (%)': 50 }))).toEqual({
      field: 'T (degC)',
      value: -40.01,
      rule: '-40..50 degC',
      reason: 'out_of_limits',
    })
  })

  it('validate - a fault beside the target costs its cell and not the row, and is told', () => {
    for (const [cell, rule] of [
      [143, '0..100 %'],
      ['wet', 'a number; where this means \'not measured\': missing: ["wet"]'],
    ] as const) {
      expect(validate(tick({ 'T (degC)': 1, 'rh (%)': cell }))).toMatchObject({
        ok: true,
        masked: 1,
        faults: [{ field: 'rh (%)', value: cell, rule }],
        reading: { values: new Float64Array([1, Number.NaN]) },
      })
    }
    // With nothing else in it, it is the reason for which the tick is refused.
    expect(rejectionOf(tick({ 'rh (%)': 143 }))?.reason).toBe('out_of_limits')
  })

  it('validate - what is written in tenths, or from another zero, comes out in the unit, limits and all', () => {
    const tenths = validator({
      ...station,
      channels: [
        { ...station.channels[0]!, scale: 0.1, sentinels: [9999] },
        { ...station.channels[1]!, scale: 2, offset: -32 },
      ],
    })
    const valuesIn = (values: TickMessage['values']) => {
      const validated = tenths(tick(values))
      return validated.ok ? [...validated.reading.values] : validated.rejection.value
    }
    expect(valuesIn({ 'T (degC)': 33, 'rh (%)': 40 })).toEqual([3.3, 48])
    expect(valuesIn({ 'T (degC)': '-7', 'rh (%)': 16 })).toEqual([-0.7, 0])
    expect(valuesIn({ 'T (degC)': 9999, 'rh (%)': 16 })).toEqual([Number.NaN, 0])
    expect(valuesIn({ 'T (degC)': 501 })).toBe(50.1)
  })

  it('validate - a stamp of January 1970 that comes decades later is of a clock that nobody has set', () => {
    const unset = { event_time: '1970-01-01T00:00:36Z' }
    expect(rejectionOf(tick({ 'T (degC)': 3 }, unset))).toMatchObject({
      field: 'event_time',
      reason: 'malformed',
    })
    const then = { ...unset, ingest_time: '1970-01-01T00:00:37Z' }
    expect(rejectionOf(tick({ 'T (degC)': 3 }, then))).toBeUndefined()
  })

  it.each([
    ['12.3', 12.3],
    ['-8.02', -8.02],
    ['+4', 4],
    ['.5', 0.5],
    ['7.', 7],
    ['1.25e1', 12.5],
    ['-2E-1', -0.2],
    [' 1', 1],
    ['1,5', 1.5],
    ['21.5 °C', 21.5],
    ['+0021', 21],
  ])('validate - the cell %j is the number it spells', (cell, value) => {
    expect(valuesOf(tick({ 'T (degC)': cell }))).toEqual([value, Number.NaN])
  })

  it.each([
    '12.3x',
    '0x10',
    '1,215',
    '+0004,5',
    'Infinity',
    '1e999',
    '--1',
    'e5',
    '1_0',
    '1.2.3',
    '70 °F',
    '1,2,3',
  ])('validate - the cell %j is no number, or more than one', (cell) => {
    expect(rejectionOf(tick({ 'T (degC)': cell }))).toEqual({
      field: 'T (degC)',
      value: cell,
      rule: expect.stringMatching(/^a number/),
      reason: 'malformed',
    })
  })

  it.each(['', ' ', 'NaN', '--', '.', 'unavailable', 'N/A'])(
    'validate - the cell %j means not measured',
    (cell) => {
      expect(valuesOf(tick({ 'T (degC)': cell, 'rh (%)': 5 }))).toEqual([Number.NaN, 5])
    },
  )

  it('validate - what can be read in two ways names both, and the key that says which', () => {
    expect(rejectionOf(tick({ 'T (degC)': '1,215' }))?.rule).toBe(
      "a number in one way: '1,215' can be 1.215 or 1215; say which with decimal: comma or decimal: point",
    )
  })

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'validate - the number %s is no measurement, and its rejection survives JSON',
    (value) => {
      const rejection = rejectionOf(tick({ 'T (degC)': value }))
      expect(rejection).toMatchObject({
        value: String(value),
        rule: expect.stringMatching(/^a number/),
        reason: 'malformed',
      })
      expect(JSON.parse(JSON.stringify(rejection))).toEqual(rejection)
    },
  )

  it.each(['temp', 'constructor', '__proto__'])('validate - the channel %j is unknown', (name) => {
    const beside = JSON.parse(`{ "T (degC)": 1, "${name}": 2 }`)
    expect(valuesOf(tick(beside))).toEqual([1, Number.NaN])
    const alone = JSON.parse(`{ "${name}": 2 }`)
    expect(rejectionOf(tick(alone))).toEqual({
      field: name,
      value: 2,
      rule: 'one of T (degC), rh (%)',
      reason: 'unknown_field',
    })
  })

  it('validate - a tick without any measurement is empty', () => {
    for (const values of [{}, { 'T (degC)': null }, { 'T (degC)': -9999, 'rh (%)': null }]) {
      expect(rejectionOf(tick(values))).toMatchObject({ field: 'values', value: null, reason: 'empty' })
    }
  })

  it('validate - what the reader found wrong is passed on and goes before all else', () => {
    const malformed = { field: 'row', value: '1;2', rule: '15 cells' }
    expect(rejectionOf(tick({}, { event_time: '', malformed }))).toEqual({
      ...malformed,
      reason: 'malformed',
    })
  })

  it.each([
    '',
    'yesterday',
    '2020-05-12T06:00:00',
    '12.05.2020 06:00:00',
    '2020-02-30T00:00:00Z',
    '2021-02-29T00:00:00Z',
  ])('validate - %j is no event time', (eventTime) => {
    expect(rejectionOf(tick({ 'T (degC)': 1 }, { event_time: eventTime }))).toMatchObject({
      field: 'event_time',
      value: eventTime,
      reason: 'malformed',
    })
  })

  it('validate - the last day of a leap February is an event time', () => {
    expect(valuesOf(tick({ 'T (degC)': 1 }, { event_time: '2020-02-29T00:00:00Z' }))).toBeDefined()
  })

  it('validate - an unreadable ingest time is named as such', () => {
    expect(rejectionOf(tick({ 'T (degC)': 1 }, { ingest_time: 'now' }))).toMatchObject({
      field: 'ingest_time',
      value: 'now',
      reason: 'malformed',
    })
  })

  it.each([
    [10 * MINUTE, MINUTE],
    [MINUTE, 30 * SECOND],
    [SECOND, 5 * SECOND],
  ])(
    'validate - a station with a row every %i ms may be %i ms ahead of the clock and no more',
    (cadence, allowed) => {
      const check = validator({ ...station, cadence })
      const at = (ahead: number) =>
        tick({ 'T (degC)': 1 }, { event_time: formatInstant(Date.UTC(2020, 4, 12, 6, 0, 1) + ahead) })
      expect(check(at(allowed)).ok).toBe(true)
      expect(check(at(allowed + 1))).toMatchObject({ rejection: { reason: 'future' } })
    },
  )

  it('validate - a live tick ahead of the clock is rejected, and a replayed one is not', () => {
    const ahead = { event_time: '2020-05-12T06:01:02Z' }
    const values = { 'T (degC)': 1 }
    expect(rejectionOf(tick(values, ahead))).toEqual({
      field: 'event_time',
      value: '2020-05-12T06:01:02Z',
      rule: 'at most 1m ahead of the clock that took it in, at 2020-05-12T06:00:01Z',
      reason: 'future',
    })
    const replay = { session: 's1', speed: 1, paused: false }
    expect(valuesOf(tick(values, { ...ahead, replay }))).toBeDefined()
  })
})
