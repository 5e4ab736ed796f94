import { aheadAllowed } from '../domain/clock-skew.ts'
import { formatInstant, formatSpan, parseInstant } from '../domain/instant.ts'
import type { Reading, Rejection } from '../domain/reading.ts'
import type { Channel, Station } from '../domain/station.ts'
import { parsedSpeed } from '../protocol/encode.ts'
import type { TickMessage } from '../protocol/messages.ts'

/** `masked` counts the cells that held a sentinel: not measured, so NaN in the reading, never zero. */
export type Validated =
  | { readonly ok: true; readonly reading: Reading; readonly masked: number }
  | { readonly ok: false; readonly rejection: Rejection }

/** A decimal or exponent number and nothing beside it: `Number` would also read '', ' 1' and '0x10'. */
const NUMERIC = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/

/**
 * Checks the ticks of one station, each on its own: the answer depends on the tick alone. Of several faults the
 * first is named: what the reader found, then the times, then the cells in their order. What is ahead of the clock is
 * told by `ingest_time`, which is that of whoever took the tick in (`bus/wire.ts`) and never the sender's.
 */
export function validator(station: Station): (tick: TickMessage) => Validated {
  const { channels } = station
  const allowed = aheadAllowed(station.cadence)
  const places = new Map(channels.map((channel, index) => [channel.name, index]))

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

    const values = new Float64Array(channels.length).fill(Number.NaN)
    let measured = 0
    let masked = 0
    for (const field in tick.values) {
      const cell = tick.values[field]!
      const place = places.get(field)
      if (place === undefined) return rejected(unknownField(field, cell, station))
      if (cell === null) continue
      const channel = channels[place]!
      const value = typeof cell === 'number' ? cell : NUMERIC.test(cell) ? Number(cell) : Number.NaN
      if (!Number.isFinite(value)) {
        const shown = typeof cell === 'number' ? String(cell) : cell // JSON has no NaN
        return rejected({ field, value: shown, rule: 'a number', reason: 'malformed' })
      }
      if (channel.sentinels.includes(value)) masked++
      else if (value < channel.limits.min || value > channel.limits.max) {
        return rejected({ field, value, rule: limitsRule(channel), reason: 'out_of_limits' })
      } else {
        values[place] = value
        measured++
      }
    }
    if (measured === 0) {
      return rejected({ field: 'values', value: null, rule: 'at least one measurement', reason: 'empty' })
    }

    const { replay } = tick
    const reading: Reading = {
      eventTime,
      ingestTime,
      values,
      bridged: false,
      tick: tick.id,
      ...(replay && {
        replay: { session: replay.session, speed: parsedSpeed(replay.speed), paused: replay.paused },
      }),
    }
    return { ok: true, reading, masked }
  }
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

function limitsRule({ limits: { min, max }, unit }: Channel): string {
  return `${min}..${max} ${unit}`.trimEnd()
}
