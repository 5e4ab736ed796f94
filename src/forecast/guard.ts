import { LEADS, type Settlement } from '../domain/forecast.ts'
import { PROVEN } from './standing.ts'

/*
 * Fixed share (Herbster and Warmuth 1998), each lead for itself, over the mixture, one that forgets within a month, issuers
 * combined, and what anybody could say: where the mixture has been wrong of late, what was right takes over, and gives back.
 * Losses are of what was really said, in running mean errors of the mixture; who sleeps keeps its share.
 */

/** Shapes [lead 24]. Plain data. */
export interface GuardState {
  /** By who is guarded over, from when it was first heard. */
  readonly shares: Record<string, Float64Array>
  /** Running mean |error| of the first of them. */
  readonly scale: Float64Array
  readonly settled: Float64Array
}

/** Candidates beside those that bear an expert's name: the mixture, one that forgets, and issuers combined. */
export const LASTING = 'lasting'
export const RECENT = 'recent'
export const ISSUERS = 'issuers'

/** Who the published forecast is among, the first being the mixture itself, and what each says. Shape of each: [lead 24]. */
export type Candidates = ReadonlyMap<string, Float64Array>

/** Of a mean error of the mixture: how fast shares move. */
const LEARNING_RATE = 0.02
/** Of all shares, handed out anew after each truth as they were in the beginning. */
const SHARED = 0.0003
const FIRST_SHARES: ReadonlyMap<string, number> = new Map([
  [LASTING, 0.75],
  [RECENT, 0.2],
  [ISSUERS, 0.9],
])
/** Of anybody else. */
const LEAST_SHARE = 0.0125
const SCALE_RATE = 1 / 720

export function emptyGuard(): GuardState {
  return { shares: {}, scale: new Float64Array(LEADS), settled: new Float64Array(LEADS) }
}

/** What each candidate weighs, 0 where it sleeps; at each lead they sum to 1. Shape of each: [lead 24]. */
export function sharesOf(state: GuardState, candidates: Candidates): Candidates {
  const all = new Map<string, Float64Array>()
  const sum = new Float64Array(LEADS)
  for (const [name, said] of candidates) {
    const kept = state.shares[name]
    const shares = new Float64Array(LEADS)
    for (let lead = 0; lead < LEADS; lead++) {
      if (Number.isNaN(said[lead]!)) continue
      shares[lead] = kept ? kept[lead]! : firstShare(name, state.settled[lead]!)
      sum[lead]! += shares[lead]!
    }
    all.set(name, shares)
  }
  for (const shares of all.values()) for (let lead = 0; lead < LEADS; lead++) shares[lead]! /= sum[lead]!
  return all
}

/** Takes in a truth: `published` is what was made of the candidates then. */
export function learnGuard(
  { shares, scale, settled }: GuardState,
  { truth, leadIndex }: Pick<Settlement, 'truth' | 'leadIndex'>,
  { candidates, published }: { readonly candidates: Candidates; readonly published: number },
): void {
  const [first] = candidates.values()
  const error = Math.abs((first?.[leadIndex] ?? Number.NaN) - truth)
  if (Number.isNaN(error)) return
  const count = ++settled[leadIndex]!
  scale[leadIndex]! += Math.max(SCALE_RATE, 1 / count) * (error - scale[leadIndex]!)
  const isAwake = (said: Float64Array): boolean => !Number.isNaN(said[leadIndex]!) && scale[leadIndex] !== 0
  let [before, after, firsts] = [0, 0, 0]
  candidates.forEach((said, name) => {
    shares[name] ??= settled.map((count) => firstShare(name, count))
    const first = firstShare(name)
    if (!isAwake(said)) return
    const all = shares[name]
    const loss = (Math.abs(said[leadIndex]! - truth) - Math.abs(published - truth)) / scale[leadIndex]!
    before += all[leadIndex]!
    all[leadIndex]! *= Math.exp(-LEARNING_RATE * Math.max(-MOST_LOSS, Math.min(MOST_LOSS, loss)))
    after += all[leadIndex]!
    firsts += first
  })
  candidates.forEach((said, name) => {
    const first = firstShare(name)
    if (!isAwake(said)) return
    const all = shares[name]!
    all[leadIndex] = before * ((1 - SHARED) * (all[leadIndex]! / after) + SHARED * (first / firsts))
  })
}

/** In mean errors: one truth shall not undo a month. */
const MOST_LOSS = 20

/** Issuers that come when others have been scored for days begin with nothing but what each has as it is. */
function firstShare(candidate: string, settled = 0): number {
  const first = FIRST_SHARES.get(candidate)
  if (first === undefined) return LEAST_SHARE
  return settled > PROVEN ? 0 : first
}
