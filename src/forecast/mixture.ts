import { LEADS, type Settlement } from '../domain/forecast.ts'

/** The name under which the mixture's own mean stands beside its experts'. */
export const MIXTURE = 'mixture'

/** What one expert has been worth. Shapes: [lead 24]. */
export interface Standing {
  /** How much better than the mixture it was in all, to first order. */
  readonly regret: Float64Array
  /** Sum of the squares of what was added to `regret`. */
  readonly squares: Float64Array
}

/** By expert, from the first settlement it took part in. */
export type MixtureState = Record<string, Standing>

export interface Mixed {
  /** Shape [lead 24]. */
  readonly mean: Float64Array
  /** By expert that spoke; at each lead they sum to 1. Shape of each: [lead 24]. */
  readonly weights: ReadonlyMap<string, Float64Array>
}

/*
 * ML-Poly with the gradient trick for the absolute loss (Gaillard, Stoltz and van Erven 2014), each lead for itself:
 * no rate to tune, and over T settlements no expert beats the mixture by more than the order of sqrt(T log T).
 * Experts may sleep: weights are shared among those that speak at an issue, and a settlement changes the standing of
 * those only that had spoken.
 */

export function emptyMixture(): MixtureState {
  return {}
}

/** The weighted mean of what the experts say; undefined where none speaks. An entry MIXTURE is left aside. */
export function mix(state: MixtureState, models: ReadonlyMap<string, Float64Array>): Mixed | undefined {
  const experts = [...models].filter(([name]) => name !== MIXTURE)
  if (experts.length === 0) return undefined
  const mean = new Float64Array(LEADS)
  const weights = new Map(experts.map(([name]) => [name, new Float64Array(LEADS)]))
  for (let lead = 0; lead < LEADS; lead++) {
    let sum = 0
    for (const [name] of experts) sum += merit(state[name], lead)
    for (const [name, said] of experts) {
      const weight = sum > 0 ? merit(state[name], lead) / sum : 1 / experts.length
      weights.get(name)![lead] = weight
      mean[lead]! += weight * said[lead]!
    }
  }
  return { mean, weights }
}

/** Takes in a truth, against what experts and mixture had said for it when it was still to come. */
export function learnMixture(state: MixtureState, { models, truth, leadIndex }: Settlement): MixtureState {
  const mixed = models.get(MIXTURE)?.[leadIndex]
  if (mixed === undefined) return state
  const slope = Math.sign(mixed - truth)
  for (const [name, said] of models) {
    if (name === MIXTURE) continue
    state[name] ??= newcomer()
    const { regret, squares } = state[name]
    const gain = -slope * (said[leadIndex]! - mixed)
    regret[leadIndex]! += gain
    squares[leadIndex]! += gain * gain
  }
  return state
}

function newcomer(): Standing {
  return { regret: new Float64Array(LEADS), squares: new Float64Array(LEADS) }
}

function merit(standing: Standing | undefined, lead: number): number {
  return standing ? Math.max(standing.regret[lead]!, 0) / (1 + standing.squares[lead]!) : 0
}
