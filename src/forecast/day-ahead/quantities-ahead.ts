import { LEADS } from '../../domain/forecast.ts'
import { quantityName } from '../../domain/outside.ts'
import type { Station } from '../../domain/station.ts'
import { AHEAD_HOURS, type AheadColumn } from '../ahead/ahead-columns.ts'
import { CALENDAR_NAMES } from '../ahead/calendar-columns.ts'

/** What a station names of the hours to come. */
export interface NamesAhead {
  /** Columns that are always known. */
  readonly calendar: readonly string[]
  /** Those that may not be. */
  readonly quantities: readonly string[]
}

export function namesAhead({ outside = [], holidays }: Pick<Station, 'outside' | 'holidays'>): NamesAhead {
  const quantities = outside.flatMap(({ issuer, quantity }) =>
    quantity === undefined ? [] : quantityName(issuer, quantity),
  )
  return { calendar: holidays === undefined ? [] : CALENDAR_NAMES, quantities: quantities.sort() }
}

export const COLUMNS_A_QUANTITY = 6

/**
 * What is said of the hour that is `hours` after the issue, of those beside it, of the same hour a day and a week before,
 * and on average of the last 24 hours of which anything is said up to +24 h, which are all of the day to come where it is
 * known at its beginning. Where another hour is not known this one stands for it; undefined where this one is not.
 * Shape [COLUMNS_A_QUANTITY].
 */
export function quantityColumns(column: AheadColumn | undefined, hours: number): number[] | undefined {
  const value = column?.values[hours]
  if (!column || value === undefined || Number.isNaN(value)) return undefined
  const { dayBefore, weekBefore } = column
  return [
    value,
    saidAt(column, hours - 1),
    hours + 1 < AHEAD_HOURS ? saidAt(column, hours + 1) : Number.NaN,
    dayBefore[hours]!,
    weekBefore[hours]!,
    meanOfDay(column),
  ].map((each) => (Number.isNaN(each) ? value : each))
}

/** From 24 h before the issue on. */
function saidAt({ values, dayBefore }: AheadColumn, hours: number): number {
  return hours < 0 ? dayBefore[hours + 24]! : values[hours]!
}

function meanOfDay(column: AheadColumn): number {
  let last = LEADS
  while (last > 0 && Number.isNaN(column.values[last]!)) last--
  let [sum, known] = [0, 0]
  for (let hours = last - 23; hours <= last; hours++) {
    const value = saidAt(column, hours)
    if (Number.isNaN(value)) continue
    sum += value
    known++
  }
  return sum / known
}
