import { seededRandom } from '../../domain/random.ts'

/*
 * What training does to its samples so that a network cannot lean on any one unit or input. Thirty thousand numbers a
 * step are drawn by mulberry32 in a loop of their own: the generator of everything else would take as long as the step
 * does. Where it stands is a number of 32 bits, taken and given back.
 */

const GOLDEN = 0x6d2b79f5
/** Of the sum of four bytes, each value equally likely. */
const MIDDLE = 510
const DEVIATION = Math.sqrt((4 * (256 ** 2 - 1)) / 12)

/** Where the generator of a network begins. */
export function initialNoise(seed: number): number {
  return seededRandom(seed).below(2 ** 31)
}

/**
 * Dropout (Srivastava et al. 2014): writes factors for hidden units, 0 with the probability of dropout, else such that
 * their mean is 1.
 */
export function drawDropout(mask: Float32Array, dropout: number, state: number): number {
  const kept = 1 / (1 - dropout)
  const below = dropout * 2 ** 32
  let at = state
  for (let index = 0; index < mask.length; index++) {
    at = (at + GOLDEN) | 0
    // A product rather than a choice, which a processor would guess wrongly every third time.
    mask[index] = kept * Number(mixed(at) >>> 0 >= below)
  }
  return at
}

/** Adds about normal numbers of the deviation. */
export function addNoise(values: Float32Array, deviation: number, state: number): number {
  if (deviation === 0) return state
  const unit = deviation / DEVIATION
  let at = state
  for (let index = 0; index < values.length; index++) {
    at = (at + GOLDEN) | 0
    const bits = mixed(at)
    const sum = (bits & 255) + ((bits >>> 8) & 255) + ((bits >>> 16) & 255) + (bits >>> 24)
    values[index]! += unit * (sum - MIDDLE)
  }
  return at
}

function mixed(state: number): number {
  let bits = Math.imul(state ^ (state >>> 15), state | 1)
  bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61)
  return bits ^ (bits >>> 14)
}
