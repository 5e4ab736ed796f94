/** So many on end, and so many at once after a quiet time. */
export interface Pace {
  readonly perSecond: number
  readonly burst: number
}

/** Holds something to a pace. `clock`: milliseconds that only grow. */
export class TokenBucket {
  readonly #pace: Pace
  readonly #clock: () => number
  #tokens: number
  #refilledAt: number

  constructor(pace: Pace, clock: () => number) {
    this.#pace = pace
    this.#clock = clock
    this.#tokens = pace.burst
    this.#refilledAt = clock()
  }

  /** True, and that many are taken, where they are there. */
  take(cost = 1): boolean {
    this.#refill()
    if (this.#tokens < cost) return false
    this.#tokens -= cost
    return true
  }

  /** Seconds until so many will be there; 0 where they are. */
  secondsUntil(cost = 1): number {
    this.#refill()
    return Math.max(0, cost - this.#tokens) / this.#pace.perSecond
  }

  #refill(): void {
    const now = this.#clock()
    const refill = ((now - this.#refilledAt) / 1_000) * this.#pace.perSecond
    this.#tokens = Math.min(this.#pace.burst, this.#tokens + refill)
    this.#refilledAt = now
  }
}
