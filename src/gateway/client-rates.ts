import { type Pace, TokenBucket } from './token-bucket.ts'

/** Addresses that are remembered; of more, the one that was quiet for longest is forgotten. */
const MOST_ADDRESSES = 10_000

/**
 * Requests by the address that they come from: one that asks without end delays nobody else. Upgrades count too, which no
 * plug-in of the HTTP framework sees.
 */
export class ClientRates {
  readonly #pace: Pace
  readonly #clock: () => number
  /** In the order in which they were last heard of. */
  readonly #buckets = new Map<string, TokenBucket>()

  constructor(pace: Pace, clock: () => number) {
    this.#pace = pace
    this.#clock = clock
  }

  /** Undefined where the request may be served; else in how many seconds it may be. */
  wait(address: string, cost = 1): number | undefined {
    const bucket = this.#buckets.get(address) ?? new TokenBucket(this.#pace, this.#clock)
    this.#buckets.delete(address)
    this.#buckets.set(address, bucket)
    const [oldest] = this.#buckets.keys()
    if (this.#buckets.size > MOST_ADDRESSES && oldest !== undefined) this.#buckets.delete(oldest)
    return bucket.take(cost) ? undefined : bucket.secondsUntil(cost)
  }
}
