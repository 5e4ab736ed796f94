import { DAY, type Span } from '../domain/instant.ts'
import type { Station } from '../domain/station.ts'
import { shown } from './bad-file.ts'
import type { NumberStyle } from './cell.ts'
import { numberStyles } from './number-style.ts'
import { rowPlan, timeColumns } from './row-plan.ts'
import { withDayAndMonthSwapped } from './row-time.ts'
import { stampReader } from './stamp.ts'
import { bareUnit, isUnconverted } from './unit-text.ts'
import { zoneOffset } from './zone-names.ts'

/** The first rows of a table, as far as they were read ahead: enough to see how it is written. */
export interface TableSample {
  readonly station: Station
  readonly names: readonly string[]
  /** By column of the station's row plan. */
  readonly places: readonly number[]
  readonly rows: readonly (readonly string[])[]
}

/** A problem that only whoever knows the file can settle: what it is, and the key that does. */
export type Doubt = string | undefined

export function stylesOf({ station, places, rows }: TableSample): {
  readonly styles: readonly NumberStyle[]
  readonly doubt: Doubt
} {
  const plan = rowPlan(station)
  const cells = plan.channels.map((column) => rows.map((row) => row[places[column]!] ?? ''))
  const evidence = numberStyles(station.channels, cells)
  const at = evidence.findIndex(({ doubt }) => doubt !== undefined)
  const found = evidence[at]?.doubt
  return {
    styles: evidence.map(({ style }) => style),
    doubt:
      found &&
      `${station.channels[at]!.column} is '${shown(found.cell, 40)}', which can be ${found.ways}; the station file must say which: ${found.keys}`,
  }
}

/** A row of units under the header has another one than the station file, of the same quantity, and nothing converts it. */
export function unitsDiffer({ station, places, rows }: TableSample): Doubt {
  const plan = rowPlan(station)
  for (const [index, channel] of station.channels.entries()) {
    const place = places[plan.channels[index]!]!
    const said = rows.map((row) => bareUnit(row[place] ?? '')).find((unit) => isUnconverted(channel, unit))
    if (said !== undefined)
      return `column '${shown(channel.column, 60)}' is in ${said}, and the station file has ${channel.unit} of it; the station file must say unit: "${said}", or scale and offset that convert it`
  }
  return undefined
}

const ZONE_COLUMN = /^(?:tz|tz_cd|zone|time ?zone|timezone|utc ?offset|offset|tzone|dst)(?:_.*)?$/i

/**
 * A column that names the zone of each stamp, which nobody has mentioned: an offset that is the same all year would
 * put half of the stamps at a wrong hour.
 */
export function zoneColumnOf({ station, names, rows }: TableSample): {
  readonly column: string | undefined
  readonly doubt: Doubt
} {
  const none = { column: undefined, doubt: undefined }
  const { time } = station
  if (time.zoneColumn !== undefined || time.zone !== undefined || rows.length === 0) return none
  const used = new Set(rowPlan(station).columns)
  for (const [place, name] of names.entries()) {
    if (used.has(name) || name === '') continue
    const cells = [...new Set(rows.map((row) => row[place]?.trim() ?? ''))]
    if (!cells.every((cell) => /^(?:[A-Z]{1,5}|(?:UTC|GMT)?[+-]\d\d:?\d\d)$/.test(cell))) continue
    const isKnown = cells.every((cell) => zoneOffset(cell, time.zones) !== undefined)
    if (isKnown && (ZONE_COLUMN.test(name) || cells.every((cell) => cell.length > 2)))
      return { column: name, doubt: undefined }
    if (isKnown || !ZONE_COLUMN.test(name)) continue
    const unknown = cells.find((cell) => zoneOffset(cell, time.zones) === undefined)!
    const doubt = `column '${name}' names the zone of each stamp, and '${unknown}' is a zone in several places of the world; the station file must say which: time: { zone_column: ${name}, zones: { ${unknown}: "+01:00" } }`
    return { column: undefined, doubt }
  }
  return none
}

const ENOUGH_ROWS = 12
const FAR: Span = 20 * DAY

/** Days and months in each other's place: stamps that are none, or jump by months where they should go on. */
export function datesTurned({ station, places, rows }: TableSample): Doubt {
  const { time } = station
  const swapped = withDayAndMonthSwapped(time)
  if (swapped === undefined || timeColumns(station).length > 2) return undefined
  const stamps = rows.map((row) =>
    rowPlan(station)
      .time.map((column) => row[places[column]!]?.trim() ?? '')
      .join(' '),
  )
  const as = [stampReader(time), stampReader(swapped)].map((read) => {
    const instants = stamps.map(read)
    const known = instants.filter((instant) => instant !== undefined)
    const jumps = known.filter((instant, index) => index > 0 && Math.abs(instant - known[index - 1]!) > FAR)
    return {
      unread: instants.indexOf(undefined),
      read: known.length,
      jumps: jumps.length,
    }
  })
  const [given, other] = [as[0]!, as[1]!]
  const isTurned =
    other.read > given.read
      ? other.unread < 0
      : other.read === given.read && other.jumps === 0 && given.jumps > 0
  if (!isTurned) return undefined
  const stamp = given.unread >= 0 ? stamps[given.unread]! : stamps[0]!
  const why = given.unread >= 0 ? 'is no time' : 'and those behind it jump by months'
  return `'${shown(stamp, 40)}' ${why} as ${time.formats.join(' or ')}; the stamps are times as format: ${swapped.formats.join(' or ')}`
}

const TIME_OF_DAY = /^\d{1,2}[:.]\d\d(?:[:.]\d\d)?\s*(?:[ap]\.?m?\.?)?$/i
const NAMES_TIME = /^(?:time|hour|hours|hh|hhmm|hr|stunde|uhrzeit|zeit|heure|hora|ora|uur|tijd|utc|hod)$/i

/** Most rows have the time of the row before and another value: the time of day stands elsewhere, or the rows are of several. */
export function timeOfDayMissing({ station, names, places, rows }: TableSample): Doubt {
  if (rows.length < ENOUGH_ROWS) return undefined
  const plan = rowPlan(station)
  const target = places[plan.channels[station.channels.findIndex(({ name }) => name === station.target)]!]!
  const stampOf = (row: readonly string[]) =>
    plan.time.map((column) => row[places[column]!]?.trim() ?? '').join(' ')
  const isMeant = station.channels.some(({ where }) => where !== undefined)
  const again = rows.filter((row, index) => {
    const before = rows[index - 1]
    return (
      before &&
      stampOf(before) === stampOf(row) &&
      before[target] !== row[target] &&
      row[target]?.trim() !== '' &&
      before[target]?.trim() !== ''
    )
  })
  if (isMeant || again.length * 2 < rows.length) return undefined
  const used = new Set(plan.columns)
  const other = names.findIndex(
    (name, place) =>
      !used.has(name) &&
      (NAMES_TIME.test(name) || rows.every((row) => TIME_OF_DAY.test(row[place]?.trim() ?? ''))),
  )
  const column = timeColumns(station).join(' ')
  const first = again[0]!
  const key =
    other < 0
      ? 'where: { a column: whose rows are meant }, or time: { column: [its columns] }'
      : `time: { column: [${[...timeColumns(station), names[other]].join(', ')}], format: ... }, for '${stampOf(first)} ${first[other]?.trim()}'`
  return `${column} is '${shown(stampOf(first), 40)}' in several rows, each with another value: the time of day stands in a column of its own, or the rows are of several sensors; the station file must say: ${key}`
}

const ENOUGH_COUNTS = 40
const COUNTED_UNIT = /^(?:[km]?wh|m3|m³|l|litres?|liters?|gal|ft3|counts?|pulses?|imp|mm|in|[km]?j)$/i
const NAMES_COUNTER = /total|count|meter|energy|sum|cumul|yield|index|lifetime|import|export|zaehler|zähler/i

/** A column that only grows. */
export function counterNote({ station, places, rows }: TableSample): string | undefined {
  const channel = station.channels.findIndex(({ name }) => name === station.target)
  const { column, unit, difference } = station.channels[channel]!
  if (difference !== undefined || !(COUNTED_UNIT.test(unit) || NAMES_COUNTER.test(column))) return undefined
  const values = rows
    .map((row) => Number(row[places[rowPlan(station).channels[channel]!]!] || Number.NaN))
    .filter(Number.isFinite)
  let [up, down] = [0, 0]
  for (let row = 1; row < values.length; row++) {
    if (values[row]! > values[row - 1]!) up++
    else if (values[row]! < values[row - 1]!) down++
  }
  const isCounter = values.length >= ENOUGH_COUNTS && up > 0.7 * values.length && down <= 0.02 * values.length
  return isCounter
    ? `${column} only grows; where it is a counter and its increase is wanted, the station file says difference: true`
    : undefined
}
