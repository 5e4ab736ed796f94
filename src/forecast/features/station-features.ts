import { DAY, type Instant } from '../../domain/instant.ts'
import type { Reading } from '../../domain/reading.ts'
import { type Station, targetIndex } from '../../domain/station.ts'
import { climatology } from '../climatology.ts'
import type { Profile } from '../profile.ts'
import { CLOCK_COLUMNS, CLOCK_NAMES, writeClock } from './clock-columns.ts'
import {
  columnsOf,
  type MeasuredQuantity,
  measuredQuantity,
  type Place,
  type QuantityState,
  slowMean,
} from './measured-quantity.ts'
import { quantitiesOf } from './quantities.ts'

/** What the columns of a station mean. The last CLOCK_COLUMNS are the clock's, those before them the measurements'. */
export interface FeatureLayout {
  readonly names: readonly string[]
  /** How many columns stem from measurements. */
  readonly measured: number
}

/** Hours after the issue at which a profile is read; that of now is the one of 24 hours later. */
const PROFILES = [
  { memoryDays: 10, leads: [3, 6, 9, 12, 15, 18, 21, 24] },
  { memoryDays: 30, leads: [6, 12, 18, 24] },
] as const
const PROFILE_OVER = 6
const RANGE_OVER = 10
const RANGE_NAMES = ['range of 24 h', 'range of 24 h, a day ago', 'highest of 24 h', 'slow mean'] as const

/** Plain data. */
export interface FeaturesState {
  /** As `quantitiesOf`, the target first. */
  readonly quantities: readonly QuantityState[]
  /** As PROFILES. */
  readonly profiles: readonly Profile[]
}

/** The one computation of features that all experts of a station share. */
export interface StationFeatures {
  /** Of a row. */
  readonly columns: number
  initial(): FeaturesState
  /** Each reading once, in order of event time. What a bridged one holds is no measurement. */
  observe(state: FeaturesState, reading: Reading): void
  /**
   * A new row of columns as of `issuedAt`, from what has been observed. `current` is the newest measurement of the
   * target.
   */
  at(state: FeaturesState, issuedAt: Instant, current: number): Float64Array
}

export function featureLayout(station: Station): FeatureLayout {
  const [target, ...others] = quantitiesOf(station).map(({ name, family }) =>
    columnsOf(family).map((column) => `${name}: ${column}`),
  )
  const profiles = PROFILES.flatMap(({ memoryDays, leads }) =>
    leads.map((lead) => `profile of ${memoryDays} days: +${lead} h`),
  )
  const measured = [...target!, ...RANGE_NAMES, ...profiles, ...others.flat()]
  return { names: [...measured, ...CLOCK_NAMES], measured: measured.length }
}

export function stationFeatures(station: Station): StationFeatures {
  const columns = featureLayout(station).names.length
  const quantities = quantitiesOf(station).map((quantity) => measuredQuantity(quantity, station))
  const [target, ...others] = quantities
  const profiles = PROFILES.map(({ memoryDays }) => climatology(station, memoryDays))
  const writeProfiles = profileWriter(station, target!)

  return {
    columns,
    initial: () => ({
      quantities: quantities.map((quantity) => quantity.initial()),
      profiles: profiles.map((profile) => profile.initial()),
    }),
    observe(state, reading) {
      if (reading.bridged) return
      quantities.forEach((quantity, index) => {
        quantity.observe(state.quantities[index]!, reading.eventTime, reading.values)
      })
      profiles.forEach((profile, index) => {
        profile.observe(state.profiles[index]!, reading)
      })
    },
    at(state, issuedAt, current) {
      const into = new Float64Array(columns)
      const [ofTarget, ...ofOthers] = state.quantities
      let offset = target!.write(ofTarget!, issuedAt, { into, offset: 0 })
      offset = writeRange(target!, ofTarget!, issuedAt, { into, offset })
      const climatologies = profiles.map((profile, index) =>
        profile.predict(state.profiles[index]!, { issuedAt, current, lookback: undefined }),
      )
      offset = writeProfiles(ofTarget!, { climatologies, current }, { into, offset })
      others.forEach((quantity, index) => {
        offset = quantity.write(ofOthers[index]!, issuedAt, { into, offset })
      })
      writeClock(issuedAt, station.time.utcOffsetMinutes, { into, offset: columns - CLOCK_COLUMNS })
      return into
    },
  }
}

function writeRange(
  target: MeasuredQuantity,
  state: QuantityState,
  now: Instant,
  { into, offset }: Place,
): number {
  const today = target.range(state, now - DAY, now)
  const yesterday = target.range(state, now - 2 * DAY, now - DAY)
  const current = target.at(state, now)
  const slow = slowMean(state)
  into[offset] = today ? (today.highest - today.lowest) / RANGE_OVER : 0
  into[offset + 1] = yesterday ? (yesterday.highest - yesterday.lowest) / RANGE_OVER : 0
  into[offset + 2] = today && current !== undefined ? (today.highest - current) / PROFILE_OVER : 0
  into[offset + 3] = slow !== undefined && current !== undefined ? (slow - current) / PROFILE_OVER : 0
  return offset + RANGE_NAMES.length
}

/** Writes how far each climatology lies from now at its hours, in the target's units. */
function profileWriter(station: Station, target: MeasuredQuantity) {
  const index = targetIndex(station)
  /** Scratch: the target alone is ever set. */
  const values = new Float64Array(station.channels.length).fill(Number.NaN)
  const inUnits = (state: QuantityState, value: number): number | undefined => {
    values[index] = value
    return target.inUnits(state, values)
  }
  return (
    state: QuantityState,
    {
      climatologies,
      current,
    }: { readonly climatologies: readonly (Float64Array | undefined)[]; readonly current: number },
    { into, offset }: Place,
  ): number => {
    let place = offset
    const now = inUnits(state, current)
    PROFILES.forEach(({ leads }, profile) => {
      const means = climatologies[profile]
      for (const lead of leads) {
        const mean = means && inUnits(state, means[lead - 1]!)
        into[place++] = mean === undefined || now === undefined ? 0 : (mean - now) / PROFILE_OVER
      }
    })
    return place
  }
}
