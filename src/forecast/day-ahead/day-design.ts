import type { Instant } from '../../domain/instant.ts'
import type { Station } from '../../domain/station.ts'
import type { AheadNow } from '../ahead/ahead-columns.ts'
import { emptyFit, type FittedRegression, product } from '../outside/forgetting-regression.ts'
import type { HourlyRing } from '../outside/hourly-ring.ts'
import { emptySpread, type Spread, widenSpread } from '../spread.ts'
import { type DayBefore, PROFILE_COLUMNS, writeProfile } from './day-profile.ts'
import { teach } from './hour-regression.ts'
import { COLUMNS_A_QUANTITY, namesAhead, quantityColumns } from './quantities-ahead.ts'

/** In deviations: what is further off than this tells no more. */
const FURTHEST = 5

/** Plain data. */
export interface DesignState {
  /** By quantity, in the order of their names. */
  readonly spreads: readonly Spread[]
  /** What the quantities of an hour by themselves say of it, in deviations of the target. */
  readonly index: FittedRegression
}

export interface HourAhead {
  /** By the station's clock. */
  readonly time: Instant
  /** After the issue. */
  readonly hours: number
  readonly before: DayBefore
  readonly ahead: AheadNow | undefined
}

/** What an hour is forecast from: the days before and the calendar in front, behind them the quantities known of it. */
export interface DayDesign {
  readonly plainColumns: number
  readonly columns: number
  initial(): DesignState
  /** Learns what the quantities of an hour say of it, `label` in deviations. */
  learn(state: DesignState, hour: HourAhead, label: number): void
  /** Shape [column], or where a quantity is not known [plain column]. */
  row(
    state: DesignState,
    hour: HourAhead,
    target: { readonly values: HourlyRing; readonly spread: Spread },
  ): Float32Array
}

/**
 * A price goes by the load that is left to power stations, which is a sum of quantities, and not in a straight line. So
 * square and cube of what they say together are columns; of each by itself they would be many, and hold less.
 */
export function dayDesign(station: Station): DayDesign {
  const { calendar, quantities } = namesAhead(station)
  const plainColumns = PROFILE_COLUMNS + calendar.length
  const ofIndex = quantities.length > 0 ? 2 : 0
  const columns = plainColumns + COLUMNS_A_QUANTITY * quantities.length + ofIndex

  const said = ({ ahead, hours }: HourAhead): readonly number[][] | undefined => {
    const all = quantities.map((name) => quantityColumns(ahead?.[name], hours))
    return all.every((each) => each !== undefined) ? all : undefined
  }
  const indexRow = ({ spreads }: DesignState, said: readonly number[][]): Float32Array =>
    Float32Array.from([1, ...said.map(([value], index) => deviations(spreads[index]!, value!))])

  return {
    plainColumns,
    columns,
    initial: () => ({ spreads: quantities.map(emptySpread), index: emptyFit(1 + quantities.length) }),
    learn(state, hour, label) {
      const known = said(hour)
      if (!known || quantities.length === 0) return
      for (const [index, [value]] of known.entries()) widenSpread(state.spreads[index]!, hour.time, value!)
      teach(state.index, indexRow(state, known), label)
    },
    row(state, hour, { values, spread }) {
      const known = quantities.length > 0 ? said(hour) : undefined
      const row = new Float32Array(known ? columns : plainColumns)
      const scaled = (value: number): number => deviations(spread, value)
      writeProfile(row, hour.before, { values, time: hour.time, scaled })
      row.set(
        calendar.map((name) => hour.ahead?.[name]?.values[hour.hours] ?? 0),
        PROFILE_COLUMNS,
      )
      if (!known) return row
      const index = clipped(product(state.index.weights, indexRow(state, known)))
      const behind = known.flatMap((of, each) => of.map((value) => deviations(state.spreads[each]!, value)))
      row.set([...behind, index ** 2, index ** 3], plainColumns)
      return row
    },
  }
}

/** How far a value is from the mean so far. */
export function deviations({ mean, squares, count }: Spread, value: number): number {
  return clipped((value - mean) / (Math.sqrt(squares / count) || 1))
}

function clipped(value: number): number {
  return Math.min(FURTHEST, Math.max(-FURTHEST, value))
}
