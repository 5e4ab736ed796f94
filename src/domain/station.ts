import type { Span } from './instant.ts'

/** One quantity a station measures. */
export interface Channel {
  /** Its name on the wire and on the page, e.g. `T (degC)`. Unique within the station. */
  readonly name: string
  /** Its column in a file, often the same as `name`. */
  readonly column: string
  readonly unit: string
  /** Physical limits, in `unit`, both inclusive: a value outside them is no measurement. */
  readonly limits: { readonly min: number; readonly max: number }
  /** Values that mean 'not measured', e.g. -9999: masked, never taken for a number. */
  readonly sentinels: readonly number[]
}

/** How the time column of a file is to be read. */
export interface TimeColumn {
  readonly column: string
  /** Formats tried in order: `iso`, or Luxon tokens such as `dd.MM.yyyy HH:mm:ss`. */
  readonly formats: readonly string[]
  /** Stamps without a zone are read at this fixed offset; +60 for Jena, which logs local standard time. */
  readonly utcOffsetMinutes: number
}

/** What must be known of a station to forecast it. Plain data: it travels on the bus as it is. */
export interface Station {
  /** Lower-case letters, digits, `-` and `_`; at most 64 characters: it is a part of subjects and paths. */
  readonly id: string
  readonly title: string
  readonly time: TimeColumn
  /** The usual time between two readings. */
  readonly cadence: Span
  /** The `name` of the channel that is forecast. */
  readonly target: string
  readonly channels: readonly Channel[]
  /** True only for data that no instrument has measured: said in every message and on the page. */
  readonly simulated: boolean
}

/** The target's place among the channels. */
export function targetIndex(station: Station): number {
  return station.channels.findIndex((channel) => channel.name === station.target)
}

export function targetChannel(station: Station): Channel {
  const channel = station.channels[targetIndex(station)]
  if (!channel) throw new Error(`station ${station.id} has no channel ${station.target}`)
  return channel
}
