import { LEADS } from '../../domain/forecast.ts'
import { meanOfKnown } from '../mean.ts'
import type { AheadNow } from './ahead-columns.ts'
import { type HourTable, PAST_HOURS, rowStart, TABLE_HOURS } from './hour-table.ts'

const FIXED_COLUMNS = 27
const COLUMNS_A_QUANTITY = 5

export function leadColumns({ quantities, waves }: Pick<HourTable, 'quantities' | 'waves'>): number {
  return FIXED_COLUMNS + 2 * waves.length + COLUMNS_A_QUANTITY * quantities
}

/** What is known at an issue, all in deviations of the target. */
export interface LeadInputs {
  readonly table: HourTable
  /** What the target should be by the quantities, by the newest run and by the one before. Shape of each [hour 50]. */
  readonly response: Float64Array
  readonly earlier: Float64Array
  /** What was measured in the hours of the table that are past; NaN where nothing was. Shape [hour 25]. */
  readonly measured: Float64Array
  /** Hours since the newest run was issued, of each hour ahead. Shape [hour 26]. */
  readonly age: Float64Array
}

/** Hours round a lead that are looked at together. */
const ROUND = 3
const AGE_OVER = 24

/**
 * What the target at each lead may depend on: what it should be by the quantities, at the lead and round it, by this run
 * and the one before; how far it has been from that of late; what it is now; the clock; and the quantities themselves.
 * Shape [lead 24][column].
 */
export function leadRows({ table, response, earlier, measured, age }: LeadInputs): readonly Float32Array[] {
  const { quantities, waves, cells } = table
  const cell = (hour: number, place: number): number => cells[rowStart(table, hour) + place]!
  const errors = measured.map((value, hour) => value - response[hour]!)
  const back = (of: Float64Array, hours: number): number => known(of[PAST_HOURS - hours]!)
  const meanBack = (hours: number): number => known(meanOfKnown(errors.subarray(PAST_HOURS + 1 - hours)))
  const [error, late, day] = [back(errors, 0), meanBack(6), meanBack(24)]
  const now = back(measured, 0)
  const fixed = [error, back(errors, 1), back(errors, 2), late, day, now, back(measured, 1), now * now]
  return Array.from({ length: LEADS }, (_, lead) => {
    const at = PAST_HOURS + 1 + lead
    const said = response[at]!
    const round = response.subarray(Math.max(0, at - ROUND), Math.min(TABLE_HOURS, at + ROUND + 1))
    const revised = earlier[at]! - said
    const sameHour = lead + 1
    const old = known(age[lead + 1]!) / AGE_OVER
    const row = new Float32Array(leadColumns(table))
    let place = 0
    const put = (value: number): void => {
      row[place++] = value
    }
    put(1)
    for (const value of fixed) put(value)
    for (const value of [said, said * said, response[at - 1]!, response[at + 1] ?? said]) put(value)
    for (const value of [Math.min(...round), Math.max(...round), known(meanOfKnown(round))]) put(value)
    for (const value of [revised, Math.abs(revised), said * error, said * late, said * day, said * now])
      put(value)
    for (const value of [known(errors[sameHour]!), known(measured[sameHour]!), old, old * said]) put(value)
    put(said * cell(at, quantities))
    put(said * cell(at, quantities + 1))
    for (let wave = 0; wave < 2 * waves.length; wave++) put(cell(at, quantities + wave))
    for (let quantity = 0; quantity < quantities; quantity++) {
      const value = cell(at, quantity)
      put(value)
      put(value * value)
      put(cell(at - 1, quantity))
      put(cell(at + 1, quantity))
      put(value * now)
    }
    return row
  })
}

/** Whether anything is said of a lead's time. */
export function isSaidAt(ahead: AheadNow, names: readonly string[], lead: number): boolean {
  return names.some((name) => !Number.isNaN(ahead[name]?.values[lead + 1] ?? Number.NaN))
}

function known(value: number): number {
  return Number.isFinite(value) ? value : 0
}
