import { mkdtemp, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { stringify } from 'yaml'
import { TickcastError } from '../../src/domain/errors.ts'
import { HOUR, MINUTE } from '../../src/domain/instant.ts'
import { loadStation, parseStation } from '../../src/ingest/station-file.ts'

const YAML = `
id: roof
title: The roof
time:
  column: when
  format: [dd.MM.yyyy HH:mm, iso]
  utc_offset: +05:30
cadence: 10m
target: temperature
channels:
  - { name: temperature, column: T, unit: degC, min: -40, max: 60, sentinels: [-9999] }
  - { column: rh, unit: "%", min: 0, max: 100 }
`

const described = () => ({
  id: 'roof',
  time: { column: 'when', format: 'iso', utc_offset: '+01:00' },
  cadence: '10m',
  target: 'T',
  channels: [{ column: 'T', unit: 'degC', min: -40, max: 60 }],
})

function refusal(change: (station: ReturnType<typeof described>) => unknown): string {
  const station = described()
  const changed = change(station) ?? station
  try {
    parseStation(stringify(changed), 'roof.yaml')
  } catch (error) {
    expect(error).toBeInstanceOf(TickcastError)
    expect(error).toMatchObject({ code: 'bad_station' })
    return (error as TickcastError).message
  }
  return expect.fail('it was taken')
}

test('station file - YAML becomes a station, names default to columns', () => {
  expect(parseStation(YAML, 'roof.yaml')).toEqual({
    id: 'roof',
    title: 'The roof',
    time: { column: 'when', formats: ['dd.MM.yyyy HH:mm', 'iso'], utcOffsetMinutes: 330 },
    cadence: 10 * MINUTE,
    target: 'temperature',
    channels: [
      { name: 'temperature', column: 'T', unit: 'degC', limits: { min: -40, max: 60 }, sentinels: [-9999] },
      { name: 'rh', column: 'rh', unit: '%', limits: { min: 0, max: 100 }, sentinels: [] },
    ],
    simulated: false,
  })
})

test('station file - a first draft is told all that it lacks at once', () => {
  const { id, target, channels } = described()
  expect(refusal(() => ({ id, target, channels: channels.map(({ min: _, ...rest }) => rest) }))).toMatch(
    /^roof\.yaml: time: it is missing; expected .*; cadence: it is missing; expected .*; channels\[0\]\.min: it is missing/,
  )
})

test('station file - JSON is read from disk just the same, west of Greenwich too', async () => {
  const path = join(await mkdtemp(join(tmpdir(), 'tickcast-station-')), 'west.json')
  const station = described()
  await writeFile(path, JSON.stringify({ ...station, time: { ...station.time, utc_offset: '-03:30' } }))
  expect(await loadStation(path)).toMatchObject({ title: 'west', time: { utcOffsetMinutes: -210 } })
})

test('station file - an error names the file, the place, the value and the rule', () => {
  expect(refusal((s) => ({ ...s, id: 'My Roof' }))).toBe(
    'roof.yaml: id: it is "My Roof"; expected lower-case letters, digits, - and _, a letter or digit first, at most 64',
  )
  expect(refusal((s) => ({ ...s, channels: [{ ...s.channels[0], min: 'low' }] }))).toBe(
    'roof.yaml: channels[0].min: it is "low"; expected a number',
  )
  expect(refusal((s) => ({ ...s, channels: [{ ...s.channels[0], min: 70 }] }))).toBe(
    'roof.yaml: channels[0].min: it is 70; expected less than max',
  )
  expect(refusal((s) => ({ ...s, time: { column: 'when' } }))).toBe(
    'roof.yaml: time.utc_offset: it is missing; expected hours and minutes such as "+01:00", up to 14:59, ' +
      'or a zone such as Europe/Berlin where clocks follow summer time',
  )
  expect(refusal((s) => ({ ...s, target: 'p' }))).toBe(
    'roof.yaml: target: it is "p"; expected the name of one of the channels: T',
  )
  expect(refusal((s) => ({ ...s, cadence: 600 }))).toContain(
    'cadence: it is 600; expected a span such as 10m',
  )
  expect(refusal((s) => ({ ...s, cadance: '10m' }))).toBe(
    "roof.yaml: the whole: unknown key 'cadance'; did you mean 'cadence'?",
  )
  expect(refusal((s) => ({ ...s, channels: [...s.channels, ...s.channels] }))).toContain(
    "expected unique, but 'T' is there twice",
  )
  expect(refusal((s) => ({ ...s, time: { ...s.time, format: 'YYYY-MM-DD' } }))).toContain('Luxon tokens')
  expect(refusal(() => [])).toBe(
    'roof.yaml: the whole: it is []; expected a station: id, time, cadence, target and channels',
  )
  expect(refusal((s) => ({ ...s, time: '12:00' }))).toBe(
    'roof.yaml: time: it is "12:00"; expected column, format and utc_offset',
  )
  expect(refusal((s) => ({ ...s, channels: [{ ...s.channels[0], max: Number.POSITIVE_INFINITY }] }))).toBe(
    'roof.yaml: channels[0].max: it is Infinity; expected a number',
  )
})

test('station file - of what may be written in several ways the error names the place within', () => {
  const spans = 'expected a span such as 6h, above 0 and at most 30d'
  expect(refusal((s) => ({ ...s, health: { stuck_after: 6 } }))).toBe(
    `roof.yaml: health.stuck_after: it is 6; ${spans}`,
  )
  expect(refusal((s) => ({ ...s, health: 'of' }))).toMatch(/: health: it is "of"; expected 'off', or stuck/)
  expect(refusal((s) => ({ ...s, health: { stuck_afer: '6h' } }))).toBe(
    "roof.yaml: health: unknown key 'stuck_afer'; did you mean 'stuck_after'?",
  )
  expect(refusal((s) => ({ ...s, time: { ...s.time, format: ['iso', 'YYYY'] } }))).toMatch(
    /: time\.format\[1\]: it is "YYYY"; expected 'iso', .*HH:mm:ss$/,
  )
  expect(refusal((s) => ({ ...s, time: { ...s.time, format: [] } }))).toMatch(/expected at least one format$/)
  expect(refusal((s) => ({ ...s, time: { ...s.time, column: [] } }))).toMatch(/expected at least one column$/)
  const channel = (more: object) => refusal((s) => ({ ...s, channels: [{ ...s.channels[0], ...more }] }))
  expect(channel({ difference: { per: 5 } })).toBe(
    'roof.yaml: channels[0].difference.per: it is 5; expected a span such as 1h',
  )
  expect(channel({ missing: ['off', {}] })).toBe('roof.yaml: channels[0].missing[1]: it is {}; expected text')
  expect(channel({ where: { probe: {} } })).toBe(
    'roof.yaml: channels[0].where.probe: it is {}; expected what it holds, or a list of that',
  )
  expect(channel({ where: { probe: [] } })).toMatch(
    /where\.probe: it is \[\]; expected at least one of them$/,
  )
})

test('station file - a station that reports changes says for how long silence means the same', () => {
  const held = (hold: unknown, cadence = '10m') => stringify({ ...described(), cadence, hold })
  expect(parseStation(held('6h'), 'roof.yaml')).toMatchObject({ hold: 6 * HOUR })
  expect('hold' in parseStation(stringify(described()), 'roof.yaml')).toBe(false)
  const spans = 'expected a span such as 6h, above 0 and at most 30d'
  for (const hold of ['0h', '31d', 'for ever'])
    expect(refusal((s) => ({ ...s, hold }))).toBe(`roof.yaml: hold: it is "${hold}"; ${spans}`)
  expect(refusal((s) => ({ ...s, hold: 6 }))).toBe(`roof.yaml: hold: it is 6; ${spans}`)
  expect(parseStation(held('5000s', '1s'), 'roof.yaml')).toMatchObject({ hold: 5_000_000 })
  expect(refusal((s) => ({ ...s, hold: '2h', cadence: '1s' }))).toBe(
    'roof.yaml: hold: it is "2h"; expected at most 5000 cadences, here 5000s',
  )
})

test('station file - an offset is one that clocks have', () => {
  const at = (utc_offset: string) => refusal((s) => ({ ...s, time: { ...s.time, utc_offset } }))
  for (const offset of ['+25:00', '+01:60', '-15:00', '1:00'])
    expect(at(offset)).toContain(`time.utc_offset: it is "${offset}"; expected hours and minutes such as`)
})

test('station file - a column holds one thing: a second channel, or the time, is rejected', () => {
  const [channel] = described().channels
  expect(refusal((s) => ({ ...s, channels: [channel, { ...channel, name: 'again' }] }))).toBe(
    'roof.yaml: channels[1].column: it is "T"; expected unique, but \'T\' is there twice',
  )
  expect(refusal((s) => ({ ...s, time: { ...s.time, column: 'T' } }))).toContain('channels[0].column')
})

test('station file - values that multiply or contain themselves are rejected like any other', () => {
  const tens = ['a', 'b', 'c', 'd', 'e'].map((name, level, all) => {
    const below = level === 0 ? 'x' : `*${all[level - 1]}`
    return `${name}: &${name} [${Array.from({ length: 10 }, () => below).join(', ')}]`
  })
  expect(() => parseStation(tens.join('\n'), 'roof.yaml')).toThrow(/^roof\.yaml: no YAML or JSON: /)
  expect(() => parseStation('&a [*a]', 'roof.yaml')).toThrow(/^roof\.yaml: the whole: it is /)
})

test('station file - broken YAML names its line, a missing file its path', async () => {
  expect(() => parseStation('id: roof\ntime: {', 'roof.yaml')).toThrow(/roof\.yaml:2:\d+: no YAML or JSON/)
  await expect(loadStation('/nowhere/roof.yaml')).rejects.toThrow('/nowhere/roof.yaml: there is no such file')
})

test('station file - what is no small regular file is not read', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tickcast-station-'))
  const large = join(folder, 'large.yaml')
  await writeFile(large, YAML)
  await truncate(large, 100e6)
  await expect(loadStation(large)).rejects.toThrow(`${large}: it has 100000000 bytes; expected at most 65536`)
  await expect(loadStation(folder)).rejects.toThrow(`${folder}: it is a folder; expected a file`)
  await expect(loadStation('/dev/zero')).rejects.toThrow('/dev/zero: it is no regular file')
})

test('station file - however deep or many its values, what is wrong with them is one line', () => {
  const most = 64 * 1024
  for (const text of [
    '['.repeat(most / 4),
    '{"a":'.repeat(most / 10),
    '- '.repeat(most / 8),
    `- &a x\n${'- *a\n'.repeat(10_000)}`,
    Array.from({ length: 2000 }, (_, index) => `- k${index}`).join('\n'),
    `${YAML}${Array.from({ length: 1000 }, (_, index) => `k${index}: 1`).join('\n')}\ncadense: 1h`,
  ]) {
    expect(() => parseStation(text, 'roof.yaml')).toThrow(
      expect.objectContaining({
        code: 'bad_station',
        message: expect.stringMatching(/^roof\.yaml:.{1,700}$/),
      }),
    )
  }
})

test('station file - a key that no station has is ignored and named once, however many there are', () => {
  const notes: string[] = []
  const onNote = (note: string) => void notes.push(note)
  const station = parseStation(`${YAML}colour: blue\nowner: { name: Anna }\n`, 'a/roof.yaml', { onNote })
  expect(station).toEqual(parseStation(YAML, 'roof.yaml'))
  expect(notes).toEqual(["keys that no station file has are ignored: 'colour', 'owner' (roof.yaml)"])
  const many = Array.from({ length: 1000 }, (_, index) => `k${index}: 1`).join('\n')
  parseStation(`${YAML}${many}`, 'roof.yaml', { onNote })
  expect(notes[1]?.length).toBeLessThan(400)
})

test('station file - a key with a slip in it, or in the wrong place, is told with what was meant', () => {
  const channel = { column: 'T', unit: 'degC', min: -40, max: 60 }
  expect(refusal((s) => ({ ...s, channels: [{ ...channel, sentinals: [85] }] }))).toBe(
    "roof.yaml: channels[0]: unknown key 'sentinals'; did you mean 'sentinels'?",
  )
  expect(refusal((s) => ({ ...s, time: { ...s.time, timezone: 'x', Zone: 'Europe/Berlin' } }))).toContain(
    "time: unknown key 'Zone'; did you mean 'zone'?",
  )
  expect(refusal((s) => ({ ...s, zone: 'Europe/Berlin' }))).toBe(
    "roof.yaml: the whole: unknown key 'zone'; it is a key of 'time'",
  )
  expect(refusal((s) => ({ ...s, channels: [{ ...channel, cadence: '1h' }] }))).toContain(
    "unknown key 'cadence'; it is a key of the station itself",
  )
})

test('station file - a cadence is from a second to a day', () => {
  const every = (cadence: string) => parseStation(stringify({ ...described(), cadence }), 'roof.yaml').cadence
  expect([every('1s'), every('1d')]).toEqual([1_000, 86_400_000])
  for (const cadence of ['0.9s', '0s', '25h', '2d'])
    expect(refusal((s) => ({ ...s, cadence }))).toBe(
      `roof.yaml: cadence: it is "${cadence}"; expected a span such as 10m or 1h, from 1s to 1d`,
    )
})

test('station file - a name may hold no control characters', () => {
  expect(refusal((s) => ({ ...s, title: 'roof\u001b[2J' }))).toContain('expected no control characters')
})
