/** One way of doing the work that a bench compares. */
export interface Contender {
  readonly name: string
  /** The contender it is a ratio to; undefined: it is itself a yardstick. */
  readonly against?: string
  /** The least ratio it is meant to reach. */
  readonly target?: number
  open(): Promise<Opened>
}

export interface Opened {
  /**
   * Does the whole work once and resolves with how many items that were. Where `halfway` is given it is called
   * in the middle of the work, with as much under way as ever is.
   */
  pass(halfway?: () => void): Promise<number>
  close(): Promise<void>
}

export interface Line {
  readonly name: string
  /** Median over the rounds, with the slowest and the fastest. */
  readonly itemsPerSecond: number
  readonly slowest: number
  readonly fastest: number
  /** Memory in use in the middle of the work beyond what was in use before it, garbage not counted. */
  readonly bytesHeld: number
  readonly against: string | undefined
  /** Median over the rounds of the ratio to its yardstick in the same round. */
  readonly ratio: number | undefined
  readonly target: number | undefined
}

export interface HarnessOptions {
  /** At least 5. */
  readonly rounds: number
  /** Memory in use after everything that can go is gone. */
  readonly bytesInUse: () => number
  /** Monotonic, in seconds. */
  readonly seconds: () => number
  readonly onRound?: (round: number) => void
}

export const MIN_ROUNDS = 5

/**
 * Lets the contenders take turns, each round beginning with another one: what slows the machine down for a while
 * then slows all of them. A round that is not counted goes before, and a pass for memory after.
 */
export async function compare(contenders: readonly Contender[], options: HarnessOptions): Promise<Line[]> {
  const { rounds, bytesInUse, seconds, onRound } = options
  if (rounds < MIN_ROUNDS) throw new RangeError(`at least ${MIN_ROUNDS} rounds; not ${rounds}`)
  const rates = new Map<string, number[]>(contenders.map(({ name }) => [name, []]))
  for (let round = 0; round <= rounds; round++) {
    onRound?.(round)
    for (const [index] of contenders.entries()) {
      const { name, open } = contenders[(index + round) % contenders.length]!
      const opened = await open()
      const begun = seconds()
      const items = await opened.pass()
      const rate = items / (seconds() - begun)
      await opened.close()
      if (round > 0) rates.get(name)!.push(rate)
    }
  }
  const lines: Line[] = []
  for (const contender of contenders) {
    const own = rates.get(contender.name)!
    const yardstick = contender.against === undefined ? undefined : rates.get(contender.against)
    lines.push({
      name: contender.name,
      itemsPerSecond: median(own),
      slowest: Math.min(...own),
      fastest: Math.max(...own),
      bytesHeld: await bytesHeld(contender, bytesInUse),
      against: contender.against,
      ratio: yardstick && median(own.map((rate, round) => rate / yardstick[round]!)),
      target: contender.target,
    })
  }
  return lines
}

async function bytesHeld({ open }: Contender, bytesInUse: () => number): Promise<number> {
  const opened = await open()
  const before = bytesInUse()
  let held = 0
  await opened.pass(() => {
    held = bytesInUse() - before
  })
  await opened.close()
  return Math.max(0, held)
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
