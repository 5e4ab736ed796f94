import type { GatewayLimits } from './limits.ts'

type Bounds = Pick<GatewayLimits, 'bodyBytes' | 'bodyBytesUnderWay' | 'bodyBytesOfOne'>

/** Memory that bodies on their way in may take, all together and those of one address. */
export class BodyRoom {
  readonly #bounds: Bounds
  readonly #taken = new Map<string, number>()
  #all = 0

  constructor(bounds: Bounds) {
    this.#bounds = bounds
  }

  /** Takes room for a body of the length that its header says, the most
   * there is where it does not, and gives what lets go of it; undefined: there is none. */
  take(address: string, length: string | undefined): (() => void) | undefined {
    const { bodyBytes, bodyBytesOfOne, bodyBytesUnderWay } = this.#bounds
    const said = Number(length ?? bodyBytes)
    const bytes = Number.isFinite(said) ? Math.min(said, bodyBytes) : bodyBytes
    const own = (this.#taken.get(address) ?? 0) + bytes
    if (own > bodyBytesOfOne || this.#all + bytes > bodyBytesUnderWay) return undefined
    this.#taken.set(address, own)
    this.#all += bytes
    return () => {
      this.#all -= bytes
      const left = (this.#taken.get(address) ?? 0) - bytes
      if (left > 0) this.#taken.set(address, left)
      else this.#taken.delete(address)
    }
  }
}
