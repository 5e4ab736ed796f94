import type { AskedIssuer } from './asked-issuer.ts'
import type { Span } from './instant.ts'
import type { NeighboursSetting } from './neighbour.ts'

/** Which sign parts the whole from the fraction; the other one, or a blank, parts thousands. */
export type DecimalSign = 'comma' | 'point'

/** What cells of other columns must hold for a row to be meant: column to text, or to any of several. */
export type Where = Readonly<Record<string, string | readonly string[]>>

/** A value and a flag in one cell, as in `+0123,1`. */
export interface CellFlag {
  /** What stands between them; without it the flag is what follows the number. */
  readonly separator?: string | undefined
  /** Flags of cells that count as measured. Default: all. */
  readonly good?: readonly string[] | undefined
}

/** A counter that only grows, of which the increase is wanted. */
export interface Difference {
  /** Where it begins again at zero by itself: what it can count up to. */
  readonly overflow?: number | undefined
  /** `zero`: where it falls, it was set to zero in that interval. Default `unknown`: nothing is known of the interval. */
  readonly reset?: 'zero' | 'unknown' | undefined
  /** The increase of a span such as `1h`, however far apart two readings are. Default: that between two readings. */
  readonly per?: string | undefined
}

/** One quantity a station measures. */
export interface Channel {
  /** Its name on the wire and on the page, e.g. `T (degC)`. Unique within the station. */
  readonly name: string
  /** Its column in a file, often the same as `name`; of JSON the path to it, as in `ENERGY.Power`. */
  readonly column: string
  /** Where its messages come over MQTT; `+` stands for one level, `#` at the end for all further ones. */
  readonly topic?: string | undefined
  readonly unit: string
  /** Physical limits, in `unit`, both inclusive: a value outside them is no measurement. */
  readonly limits: { readonly min: number; readonly max: number }
  /** Values that mean 'not measured', e.g. -9999: masked, never taken for a number. As they are written. */
  readonly sentinels: readonly number[]
  /** What is written times `scale` plus `offset` is the value in `unit`. Defaults 1 and 0. */
  readonly scale?: number | undefined
  readonly offset?: number | undefined
  readonly decimal?: DecimalSign | undefined
  /** Words that mean 'not measured', beside those that are known. */
  readonly missing?: readonly string[] | undefined
  readonly where?: Where | undefined
  readonly flag?: CellFlag | undefined
  readonly difference?: Difference | undefined
}

/** How the time of a row is to be read. */
export interface TimeColumn {
  readonly column: string
  /** Formats tried in order: `iso`, `unix`, `unix_ms`, or Luxon tokens such as `dd.MM.yyyy HH:mm:ss`. */
  readonly formats: readonly string[]
  /** Stamps without a zone are read at this fixed offset; +60 for Jena, which logs local standard time. */
  readonly utcOffsetMinutes: number
  /** Where date and time stand apart, all their columns, `column` first: joined by blanks, they are the stamp. */
  readonly columns?: readonly string[] | undefined
  /** A zone with summer time such as `Europe/Berlin`, in place of the offset. */
  readonly zone?: string | undefined
  /** A column that names the zone of each stamp. */
  readonly zoneColumn?: string | undefined
  /** Offsets of zones that are named in a way of their own: name to `+01:00`. */
  readonly zones?: Readonly<Record<string, string>> | undefined
}

/** How a file stands, as far as it must be said. */
export interface Layout {
  readonly order?: 'oldest_first' | 'newest_first' | undefined
  readonly encoding?: string | undefined
  /** Lines that begin with this are no rows. */
  readonly comment?: string | undefined
  /** Number of the line with the names, or `none`. */
  readonly header?: number | 'none' | undefined
  /** Names of the cells of a row, in place of those of the header. */
  readonly columns?: readonly string[] | undefined
  readonly separator?: string | undefined
  /** Cells that are left out at the end of a row are empty. */
  readonly ragged?: boolean | undefined
  /** Of JSON: the path to the list of ticks within a text. */
  readonly rows?: string | undefined
}

/** `off`: every reading is a measurement. `stuckAfter`: a value that is repeated for so long is stuck, by this alone. */
export type HealthSetting = 'off' | { readonly stuckAfter?: Span | undefined }

/** Somebody else who forecasts the target, or a quantity that it may depend on, and how a file has what they say. */
export interface OutsideIssuer {
  /** Lower-case letters, digits and `_`: it names models. One may forecast several quantities. */
  readonly issuer: string
  /** Such as the speed of the wind; absent where it is the target. */
  readonly quantity?: string | undefined
  /** Of the quantity. */
  readonly unit?: string | undefined
  /** Of `--outside FILE`; it stays where the file is read. */
  readonly file?: OutsideColumnsOfFile | undefined
  /** How it is asked, where it is; that too stays where the file is read. */
  readonly asked?: AskedIssuer | undefined
  /** Where its forecasts come over MQTT. */
  readonly topic?: string | undefined
}

/** Columns of a row for one lead of one issuer's forecast, each by its name. */
export interface OutsideColumnsOfFile {
  /** Of the forecast itself. Default: the quantity's name, without one the issuer's. */
  readonly mean?: string | undefined
  /** Level to column. */
  readonly quantiles?: Readonly<Record<string, string>> | undefined
  /** When it was issued: a column, or else the time of day on the day before that of the valid time. */
  readonly issued_at?: string | undefined
  readonly issued_day_before_at?: string | undefined
  /** The time that it is of, or the lead in hours. */
  readonly valid_at?: string | undefined
  readonly lead_hours?: string | undefined
  /** When it could be had: a column, or a span such as `5h` after it was issued. Default: at once. */
  readonly available_at?: string | undefined
  readonly available_after?: string | undefined
  /** `always`: its rows are no forecasts but known in advance, such as a tariff or opening hours. */
  readonly known?: 'always' | undefined
}

/** What must be known of a station to forecast it. Plain data: it travels on the bus as it is. */
export interface Station {
  /** Lower-case letters, digits, `-` and `_`; at most 64 characters: it is a part of subjects and paths. */
  readonly id: string
  readonly title: string
  /** What senders that cannot be told its id call it: a measurement, the ID of a console. */
  readonly knownAs?: readonly string[] | undefined
  readonly time: TimeColumn
  /** The usual time between two readings. */
  readonly cadence: Span
  /** Of a station that reports changes: for how long after a report, at most, silence says that nothing has changed. */
  readonly hold?: Span
  /** Whether faults of the target's sensor are looked for. Default: by the rule. */
  readonly health?: HealthSetting | undefined
  /** Who else forecasts the target, or what it may depend on. */
  readonly outside?: readonly OutsideIssuer[] | undefined
  /** Which other stations it is told of. */
  readonly neighbours?: NeighboursSetting | undefined
  /** Where its public holidays are: a country, or a state such as `DE-BY`. They are columns ahead. */
  readonly holidays?: string | undefined
  /** The `name` of the channel that is forecast. */
  readonly target: string
  readonly channels: readonly Channel[]
  readonly layout?: Layout | undefined
  /** True only for data that no instrument has measured: said in every message and on the page. */
  readonly simulated: boolean
}

/** The target's place among the channels. */
export function targetIndex(station: Station): number {
  return station.channels.findIndex((channel) => channel.name === station.target)
}

/** The nearest value that the channel's limits allow; NaN stays. */
export function withinLimits({ limits }: Pick<Channel, 'limits'>, value: number): number {
  return Math.min(limits.max, Math.max(limits.min, value))
}

export function targetChannel(station: Station): Channel {
  const channel = station.channels[targetIndex(station)]
  if (!channel) throw new Error(`station ${station.id} has no channel ${station.target}`)
  return channel
}
