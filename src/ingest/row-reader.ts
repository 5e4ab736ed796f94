import { HOUR, type Instant } from '../domain/instant.ts'
import type { Station } from '../domain/station.ts'
import { jsonText } from '../protocol/nesting.ts'
import {
  type CellReader,
  cellReader,
  isPointInTwoWays,
  LONGEST_CELL,
  type NumberStyle,
  numberRule,
} from './cell.ts'
import type { RawRow } from './raw-row.ts'
import { isMet, rowPlan } from './row-plan.ts'
import { rowTimeReader } from './row-time.ts'
import { clockWatch, doubledHourWatch, PUT_BACK, PUT_FORWARD } from './summer-time.ts'

/** Reads rows of one source, in the order in which they stand there. */
export interface RowReader {
  /** Undefined where the row is of others, or earlier than what is wanted. */
  read(cells: readonly unknown[], place: string): RawRow | undefined
  /** The time of a row taken by itself. */
  timeOf(cells: readonly unknown[]): Instant | undefined
  /** Rows that were of others, as `where` has it. */
  readonly others: number
}

export interface RowReaderOptions {
  readonly station: Station
  /** Where the columns of the plan stand among the cells of a row. */
  readonly places: readonly number[]
  /** By channel; default: what the station says. */
  readonly styles?: readonly NumberStyle[] | undefined
  /** What is earlier is left out without reading more of it than its stamp, and what has no time before that. */
  readonly from?: Instant | undefined
  /** Taken for rows that name no time; and the clock that tells which of two times is meant, where one shows it twice. */
  readonly now?: (() => Instant) | undefined
  /** Told of what is met, a sentence each. */
  readonly onNote?: ((note: string) => void) | undefined
  /** Cells that are not there are left out of the row, as in JSON. */
  readonly sparse?: boolean
}

/** A clock that is put back has shown a time for at most this long before it shows it again. */
const SOON = 3 * HOUR

export function rowReader({
  station,
  places,
  styles = [],
  from,
  now,
  onNote,
  sparse = false,
}: RowReaderOptions): RowReader {
  const plan = rowPlan(station)
  const time = rowTimeReader(station.time)
  const { channels } = station
  const names = channels.map(({ name }) => name)
  const readers: readonly CellReader[] = channels.map((channel, index) =>
    cellReader(channel, channel.decimal ?? styles[index] ?? 'open'),
  )
  const [onlyTime] = plan.time.map((column) => places[column]!)
  const cellOf = channels.map((_, index) => places[plan.channels[index]!]!)
  const isPlain = plan.conditions.length === 0
  const hasZone = station.time.zone !== undefined
  const watch = clockWatch(station.time, station.cadence)
  // Live, the clock that took a row in tells.
  const watchDoubled =
    hasZone && now === undefined ? doubledHourWatch(station.time, station.cadence) : undefined
  /** Of a zone with summer time, by channel: the time of its newest value. */
  const newest = new Float64Array(channels.length).fill(Number.NEGATIVE_INFINITY)
  let before: { readonly stamp: string; readonly instant: Instant } | undefined
  let begun = from === undefined
  let others = 0

  const stampOf = (cells: readonly unknown[]): string =>
    plan.time.length === 1
      ? textOf(cells[onlyTime!])
      : time.joined(plan.time.map((column) => textOf(cells[places[column]!])))
  const zoneOf = (cells: readonly unknown[]): string | undefined =>
    plan.zone === undefined ? undefined : textOf(cells[places[plan.zone]!]).trim()

  /** Which of the two that a clock shows as one: the order of the rows tells, or the time at which it came. */
  const chosen = (first: Instant, later: Instant, stamp: string, values: RawRow['values']): Instant => {
    const clock = now?.()
    if (clock !== undefined && Math.abs(clock - first) < SOON) return later <= clock ? later : first
    // The same row again; of a station that measures once in that time, the second pass looks like that, too.
    if (before?.stamp === stamp && station.cadence < later - first) return before.instant
    let last = Number.NEGATIVE_INFINITY
    for (const [channel, name] of names.entries()) if (name in values) last = Math.max(last, newest[channel]!)
    if (last >= first) return later
    const due = last + station.cadence
    return last > Number.NEGATIVE_INFINITY && Math.abs(later - due) < Math.abs(first - due) ? later : first
  }

  return {
    get others() {
      return others
    },
    timeOf: (cells) => time.read(stampOf(cells), zoneOf(cells)),
    read(cells, place) {
      const met = isPlain ? undefined : plan.conditions.map((condition) => isMet(condition, cells, places))
      if (met && !plan.conditionOf.some((condition) => condition === undefined || met[condition])) {
        others++
        return undefined
      }
      const isTimeless =
        now !== undefined && plan.time.every((column) => cells[places[column]!] === undefined)
      const stamp = isTimeless ? '' : stampOf(cells)
      const zone = isTimeless ? undefined : zoneOf(cells)
      let eventTime = isTimeless ? now() : time.read(stamp, zone)
      const later = isTimeless || !hasZone ? undefined : time.later
      // What has no time belongs to the rows around it, so it is left out until one of them is late enough.
      if (from !== undefined && (eventTime === undefined ? !begun : (later ?? eventTime) < from))
        return undefined
      const step = eventTime === undefined ? undefined : watch(eventTime)
      if (step === 'forward') onNote?.(`${place}: ${PUT_FORWARD}`)
      if (eventTime === undefined || step === 'back') {
        const malformed = {
          field: station.time.columns?.join(' ') ?? station.time.column,
          value: stamp.slice(0, LONGEST_CELL),
          rule: eventTime === undefined ? time.rule(stamp, zone) : PUT_BACK,
        }
        return { place, eventTime, values: {}, malformed }
      }
      begun = true
      const values: RawRow['values'] = {}
      for (let channel = 0; channel < names.length; channel++) {
        const condition = plan.conditionOf[channel]
        if (met && condition !== undefined && !met[condition]) continue
        const cell = cells[cellOf[channel]!]
        if (sparse && cell === undefined) continue
        const value = readers[channel]!(cell)
        const isDoubtful = styles[channel] === 'whole' && typeof value === 'string' && isPointInTwoWays(value)
        if (isDoubtful && names[channel] === station.target) {
          const malformed = { field: station.target, value, rule: numberRule(value, channels[channel]!) }
          return { place, eventTime, values: {}, malformed }
        }
        values[names[channel]!] = isDoubtful ? null : value
      }
      if (hasZone) {
        const first = eventTime
        if (later !== undefined) eventTime = chosen(first, later, stamp, values)
        const once = watchDoubled?.(
          eventTime,
          later === undefined ? undefined : { stamp, first, later, read: eventTime },
        )
        if (once !== undefined) onNote?.(`${place}: ${once}`)
        before = { stamp, instant: eventTime }
        for (const [channel, name] of names.entries()) if (name in values) newest[channel] = eventTime
      }
      return { place, eventTime, values, ...(isTimeless && { isTimeless }) }
    },
  }
}

function textOf(cell: unknown): string {
  return typeof cell === 'string' ? cell : cell === null || cell === undefined ? '' : jsonText(cell)
}
