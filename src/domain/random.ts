import { unsafeUniformIntDistribution } from 'pure-rand/distribution/UnsafeUniformIntDistribution'
import { xoroshiro128plus } from 'pure-rand/generator/XoroShiro'

/** A source of random numbers that is handed in: the same state gives the same numbers on every machine. */
export interface Random {
  /** A whole number in [0, bound), each equally likely. */
  below(bound: number): number
  /** A number in [0, 1), of 2^32 equally likely ones. */
  unit(): number
  /** Where it stands, as plain data; `resumedRandom` goes on from there. */
  state(): readonly number[]
}

export function seededRandom(seed: number): Random {
  return over(xoroshiro128plus(seed))
}

export function resumedRandom(state: readonly number[]): Random {
  return over(xoroshiro128plus.fromState(state))
}

/** A standard normal deviate, by Box and Muller; two numbers are drawn for each. */
export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.unit())) * Math.cos(2 * Math.PI * random.unit())
}

function over(generator: ReturnType<typeof xoroshiro128plus>): Random {
  return {
    below: (bound) => unsafeUniformIntDistribution(0, bound - 1, generator),
    unit: () => (generator.unsafeNext() >>> 0) / 2 ** 32,
    state: () => generator.getState(),
  }
}
