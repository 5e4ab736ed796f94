/** How many publishes may be under way at once: enough to keep a server busy, in little memory. */
const MOST_PENDING = 256

/** Publishes in a pipeline, not one await at a time, and still not without bound. */
export class BoundedPublisher {
  #pending = 0
  #wake: (() => void)[] = []

  /** Undefined where more may be posted at once, else what to await first. `failed` is called where a publish fails. */
  post(publishing: Promise<void> | undefined, failed: (cause: unknown) => void): Promise<void> | undefined {
    if (!publishing) return undefined
    this.#pending++
    publishing.catch(failed).then(() => {
      this.#pending--
      for (const wake of this.#wake.splice(0)) wake()
    })
    return this.#pending < MOST_PENDING ? undefined : this.#below(MOST_PENDING / 2)
  }

  /** Resolves once nothing is under way. */
  settled(): Promise<void> {
    return this.#below(0)
  }

  async #below(count: number): Promise<void> {
    while (this.#pending > count) await new Promise<void>((wake) => this.#wake.push(wake))
  }
}
