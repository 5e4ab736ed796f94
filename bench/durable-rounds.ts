import type { Latencies, Rates } from './durable-table.ts'

/** One way of taking ticks. */
export interface Way {
  readonly name: string
  /** Takes ticks once, from nothing; per second, and those that were taken one at a time, in milliseconds each. */
  measure(): Promise<Measure>
}

export interface Measure {
  readonly perSecond: number
  readonly milliseconds?: readonly number[]
}

/** The ways take turns, each round beginning with another one; a round that is not counted goes before. */
export async function interleaved(
  ways: readonly Way[],
  { rounds, onRound }: { readonly rounds: number; readonly onRound?: (round: number) => void },
): Promise<{ readonly rates: readonly Rates[]; readonly latencies: readonly Latencies[] }> {
  const measures = new Map<string, Measure[]>(ways.map(({ name }) => [name, []]))
  for (let round = 0; round <= rounds; round++) {
    onRound?.(round)
    for (const [index] of ways.entries()) {
      const { name, measure } = ways[(index + round) % ways.length]!
      const measured = await measure()
      if (round > 0) measures.get(name)!.push(measured)
    }
  }
  return {
    rates: [...measures].map(([name, each]) => ({ name, perSecond: each.map(({ perSecond }) => perSecond) })),
    latencies: [...measures].flatMap(([name, each]) => {
      const milliseconds = each.flatMap((measure) => measure.milliseconds ?? [])
      return milliseconds.length > 0 ? [{ name, milliseconds }] : []
    }),
  }
}
