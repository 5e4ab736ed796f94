import type { Instant } from '../domain/instant.ts'
import type { Station } from '../domain/station.ts'
import { jsonText } from '../protocol/nesting.ts'
import { LONGEST_CELL, type NumberStyle } from './cell.ts'
import { unitKey } from './json-lists.ts'
import { isRecord, jsonAt } from './json-path.ts'
import { namesIn } from './naming-keys.ts'
import type { RawRow } from './raw-row.ts'
import { rowPlan, timeColumns } from './row-plan.ts'
import { type RowReader, rowReader } from './row-reader.ts'
import { unitsIn, withUnits } from './unit-beside.ts'

export interface JsonRowReader {
  /** Undefined where the row is of others, or earlier than what is wanted. */
  read(tick: unknown, place: string): RawRow | undefined
  /** The cells of the station's row plan in a tick. */
  cellsOf(tick: unknown): readonly unknown[] | undefined
  /** Those of the row plan. */
  readonly columns: readonly string[]
  /** Keys that the station does not know, of the ticks so far. */
  readonly ignored: ReadonlySet<string>
}

export interface JsonRowOptions {
  readonly station: Station
  readonly styles?: readonly NumberStyle[] | undefined
  readonly from?: Instant | undefined
  /** Live, a tick that names no time is of now. */
  readonly now?: (() => Instant) | undefined
  /** Told of what is met, a sentence each. */
  readonly onNote?: ((note: string) => void) | undefined
}

const MOST_IGNORED = 64
const TIME_KEYS = ['event_time', 'time']

/**
 * Two forms of a tick: `{ "event_time": "...", "values": { "T (degC)": 3.1 } }` and, flat or nested as devices send it,
 * `{ "Time": "...", "SENSOR": { "Temperature": 3.1 } }`. The time may stand in the station's own columns, in
 * `event_time` or in `time`, written as ISO 8601 or as the station writes it. Channels go by name, by column or by a
 * path. Other keys are ignored. What fits neither form becomes a row that says why.
 */
export function jsonRowReader(given: JsonRowOptions): JsonRowReader {
  const options = { ...given, station: toldApart(given.station) }
  const { station } = options
  const plan = rowPlan(station)
  const places = plan.columns.map((_, index) => index)
  const formats = [...new Set(['iso', ...station.time.formats])]
  const own = {
    ...station,
    time: { ...station.time, formats: station.time.columns ? station.time.formats : formats },
  }
  const readerOf = (given: Station): RowReader =>
    rowReader({ ...options, station: given, places, sparse: true })
  const byOwnKeys = readerOf(own)
  /** By a time key that every station has: there the zone's column has nothing to say. */
  const byTimeKey = new Map<string, RowReader>()
  const names = new Set(station.channels.flatMap(({ name, column }) => [name, column]))
  const timeKeys = TIME_KEYS.filter((key) => !names.has(key))
  const nameOf = new Map(plan.channels.map((column, index) => [column, station.channels[index]!.name]))
  const known = new Set([
    ...names,
    ...plan.columns,
    ...plan.columns.map(firstKey),
    ...plan.columns.map(unitKey),
    ...timeKeys,
    'values',
  ])
  const ignored = new Set<string>()
  const byName = readerByName(options)
  const namesOf = namesIn(plan.columns)
  const unitsOf = unitsIn(station.channels, plan.columns)

  const cellsOf = (tick: Readonly<Record<string, unknown>>): unknown[] => {
    const values = names.has('values') ? undefined : tick['values']
    return plan.columns.map((column, index) => {
      const name = nameOf.get(index)
      for (const holder of [values, tick]) {
        if (!isRecord(holder)) continue
        if (name !== undefined && Object.hasOwn(holder, name)) return holder[name]
        const found = jsonAt(holder, column)
        if (found !== undefined) return found
      }
      return undefined
    })
  }
  const malformed = (place: string, field: string, value: unknown, rule: string): RawRow => ({
    place,
    eventTime: undefined,
    values: {},
    malformed: { field: field.slice(0, 128), value: cellText(value), rule },
  })

  return {
    columns: plan.columns,
    ignored,
    cellsOf: (tick) => (isRecord(tick) ? cellsOf(tick) : undefined),
    read(tick, place) {
      if (!isRecord(tick)) return malformed(place, place, tick, 'an object with a time and values')
      const values = tick['values']
      if (values !== undefined && !names.has('values') && !isRecord(values))
        return malformed(place, 'values', values, 'an object, channel to number')
      if (byName && isRecord(values) && station.channels.some(({ name }) => Object.hasOwn(values, name)))
        return byName.read(tick, place)
      if (ignored.size < MOST_IGNORED) {
        for (const key of Object.keys(tick)) if (!known.has(key)) ignored.add(key.slice(0, 128))
        if (isRecord(values))
          for (const key of Object.keys(values)) if (!known.has(key)) ignored.add(key.slice(0, 128))
      }
      const cells = cellsOf(tick)
      const hasOwn = timeColumns(station).every((_, index) => cells[plan.time[index]!] !== undefined)
      const key = hasOwn ? undefined : timeKeys.find((each) => tick[each] !== undefined)
      const row = key === undefined ? byOwnKeys.read(cells, place) : readBy(key, tick, cells, place)
      if (row === undefined || row.malformed) return row
      if (Object.keys(row.values).length > 0) {
        const named = namesOf(tick)
        const units = unitsOf(tick)
        const told = units ? withUnits(row, station.channels, units) : row
        return named ? { ...told, named } : told
      }
      // Of a tick without any channel, the key that was taken for one says more than that it is empty.
      const other = Object.entries(isRecord(values) ? values : tick).find(([each]) => !known.has(each))
      return other ? { ...row, values: { [other[0].slice(0, 128)]: cellText(other[1]) } } : row
    },
  }

  function readBy(key: string, tick: Readonly<Record<string, unknown>>, cells: unknown[], place: string) {
    let reader = byTimeKey.get(key)
    if (!reader) {
      const { columns: _, zoneColumn: __, zones: ___, ...time } = station.time
      // The stamp stands behind the cells of the plan.
      const keyed = { ...station, time: { ...time, column: '\u0000time', formats } }
      const stamped = rowPlan(keyed)
      const stand = stamped.columns.map((column) =>
        column === '\u0000time' ? plan.columns.length : plan.columns.indexOf(column),
      )
      reader = rowReader({ ...options, station: keyed, places: stand, sparse: true })
      byTimeKey.set(key, reader)
    }
    const row = reader.read([...cells, tick[key]], place)
    return row?.malformed?.field === '\u0000time'
      ? { ...row, malformed: { ...row.malformed, field: key } }
      : row
  }
}

/**
 * Two sensors that say `temperature`, each on a topic of its own, have one column: where the topic is not known, each goes
 * by its name.
 */
export function toldApart(station: Station): Station {
  const places = station.channels.map(({ column, where }) => JSON.stringify([column, where]))
  const isShared = places.map((place, index) => places.some((other, at) => at !== index && other === place))
  if (!isShared.includes(true)) return station
  const channels = station.channels.map((channel, index) =>
    isShared[index] ? { ...channel, column: channel.name } : channel,
  )
  return { ...station, channels }
}

/**
 * For ticks whose values stand by the names of channels: whose they are is said by that, and needs no `where`. Undefined
 * for a station that has none.
 */
function readerByName(options: JsonRowOptions): JsonRowReader | undefined {
  const { station } = options
  if (!station.channels.some(({ where }) => where !== undefined)) return undefined
  const channels = station.channels.map(({ where: _, ...channel }) => ({ ...channel, column: channel.name }))
  return jsonRowReader({ ...options, station: { ...station, channels } })
}

/** Of a path the key that the tick itself has. */
function firstKey(path: string): string {
  return path.split(/[.[]/, 1)[0]!
}

/** A value as a cell: what is no number, text or null stays readable, for its rejection. */
function cellText(value: unknown): number | string | null {
  if (value === null || (typeof value === 'number' && Number.isFinite(value))) return value
  return (typeof value === 'string' ? value : jsonText(value)).slice(0, LONGEST_CELL)
}
