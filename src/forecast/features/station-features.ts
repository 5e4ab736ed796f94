import { DAY, type Instant } from '../../domain/instant.ts'
import type { Reading } from '../../domain/reading.ts'
import { type Station, targetIndex } from '../../domain/station.ts'
import { climatology } from '../climatology.ts'
import { CLOCK_COLUMNS, CLOCK_NAMES, writeClock } from './clock-columns.ts'
import { columnsOf, MeasuredQuantity, type QuantitySnapshot } from './measured-quantity.ts'
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

export interface FeaturesSnapshot {
  readonly quantities: readonly QuantitySnapshot[]
  readonly profiles: readonly unknown[]
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

/** The one computation of features that all experts of a station share. */
export class StationFeatures {
  readonly #target: number
  readonly #columns: number
  readonly #utcOffsetMinutes: number
  readonly #quantities: readonly MeasuredQuantity[]
  readonly #profiles
  readonly #scratch: Float64Array

  constructor(station: Station) {
    this.#target = targetIndex(station)
    this.#columns = featureLayout(station).names.length
    this.#utcOffsetMinutes = station.time.utcOffsetMinutes
    this.#quantities = quantitiesOf(station).map(
      (quantity) => new MeasuredQuantity(quantity, station.cadence),
    )
    this.#profiles = PROFILES.map(({ memoryDays, leads }) => ({
      leads,
      forecaster: climatology(station, memoryDays),
    }))
    this.#scratch = new Float64Array(station.channels.length).fill(Number.NaN)
  }

  /** Each reading once, in order of event time. What a bridged one holds is no measurement. */
  observe(reading: Reading): void {
    if (reading.bridged) return
    for (const quantity of this.#quantities) quantity.observe(reading.eventTime, reading.values)
    for (const { forecaster } of this.#profiles) forecaster.observe(reading)
  }

  /** A new row of columns, from what has been observed. `current` is the newest measurement of the target. */
  at(issuedAt: Instant, current: number): Float64Array {
    const row = new Float64Array(this.#columns)
    const [target, ...others] = this.#quantities
    let place = target!.write(issuedAt, row, 0)
    place = this.#writeRange(issuedAt, row, place)
    place = this.#writeProfiles(issuedAt, { current, into: row, offset: place })
    for (const quantity of others) place = quantity.write(issuedAt, row, place)
    writeClock(issuedAt, this.#utcOffsetMinutes, { into: row, offset: this.#columns - CLOCK_COLUMNS })
    return row
  }

  snapshot(): FeaturesSnapshot {
    return {
      quantities: this.#quantities.map((quantity) => quantity.snapshot()),
      profiles: this.#profiles.map(({ forecaster }) => forecaster.snapshot()),
    }
  }

  restore({ quantities, profiles }: FeaturesSnapshot): void {
    this.#quantities.forEach((quantity, index) => {
      quantity.restore(quantities[index]!)
    })
    this.#profiles.forEach(({ forecaster }, index) => {
      forecaster.restore(profiles[index])
    })
  }

  #writeRange(now: Instant, into: Float64Array, offset: number): number {
    const target = this.#quantities[0]!
    const today = target.range(now - DAY, now)
    const yesterday = target.range(now - 2 * DAY, now - DAY)
    const current = target.at(now)
    const slow = target.slowMean()
    into[offset] = today ? (today.highest - today.lowest) / RANGE_OVER : 0
    into[offset + 1] = yesterday ? (yesterday.highest - yesterday.lowest) / RANGE_OVER : 0
    into[offset + 2] = today && current !== undefined ? (today.highest - current) / PROFILE_OVER : 0
    into[offset + 3] = slow !== undefined && current !== undefined ? (slow - current) / PROFILE_OVER : 0
    return offset + RANGE_NAMES.length
  }

  #writeProfiles(
    issuedAt: Instant,
    { current, into, offset }: { current: number; into: Float64Array; offset: number },
  ): number {
    let place = offset
    const now = this.#inUnits(current)
    for (const { leads, forecaster } of this.#profiles) {
      const profile = forecaster.predict({ issuedAt, current, lookback: undefined })
      for (const lead of leads) {
        const usual = profile && this.#inUnits(profile[lead - 1]!)
        into[place++] = usual === undefined || now === undefined ? 0 : (usual - now) / PROFILE_OVER
      }
    }
    return place
  }

  #inUnits(value: number): number | undefined {
    this.#scratch[this.#target] = value
    return this.#quantities[0]!.inUnits(this.#scratch)
  }
}
