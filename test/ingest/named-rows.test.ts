import { describe, expect, it } from 'vitest'
import { MINUTE } from '../../src/domain/instant.ts'
import { jsonTicks } from '../../src/ingest/json-ticks.ts'
import { type NamingState, noNames, toldRows } from '../../src/ingest/named-rows.ts'
import { parseStation } from '../../src/ingest/station-file.ts'

const START = Date.UTC(2026, 5, 1)

const stationWith = (more: string) =>
  parseStation(
    `id: x
time: { column: time, utc_offset: "+00:00" }
cadence: 10m
target: temp
${more}channels:
  - { name: temp, unit: degC, min: -40, max: 60 }
  - { name: hum, unit: "%", min: 0, max: 100 }
`,
    'x.yaml',
  )
const station = stationWith('')

const at = (minute: number) => new Date(START + minute * MINUTE).toISOString()

/** What of messages that come one by one is taken ('a'), and the rules of those that are refused. */
function taken(ticks: readonly object[], { of = station, state = noNames() } = {}): string[] {
  return ticks.map((tick) => {
    const { rows } = jsonTicks(tick, { station: of, now: START, place: 'x' })
    // As it is kept between two messages.
    Object.assign(state, structuredClone(state))
    const [row] = toldRows(rows, state, of)
    return row?.malformed ? `${row.malformed.field} ${row.malformed.value}` : 'taken'
  })
}

const turns = (key: string, names: readonly string[], step = 5) =>
  Array.from({ length: 12 }, (_, index) => ({
    time: at(index * step),
    [key]: names[index % names.length],
    temp: 20 + (index % names.length) + index / 10,
  }))

describe('named rows', () => {
  it.each(['sensor', 'device_id', 'devEui', 'mac', 'friendly_name', 'id', 'src'])(
    'named rows - two sensors that send by turns are refused from the third message on, by %s',
    (key) => {
      const said = taken(turns(key, ['a', 'b']))
      expect(said.slice(2)).toEqual(said.slice(2).map((_, index) => `${key} ${index % 2 === 0 ? 'a' : 'b'}`))
    },
  )

  it('named rows - the refusal says the names that were seen and the key that resolves it', () => {
    const { rows } = jsonTicks([...turns('sensor', ['in', 'out', 'roof'])], {
      ...{ station, now: START, place: 'body' },
    })
    const all = toldRows(rows, noNames(), station)
    expect(all.map(({ malformed }) => malformed?.field)).toEqual(Array(12).fill('sensor'))
    expect(all[1]?.malformed).toEqual({
      field: 'sensor',
      value: 'out',
      rule: "ticks of one sensor: the rows are of several: sensor is 'in', 'out', 'roof'; the station file must say whose are meant: where: { sensor: \"in\" }, or a list where several are names of one sensor",
    })
  })

  it('named rows - a sensor that says where is meant is taken, and the others are passed over', () => {
    const of = stationWith('where: { sensor: a }\n')
    const { rows } = jsonTicks(turns('sensor', ['a', 'b']), { station: of, now: START, place: 'body' })
    const all = toldRows(rows, noNames(), of)
    expect(all.map(({ values }) => values['temp'])).toEqual([20, 20.2, 20.4, 20.6, 20.8, 21])
    expect(all.every(({ malformed }) => malformed === undefined)).toBe(true)
  })

  it('named rows - several names of one sensor, which takes turns with them, stand in a list', () => {
    const of = stationWith('where: { sensor: [a, b] }\n')
    expect(new Set(taken(turns('sensor', ['a', 'b']), { of }))).toEqual(new Set(['taken']))
    const { rows } = jsonTicks(turns('sensor', ['a', 'b', 'c']), { station: of, now: START, place: 'body' })
    const all = toldRows(rows, noNames(), of)
    expect([all.length, all.every(({ malformed }) => malformed === undefined)]).toEqual([8, true])
  })

  it('named rows - a name deep within tells, too, and so do two values of one time', () => {
    const tick = (name: string, temp: number) => ({ time: at(0), device: { info: { name } }, temp })
    expect(taken([tick('a', 20), tick('b', 21)])).toEqual(['taken', 'device.info.name b'])
    expect(taken([tick('a', 20), tick('b', 20)])).toEqual(['taken', 'taken'])
  })

  it('named rows - another name close behind the first is refused at once', () => {
    const tick = (minute: number, sensor: string, temp: number) => ({ time: at(minute), sensor, temp })
    expect(taken([tick(0, 'a', 20), tick(2, 'b', 9)])).toEqual(['taken', 'sensor b'])
  })

  it.each([
    'status',
    'unit',
    'firmware',
    'battery',
    'fw_name',
    'gateway_id',
    'weather_name',
    'msg_id',
    'error_key',
  ])('named rows - %s that varies is no name of a sensor', (key) =>
    expect(new Set(taken(turns(key, ['a', 'b'], 10)))).toEqual(new Set(['taken'])),
  )

  it('named rows - each sensor with a channel of its own is right', () => {
    const ticks = Array.from({ length: 12 }, (_, index) => ({
      time: at(5 * index),
      ...(index % 2 === 0 ? { sensor: 'a', temp: 20 + index } : { sensor: 'b', hum: 50 + index }),
    }))
    expect(new Set(taken(ticks))).toEqual(new Set(['taken']))
  })

  it('named rows - a sensor that is renamed, moved now and then, or numbers what it sends, goes on', () => {
    const renamed = Array.from({ length: 60 }, (_, index) => ({
      ...{ time: at(10 * index), sensor: index < 30 ? 'old' : 'new', id: `m${index}`, temp: index },
      location: ['kitchen', 'hall'][Math.floor(index / 20) % 2],
    }))
    expect(new Set(taken(renamed))).toEqual(new Set(['taken']))
  })

  it('named rows - what sends on alone is taken again after a while', () => {
    const alone = Array.from({ length: 30 }, (_, index) => ({
      time: at(100 + 10 * index),
      sensor: 'a',
      temp: index,
    }))
    const said = taken([...turns('sensor', ['a', 'b']), ...alone])
    expect(said.slice(12, 30)).toEqual(Array(18).fill('sensor a'))
    expect(said.slice(-10)).toEqual(Array(10).fill('taken'))
  })

  it('named rows - a sender that makes up names and keys grows nothing', () => {
    const state: NamingState = noNames()
    const ticks = Array.from({ length: 500 }, (_, index) => ({
      ...{ time: at(10 * index), temp: index, [`sensor_${index}_id`]: 'x', sensor: `s${index}` },
    }))
    taken(ticks, { state })
    expect(Object.keys(state.keys).length).toBeLessThanOrEqual(8)
    for (const { seen } of Object.values(state.keys)) expect(seen.length).toBeLessThanOrEqual(8)
  })
})
