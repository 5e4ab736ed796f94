import type { Instant } from '../domain/instant.ts'
import type { Station } from '../domain/station.ts'
import { listed } from './bad-file.ts'
import { jsonRowReader } from './json-rows.ts'
import { jsonTickReader } from './json-tick-reader.ts'
import type { RawRow } from './raw-row.ts'

export interface JsonTicksOptions {
  readonly station: Station
  /** Taken for ticks that carry no time. */
  readonly now: Instant
  /** What rows are named after. */
  readonly place: string
}

/** The rows of a body or a message, and what of it is left aside. */
export interface ReadRows {
  readonly rows: readonly RawRow[]
  /** Keys that the station does not know. */
  readonly ignored: readonly string[]
}

/**
 * A tick, or an array of them, as a sender wrote it: the same whether it came as a body, over NATS or over MQTT. What a
 * message is read as depends on that message alone, so that it is read the same after a restart.
 */
export function jsonTicks(json: unknown, { station, now, place }: JsonTicksOptions): ReadRows {
  const reader = jsonRowReader({ station, now: () => now })
  const rows = [...jsonTickReader(station, reader)(json, place)]
  return { rows, ignored: [...reader.ignored] }
}

/** As `jsonTicks`, of a message, whose sender hears of nothing but refusals: an empty array is one. */
export function messageTicks(json: unknown, options: JsonTicksOptions): ReadRows {
  if (!Array.isArray(json) || json.length > 0) return jsonTicks(json, options)
  return { rows: [malformedRow(options.place, '[]', 'at least one tick')], ignored: [] }
}

/** One that says that nothing could be read where rows should have been. */
export function malformedRow(place: string, value: string, rule: string): RawRow {
  return { place, eventTime: undefined, values: {}, malformed: { field: place, value, rule } }
}

/** Tells of keys that are ignored, each once. `where`: said behind them. */
export function ignoredTeller(
  tell: ((note: string) => void) | undefined,
  where = '',
): (ignored: Iterable<string>) => void {
  const told = new Set<string>()
  return (ignored) => {
    if (told.size >= MOST_TOLD) return
    const fresh = [...ignored].filter((key) => !told.has(key))
    if (fresh.length === 0) return
    for (const key of fresh) told.add(key)
    tell?.(`keys the station does not know are ignored: ${listed(fresh).replace(/'/g, '')}${where}`)
  }
}

/** A sender that makes up keys is not listened to for ever. */
const MOST_TOLD = 256
