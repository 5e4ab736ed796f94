import { aheadAllowed } from '../domain/clock-skew.ts'
import { DAY, formatInstant, formatSpan, parseInstant, type Span } from '../domain/instant.ts'
import type { Reading, Rejection } from '../domain/reading.ts'
import type { Channel, Station } from '../domain/station.ts'
import { replayMarkOf } from '../protocol/encode.ts'
import type { TickMessage } from '../protocol/tick.ts'
import { cellReader, numberRule } from './cell.ts'

/**
 * `masked` counts the cells that were not measured: those that held a sentinel, and those of `faults`. They are NaN in the
 * reading, never zero.
 */
export type Validated =
  | {
      readonly ok: true
      readonly reading: Reading
      readonly masked: number
      /** Cells of channels beside the target that hold no measurement, and why. */
      readonly faults: readonly Rejection[]
    }
  | { readonly ok: false; readonly rejection: Rejection }

const NO_FAULTS: readonly Rejection[] = []
/** A stamp of the first month of 1970 that comes decades later is that of a clock which nobody has set. */
const UNSET: Span = 31 * DAY
const DECADES: Span = 20 * 365 * DAY

/**
 * Checks the ticks of one station, each on its own: the answer depends on the tick alone. It is refused for its time and
 * for its target; a fault in another cell costs that cell. What is ahead of the clock is told by `ingest_time`, which is
 * that of whoever took the tick in (`bus/wire.ts`) and never the sender's.
 */
export function validator(station: Station): (tick: TickMessage) => Validated {
  const { channels } = station
  const allowed = aheadAllowed(station.cadence)
  const places = new Map(channels.map((channel, index) => [channel.name, index]))
  const readers = channels.map((channel) => cellReader(channel))
  const toUnit = channels.map(unitScale)

  return (tick) => {
    if (tick.malformed) return rejected({ ...tick.malformed, reason: 'malformed' })
    const eventTime = parseInstant(tick.event_time)
    if (eventTime === undefined) return rejected(unreadable('event_time', tick.event_time))
    const ingestTime = parseInstant(tick.ingest_time)
    if (ingestTime === undefined) return rejected(unreadable('ingest_time', tick.ingest_time))
    if (!tick.replay && eventTime > ingestTime + allowed) {
      const rule = `at most ${formatSpan(allowed)} ahead of the clock that took it in, at ${formatInstant(ingestTime)}`
      return rejected({ field: 'event_time', value: tick.event_time, rule, reason: 'future' })
    }
    if (Math.abs(eventTime) < UNSET && ingestTime - eventTime > DECADES) {
      const rule = 'the time of a clock that is set: one that was not begins in January 1970'
      return rejected({ field: 'event_time', value: tick.event_time, rule, reason: 'malformed' })
    }

    const values = new Float64Array(channels.length).fill(Number.NaN)
    let measured = 0
    let masked = 0
    let faults: Rejection[] | undefined
    let unknown: Rejection | undefined
    for (const field in tick.values) {
      const cell = tick.values[field]!
      const place = places.get(field)
      if (place === undefined) {
        unknown ??= unknownField(field, cell, station)
        continue
      }
      const channel = channels[place]!
      const raw = typeof cell === 'number' && channel.missing === undefined ? cell : readers[place]!(cell)
      if (raw === null) continue
      if (typeof raw === 'number' && channel.sentinels.includes(raw)) {
        masked++
        continue
      }
      const value = typeof raw === 'number' ? toUnit[place]!(raw) : Number.NaN
      const fault = !Number.isFinite(value) ? noNumber(cell, channel) : limitsFault(value, channel)
      if (fault === undefined) {
        values[place] = value
        measured++
      } else if (field === station.target) return rejected(fault)
      else {
        faults ??= []
        faults.push(fault)
      }
    }
    if (measured === 0) {
      const empty: Rejection = {
        field: 'values',
        value: null,
        rule: 'at least one measurement',
        reason: 'empty',
      }
      return rejected(faults?.[0] ?? unknown ?? empty)
    }

    const { replay } = tick
    const reading: Reading = {
      eventTime,
      ingestTime,
      values,
      bridged: false,
      tick: tick.id,
      ...(replay && { replay: replayMarkOf(replay) }),
    }
    return { ok: true, reading, masked: masked + (faults?.length ?? 0), faults: faults ?? NO_FAULTS }
  }
}

/** From what is written to the channel's unit. A tenth is divided by ten, so that 33 becomes 3.3 and not its neighbour. */
function unitScale({ scale = 1, offset = 0 }: Channel): (raw: number) => number {
  if (scale === 1 && offset === 0) return (raw) => raw
  const inverse = Math.round(1 / scale)
  const isFraction = inverse !== 0 && Math.abs(inverse * scale - 1) < 1e-12
  if (offset === 0) return isFraction ? (raw) => raw / inverse : (raw) => raw * scale
  return isFraction ? (raw) => raw / inverse + offset : (raw) => raw * scale + offset
}

function noNumber(cell: number | string | null, channel: Channel): Rejection {
  const value = typeof cell === 'number' ? String(cell) : cell // JSON has no NaN
  return { field: channel.name, value, rule: numberRule(String(cell), channel), reason: 'malformed' }
}

/** A counter goes past its limits by and by: they are those of its increase. */
export function limitsFault(value: number, channel: Channel): Rejection | undefined {
  const { limits, name, difference } = channel
  if (difference !== undefined || (value >= limits.min && value <= limits.max)) return undefined
  return { field: name, value, rule: limitsRule(channel), reason: 'out_of_limits' }
}

function rejected(rejection: Rejection): Validated {
  return { ok: false, rejection }
}

function unreadable(field: string, value: string): Rejection {
  return { field, value, rule: 'a time such as 2009-10-24T05:10:00Z', reason: 'malformed' }
}

function unknownField(field: string, value: Rejection['value'], station: Station): Rejection {
  const names = station.channels.map(({ name }) => name).join(', ')
  return { field, value, rule: `one of ${names}`, reason: 'unknown_field' }
}

export function limitsRule({ limits: { min, max }, unit }: Channel): string {
  return `${min}..${max} ${unit}`.trimEnd()
}
