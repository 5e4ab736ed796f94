import { LEADS, validTime } from '../../domain/forecast.ts'
import { HOUR, type Instant, MINUTE, type Span } from '../../domain/instant.ts'
import type { Reading } from '../../domain/reading.ts'
import { type Station, targetIndex } from '../../domain/station.ts'
import type { Example } from './example.ts'
import { type FeaturesSnapshot, StationFeatures } from './station-features.ts'

const LONGEST_TOLERANCE = 5 * MINUTE

/** An example whose labels are still to come. */
interface Open extends Example {
  /** How far each label lies from its valid time; Infinity where none came yet. Shape [lead 24]. */
  readonly away: Float64Array
}

export interface FeatureStageSnapshot {
  readonly features: FeaturesSnapshot
  readonly open: readonly Open[]
  /** Of the newest example, counted from 1970. */
  readonly hour: number
}

/**
 * Makes the features of each issue, once for all experts, and joins them with their labels as these mature: what
 * comes out of `observe` is all that an expert may learn from. One example an hour at most, whatever the cadence:
 * neighbours teach little. It knows no reading later than the last observed.
 */
export class FeatureStage {
  readonly #target: number
  readonly #tolerance: Span
  readonly #features: StationFeatures
  #open: Open[] = []
  #hour = Number.NEGATIVE_INFINITY

  constructor(station: Station) {
    this.#target = targetIndex(station)
    this.#tolerance = Math.min(station.cadence / 2, LONGEST_TOLERANCE)
    this.#features = new StationFeatures(station)
  }

  /** Each reading once, in order of event time; gives out the examples that it completes, oldest first. */
  observe(reading: Reading): readonly Example[] {
    this.#features.observe(reading)
    const value = reading.bridged ? Number.NaN : reading.values[this.#target]!
    if (Number.isFinite(value)) for (const open of this.#open) this.#label(open, reading.eventTime, value)
    let complete = 0
    while (complete < this.#open.length && this.#isPast(this.#open[complete]!, reading.eventTime)) complete++
    if (complete === 0) return []
    const past = this.#open.slice(0, complete)
    this.#open = this.#open.slice(complete)
    return past.filter(({ truth }) => truth.some(Number.isFinite)).map(({ away: _, ...example }) => example)
  }

  /** The features of a forecast that is due. `current` is the target's newest measurement. */
  issue(issuedAt: Instant, current: number): Float64Array {
    const features = this.#features.at(issuedAt, current)
    const hour = Math.floor(issuedAt / HOUR)
    if (hour > this.#hour && Number.isFinite(current)) {
      this.#hour = hour
      const truth = new Float64Array(LEADS).fill(Number.NaN)
      const away = new Float64Array(LEADS).fill(Number.POSITIVE_INFINITY)
      this.#open.push({ issuedAt, current, features, truth, away })
    }
    return features
  }

  snapshot(): FeatureStageSnapshot {
    return structuredClone({ features: this.#features.snapshot(), open: this.#open, hour: this.#hour })
  }

  restore(snapshot: FeatureStageSnapshot): void {
    const { features, open, hour } = structuredClone(snapshot)
    this.#features.restore(features)
    this.#open = [...open]
    this.#hour = hour
  }

  /** Keeps the measurement nearest to the valid time, the earlier one of two as near. */
  #label({ issuedAt, truth, away }: Open, time: Instant, value: number): void {
    const leadIndex = Math.round((time - issuedAt) / HOUR) - 1
    if (leadIndex < 0 || leadIndex >= LEADS) return
    const distance = Math.abs(time - validTime(issuedAt, leadIndex))
    if (distance > this.#tolerance || distance >= away[leadIndex]!) return
    truth[leadIndex] = value
    away[leadIndex] = distance
  }

  /** True once no later reading can change a label. */
  #isPast({ issuedAt, away }: Open, now: Instant): boolean {
    return away[LEADS - 1] === 0 || now >= validTime(issuedAt, LEADS - 1) + this.#tolerance
  }
}
