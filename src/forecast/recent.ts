import type { Instant, Span } from '../domain/instant.ts'

/** Plain data. Shapes: [entry], oldest first. */
export interface RecentSnapshot {
  readonly times: Float64Array
  readonly values: Float64Array
}

/**
 * The measurements of the last `reach` of time, found by time and not by row. Memory is bounded whatever the pace of
 * the readings: of those within one `grain` of time the newest is kept.
 */
export class RecentMeasurements {
  readonly #grain: Span
  readonly #times: Float64Array
  readonly #values: Float64Array
  #first = 0
  #count = 0

  constructor({ reach, grain }: { readonly reach: Span; readonly grain: Span }) {
    const capacity = Math.ceil(reach / grain) + 2
    this.#grain = grain
    this.#times = new Float64Array(capacity)
    this.#values = new Float64Array(capacity)
  }

  /** Times come in rising order. */
  add(time: Instant, value: number): void {
    const capacity = this.#times.length
    const newest = this.#count === 0 ? undefined : this.#timeOf(this.#count - 1)
    const replaces =
      newest !== undefined && Math.floor(newest / this.#grain) === Math.floor(time / this.#grain)
    if (!replaces && this.#count === capacity) this.#first = (this.#first + 1) % capacity
    else if (!replaces) this.#count++
    const place = (this.#first + this.#count - 1) % capacity
    this.#times[place] = time
    this.#values[place] = value
  }

  /** The value measured nearest to `time`, where one lies within `tolerance` of it. */
  nearest(time: Instant, tolerance: Span): number | undefined {
    const after = this.#firstAtOrAfter(time)
    const left = after > 0 ? time - this.#timeOf(after - 1) : Number.POSITIVE_INFINITY
    const right = after < this.#count ? this.#timeOf(after) - time : Number.POSITIVE_INFINITY
    if (Math.min(left, right) > tolerance) return undefined
    return this.#valueOf(right <= left ? after : after - 1)
  }

  /**
   * The value at `time` on the straight line between its neighbours, where these are at most `span` apart; in a hole
   * that is still open the newest value, for as long.
   */
  across(time: Instant, span: Span): number | undefined {
    const after = this.#firstAtOrAfter(time)
    if (after === 0) return undefined
    const from = this.#timeOf(after - 1)
    if (after === this.#count) return time - from <= span ? this.#valueOf(after - 1) : undefined
    const to = this.#timeOf(after)
    if (to - from > span) return undefined
    const share = (time - from) / (to - from)
    return this.#valueOf(after - 1) * (1 - share) + this.#valueOf(after) * share
  }

  /**
   * The means over the last `spans` of time up to and with `now`, the shortest span first; undefined where a span holds
   * nothing.
   */
  meansOver(now: Instant, spans: readonly Span[]): (number | undefined)[] {
    let index = this.#firstAtOrAfter(now + 1)
    let sum = 0
    let count = 0
    return spans.map((span) => {
      while (index > 0 && this.#timeOf(index - 1) > now - span) {
        index--
        sum += this.#valueOf(index)
        count++
      }
      return count > 0 ? sum / count : undefined
    })
  }

  /** The lowest and the highest value after `from` and up to `to`. */
  rangeOver(from: Instant, to: Instant): { readonly lowest: number; readonly highest: number } | undefined {
    let lowest = Number.POSITIVE_INFINITY
    let highest = Number.NEGATIVE_INFINITY
    for (let index = this.#firstAtOrAfter(from + 1); index < this.#count; index++) {
      if (this.#timeOf(index) > to) break
      const value = this.#valueOf(index)
      if (value < lowest) lowest = value
      if (value > highest) highest = value
    }
    return lowest <= highest ? { lowest, highest } : undefined
  }

  snapshot(): RecentSnapshot {
    return {
      times: Float64Array.from({ length: this.#count }, (_, index) => this.#timeOf(index)),
      values: Float64Array.from({ length: this.#count }, (_, index) => this.#valueOf(index)),
    }
  }

  restore({ times, values }: RecentSnapshot): void {
    this.#first = 0
    this.#count = 0
    times.forEach((time, index) => {
      this.add(time, values[index]!)
    })
  }

  #firstAtOrAfter(time: Instant): number {
    let low = 0
    let high = this.#count
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#timeOf(middle) < time) low = middle + 1
      else high = middle
    }
    return low
  }

  #timeOf(index: number): Instant {
    return this.#times[(this.#first + index) % this.#times.length]!
  }

  #valueOf(index: number): number {
    return this.#values[(this.#first + index) % this.#values.length]!
  }
}
