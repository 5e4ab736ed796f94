import { describe, expect, it } from 'vitest'
import { jsonTicks } from '../../src/ingest/json-ticks.ts'
import { parseStation } from '../../src/ingest/station-file.ts'
import { channelsOn, MOST_MESSAGE_BYTES, messageRows } from '../../src/mqtt/message-rows.ts'
import { isMatch, mqttTopics } from '../../src/mqtt/topics.ts'

const NOW = Date.UTC(2026, 10, 23, 12)
const station = parseStation(
  `id: house
time: { column: Time, format: dd.MM.yyyy HH:mm, zone: Europe/Berlin }
cadence: 5m
target: power
missing: [off]
channels:
  - { name: power, topic: tele/+/SENSOR, column: ENERGY.Power, unit: W, min: 0, max: 3680, where: { Id: a } }
  - { name: volt, topic: tele/+/SENSOR, column: ENERGY.Voltage, unit: V, min: 180, max: 260 }
  - { name: out, topic: out/state, unit: degC, min: -40, max: 60 }
  - { name: in, topic: in/state, column: t, unit: degC, min: -40, max: 60 }
`,
  'house.yaml',
)

function read(topic: string, payload: string | Uint8Array) {
  const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload
  return messageRows(bytes, { station, channels: channelsOn(topic, station), topic, now: NOW, isTick: false })
}

describe('mqtt messages', () => {
  it('mqtt messages - JSON is read just as a body is: paths, where, times, words, numbers', () => {
    const tick = { Time: '23.11.2026 11:55', Id: 'a', ENERGY: { Power: '1.024,5', Voltage: 'off' }, Wifi: 3 }
    for (const json of [tick, { ...tick, Id: 'b' }, { ...tick, Time: '31.06.2026 01:00' }, [tick, tick], 3]) {
      const { rows } = read('tele/plug/SENSOR', JSON.stringify(json))
      const body = jsonTicks(json, { station, now: NOW, place: 'tele/plug/SENSOR' })
      if (typeof json === 'object') expect(rows).toEqual(body.rows)
    }
    expect(read('tele/plug/SENSOR', JSON.stringify(tick))).toEqual({
      rows: [
        {
          place: 'tele/plug/SENSOR',
          eventTime: Date.UTC(2026, 10, 23, 10, 55),
          values: { power: 1024.5, volt: null },
        },
      ],
      ignored: ['Wifi'],
    })
  })

  it.each([
    ['21.5', 21.5],
    [' -3 ', -3],
    ['"21,5"', 21.5],
    ['21.5 °C', 21.5],
    ['off', null],
    ['nan', null],
    ['warm', 'warm'],
    ['true', 'true'],
  ])('mqtt messages - %s alone is the value of the one channel that has the topic', (payload, value) => {
    expect(read('out/state', payload).rows).toEqual([
      { place: 'out/state', eventTime: NOW, values: { out: value }, isTimeless: true },
    ])
  })

  it.each([
    ['in/state', '21.5', 'a JSON object with in at t'],
    ['tele/plug/SENSOR', '21.5', 'a JSON object with power at ENERGY.Power, volt at ENERGY.Voltage'],
    ['out/state', '{"t":', 'JSON'],
    ['out/state', '[]', 'at least one tick'],
    [
      'out/state',
      'x'.repeat(MOST_MESSAGE_BYTES + 1),
      `at most ${MOST_MESSAGE_BYTES} bytes; it has ${MOST_MESSAGE_BYTES + 1}`,
    ],
    ['out/state', Uint8Array.of(0xff, 0xfe), 'text in UTF-8'],
  ])(
    'mqtt messages - on %s, what is no reading is refused with its topic, its beginning and the rule',
    (topic, payload, rule) => {
      const [row, ...more] = read(topic, payload).rows
      expect(more).toEqual([])
      expect(row).toMatchObject({ eventTime: undefined, malformed: { field: topic, rule } })
      expect(String(row?.malformed?.value).length).toBeLessThanOrEqual(200)
    },
  )

  it.each([
    ['an object that is no text', '{"toString":1,"valueOf":1}'],
    ['a list in a list, and so on', `${'['.repeat(20_000)}${']'.repeat(20_000)}`],
    ['a list', '[1]'],
  ])(
    'mqtt messages - %s where a time, a condition or a value should be is refused or masked, whatever it is',
    (_, hostile) => {
      const of = (json: string) => read('tele/plug/SENSOR', json).rows
      expect(of(`{"Time":${hostile},"Id":"a","ENERGY":{"Power":1}}`)).toMatchObject([
        { malformed: { field: 'Time', rule: expect.stringContaining('a time written as') } },
      ])
      expect(of(`{"Id":${hostile},"ENERGY":{"Power":1,"Voltage":230}}`)).toMatchObject([
        { values: { volt: 230 } },
      ])
      expect(of(`{"Id":"a","ENERGY":{"Power":${hostile}}}`)).toMatchObject([
        { values: { power: expect.any(String) } },
      ])
    },
  )

  it('mqtt messages - an empty one lets go of what was retained, and says nothing', () => {
    expect(read('out/state', '')).toEqual({ rows: [], ignored: [] })
  })

  it('mqtt messages - two sensors with one key, each on a topic of its own, are two channels; elsewhere they go by name', () => {
    const pair = parseStation(
      `id: pair
time: { utc_offset: "+00:00" }
cadence: 5m
target: a
channels:
  - { name: a, topic: z/a, column: temperature, unit: degC, min: -40, max: 60 }
  - { name: b, topic: z/b, column: temperature, unit: degC, min: -40, max: 60 }
`,
      'pair.yaml',
    )
    const of = (topic: string) =>
      messageRows(Buffer.from('{"temperature":7}'), {
        station: pair,
        ...{ channels: channelsOn(topic, pair), topic, now: NOW, isTick: false },
      }).rows[0]?.values
    expect([of('z/a'), of('z/b')]).toEqual([{ a: 7 }, { b: 7 }])
    const body = (json: object) => jsonTicks(json, { station: pair, now: NOW, place: 'body' }).rows[0]?.values
    expect(body({ a: 1, b: 2 })).toEqual({ a: 1, b: 2 })
    expect(body({ temperature: 7 })).not.toMatchObject({ a: 7 })
  })

  it.each([
    ['a/b', 'a/b', true],
    ['a/b', 'a/b/c', false],
    ['a/+/c', 'a/b/c', true],
    ['a/+', 'a', false],
    ['a/+', 'a/', true],
    ['a/#', 'a', true],
    ['a/#', 'a/b/c', true],
    ['#', 'a/b', true],
    ['#', '$SYS/broker', false],
    ['+/x', '$SYS/x', false],
    ['$SYS/#', '$SYS/broker', true],
  ])('mqtt messages - the filter %s and the topic %s: %s', (filter, topic, is) => {
    expect(isMatch(filter, topic)).toBe(is)
  })

  it.each([
    ['home/tickcast/status', true],
    ['home/tickcast/v1/roof/forecast', true],
    ['home/tickcast/v1/roof/state', true],
    ['home/tickcast/v1/roof/tick', false],
    ['home/tickcast/roof/state', false],
    ['tickcast/v1/roof/state', false],
  ])('mqtt messages - %s is of ours: %s', (topic, is) => {
    expect(mqttTopics('home/tickcast').isOurs(topic)).toBe(is)
  })

  it.each(['a/#/b', 'a+/b', 'a/b#', ''])(
    'mqtt messages - a station file with the topic %j is refused',
    (topic) => {
      expect(() =>
        parseStation(
          `id: x\ntopic: "${topic}"\ntime: { utc_offset: "+00:00" }\ncadence: 5m\ntarget: a\nchannels: [{ name: a, unit: W, min: 0, max: 1 }]`,
          'x.yaml',
        ),
      ).toThrow(/x\.yaml: topic: it is .*; expected a topic of MQTT such as tele\/plug\/SENSOR/)
    },
  )
})
