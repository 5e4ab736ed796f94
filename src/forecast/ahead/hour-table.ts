import { HOUR, type Instant, MINUTE, type Span } from '../../domain/instant.ts'
import { writeWaves } from '../features/waves.ts'
import { AHEAD_HOURS, type AheadColumn, type AheadNow } from './ahead-columns.ts'
import { type RunningScale, standardised } from './running-scale.ts'

/** Hours before the issue that a table has. */
export const PAST_HOURS = 24
/** Of a table: from -24 h to +25 h of an issue. */
export const TABLE_HOURS = PAST_HOURS + AHEAD_HOURS
/** What of the clock a table has: a wave of each span, as sine and cosine, that of the day first. */
export type ClockWaves = readonly Span[]

/** What is known ahead, hour by hour, in deviations: what is not known is 0. */
export interface HourTable {
  readonly quantities: number
  readonly waves: ClockWaves
  /** Of a row: the quantities, then the clock. */
  readonly width: number
  /** The first hour and the last are there twice, so that each has one beside it. Shape [1 + hour 50 + 1][width]. */
  readonly cells: Float64Array
}

export function tableWidth({ quantities, waves }: Pick<HourTable, 'quantities' | 'waves'>): number {
  return quantities + 2 * waves.length
}

/** Where an hour's row begins. */
export function rowStart({ width }: HourTable, hour: number): number {
  return (hour + 1) * width
}

/** Quantities stand in the order of `names`, whose scales are given. `run` is what is read of the hours to come. */
export function hourTable(
  ahead: AheadNow,
  {
    names,
    scales,
    waves,
    issuedAt,
    utcOffsetMinutes,
    run,
  }: {
    readonly names: readonly string[]
    readonly scales: readonly RunningScale[]
    readonly waves: ClockWaves
    readonly issuedAt: Instant
    readonly utcOffsetMinutes: number
    readonly run: 'values' | 'earlier'
  },
): HourTable {
  const quantities = names.length
  const width = tableWidth({ quantities, waves })
  const table = { quantities, waves, width, cells: new Float64Array((TABLE_HOURS + 2) * width) }
  const { cells } = table
  for (const [quantity, name] of names.entries()) {
    const column = ahead[name]
    for (let hour = 0; column && hour < TABLE_HOURS; hour++) {
      const value = standardised(scales[quantity]!, saidOf(column, hour, run))
      cells[rowStart(table, hour) + quantity] = Number.isNaN(value) ? 0 : value
    }
  }
  for (let hour = 0; hour < TABLE_HOURS; hour++) {
    const local = issuedAt + (hour - PAST_HOURS) * HOUR + utcOffsetMinutes * MINUTE
    writeWaves(local, waves, { into: cells, offset: rowStart(table, hour) + quantities })
  }
  cells.copyWithin(0, width, 2 * width)
  cells.copyWithin((TABLE_HOURS + 1) * width, TABLE_HOURS * width, (TABLE_HOURS + 1) * width)
  return table
}

/** Of an earlier run that has no word on an hour the newest one's. */
function saidOf(column: AheadColumn, hour: number, run: 'values' | 'earlier'): number {
  if (hour < PAST_HOURS) return column.dayBefore[hour]!
  const said = column[run][hour - PAST_HOURS]!
  return Number.isNaN(said) ? column.values[hour - PAST_HOURS]! : said
}
