import { DAY, HOUR, type Instant, MINUTE, type Span } from '../../domain/instant.ts'
import { RecentMeasurements, type RecentSnapshot } from '../recent.ts'
import { emptySpread, type Spread, widenSpread } from '../spread.ts'
import type { Family, Quantity } from './quantities.ts'

/** A running mean that forgets to 1/e in this time is as old on average as a plain one over 30 days. */
const SLOW: Span = 15 * DAY
/** No reading stands for more than this of the slow mean. */
const LONGEST_STEP: Span = 3 * HOUR
/** After so long a quantity whose scale is not known gets the one it shows, for good: columns must keep their meaning. */
const SCALE_SEEN: Span = 2 * DAY
/** Two days show about two thirds of the deviation of a month, which is to become 4.5. */
const DEVIATION = 3
/** No column goes further: a first storm after a week of calm is as good as any. */
const FURTHEST = 12

interface Scale {
  readonly centre: number
  readonly unit: number
}

export interface QuantitySnapshot {
  readonly recent: RecentSnapshot
  readonly slow: { readonly sum: number; readonly weight: number; readonly at: Instant | null }
  readonly spread: Spread
  readonly scale: Scale | null
}

/**
 * The measurements of one quantity as far back as its family looks, and the columns made from them: by time and not
 * by row. What was not measured is a 0: 'as now' for a change, 'as usual' for a level.
 */
export class MeasuredQuantity {
  readonly #quantity: Quantity
  readonly #tolerance: Span
  readonly #longestHole: Span
  #recent: RecentMeasurements
  #slow: QuantitySnapshot['slow'] = { sum: 0, weight: 0, at: null }
  #spread = emptySpread()
  #scale: Scale | undefined

  constructor(quantity: Quantity, cadence: Span) {
    const { level, change, means } = quantity.family
    const hours = Math.max(0, ...(level?.lags ?? []), ...(change?.lags ?? []), ...(means?.hours ?? []))
    this.#quantity = quantity
    this.#tolerance = Math.max(5 * MINUTE, cadence / 2)
    this.#longestHole = Math.max(3 * HOUR, 2 * cadence)
    this.#recent = new RecentMeasurements({
      reach: Math.max(hours * HOUR, 2 * DAY) + this.#longestHole,
      grain: Math.max(cadence / 4, 5 * MINUTE),
    })
    if (quantity.scale === 'known') this.#scale = { centre: 0, unit: 1 }
  }

  /** Times come in rising order. */
  observe(time: Instant, values: Float64Array): void {
    const value = this.#quantity.of(values)
    if (!Number.isFinite(value)) return
    this.#recent.add(time, value)
    const { sum, weight, at } = this.#slow
    const step = Math.min(at === null ? LONGEST_STEP : time - at, LONGEST_STEP)
    const kept = Math.exp(-step / SLOW)
    this.#slow = { sum: sum * kept + value * (1 - kept), weight: weight * kept + (1 - kept), at: time }
    if (!this.#scale) this.#widen(time, value)
  }

  /** Writes the columns at `now` from `offset` on and returns where they end. */
  write(now: Instant, into: Float64Array, offset: number): number {
    const { level, change, means } = this.#quantity.family
    const current = this.at(now)
    let place = offset
    const put = (difference: number | undefined, over: number): void => {
      const column = difference === undefined ? 0 : difference / over
      into[place++] = Math.min(FURTHEST, Math.max(-FURTHEST, column))
    }
    const less = (value: number | undefined, other: number | undefined): number | undefined =>
      value === undefined || other === undefined || current === undefined ? undefined : value - other

    if (level) {
      const centre = level.centre === 'slow' ? this.slowMean() : level.centre
      for (const lag of level.lags) put(less(this.at(now - lag * HOUR), centre), level.over)
    }
    if (change) for (const lag of change.lags) put(less(this.at(now - lag * HOUR), current), change.over)
    if (means) {
      const centre = means.centre === 'now' ? current : means.centre
      const spans = means.hours.map((hours) => hours * HOUR)
      for (const mean of this.#recent.meansOver(now, spans)) put(less(this.#scaled(mean), centre), means.over)
    }
    return place
  }

  /** The value at a time, or on the line across a short hole; undefined where there is none, or no scale yet. */
  at(time: Instant): number | undefined {
    return this.#scaled(
      this.#recent.nearest(time, this.#tolerance) ?? this.#recent.across(time, this.#longestHole),
    )
  }

  slowMean(): number | undefined {
    const { sum, weight } = this.#slow
    return weight > 0 ? this.#scaled(sum / weight) : undefined
  }

  /** What the value has gone through after `from` and up to `to`. */
  range(from: Instant, to: Instant): { readonly lowest: number; readonly highest: number } | undefined {
    const range = this.#recent.rangeOver(from, to)
    const [lowest, highest] = [this.#scaled(range?.lowest), this.#scaled(range?.highest)]
    return lowest === undefined || highest === undefined ? undefined : { lowest, highest }
  }

  /** A value or a mean of values in the unit that the columns are reckoned in. */
  inUnits(values: Float64Array): number | undefined {
    const value = this.#quantity.of(values)
    return Number.isFinite(value) ? this.#scaled(value) : undefined
  }

  snapshot(): QuantitySnapshot {
    return {
      recent: this.#recent.snapshot(),
      slow: this.#slow,
      spread: { ...this.#spread },
      scale: this.#scale ?? null,
    }
  }

  restore({ recent, slow, spread, scale }: QuantitySnapshot): void {
    this.#recent.restore(recent)
    this.#slow = { ...slow }
    this.#spread = { ...spread }
    this.#scale = scale ?? undefined
  }

  #scaled(value: number | undefined): number | undefined {
    if (value === undefined || !this.#scale) return undefined
    return (value - this.#scale.centre) / this.#scale.unit
  }

  #widen(time: Instant, value: number): void {
    widenSpread(this.#spread, time, value)
    const { count, mean, squares, first } = this.#spread
    if (time - first < SCALE_SEEN || squares <= 0) return
    this.#scale = { centre: mean, unit: Math.sqrt(squares / count) / DEVIATION }
  }
}

export function columnsOf({ level, change, means }: Family): string[] {
  return [
    ...(level?.lags ?? []).map((lag) => `level -${lag} h`),
    ...(change?.lags ?? []).map((lag) => `change since -${lag} h`),
    ...(means?.hours ?? []).map((hours) => `mean of ${hours} h`),
  ]
}
