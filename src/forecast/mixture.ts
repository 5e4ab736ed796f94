import { LEADS, type Settlement } from '../domain/forecast.ts'

/** The name under which the mixture's own mean stands beside its experts'. */
export const MIXTURE = 'mixture'

/** The regret towards one expert. Shapes: [lead 24]. */
export interface ExpertRegret {
  /** Cumulative linearised regret: how much better than the mixture it was in all, to first order. */
  readonly regret: Float64Array
  /** Sum of the squares of the instantaneous regrets. */
  readonly squares: Float64Array
}

/** By expert, from the first settlement it took part in. */
export type MixtureState = Record<string, ExpertRegret>

export interface Mixed {
  /** Shape [lead 24]. */
  readonly mean: Float64Array
  /** By available expert; at each lead they sum to 1. Shape of each: [lead 24]. */
  readonly weights: ReadonlyMap<string, Float64Array>
}

/*
 * ML-Poly with the gradient trick for the absolute loss (Gaillard, Stoltz and van Erven 2014), each lead for itself:
 * no rate to tune, and over T settlements no expert beats the mixture by more than the order of sqrt(T log T).
 * Experts may sleep: weights are shared among those available at an issue, and a settlement changes the regret of
 * those only that had a part in its forecast.
 */

export function emptyMixture(): MixtureState {
  return {}
}

/** The weighted mean of the experts' predictions; undefined where none is available. An entry MIXTURE is left aside. */
export function mix(state: MixtureState, models: ReadonlyMap<string, Float64Array>): Mixed | undefined {
  const experts = [...models].filter(([name]) => name !== MIXTURE)
  if (experts.length === 0) return undefined
  const mean = new Float64Array(LEADS)
  const weights = new Map(experts.map(([name]) => [name, new Float64Array(LEADS)]))
  for (let lead = 0; lead < LEADS; lead++) {
    let sum = 0
    for (const [name] of experts) sum += potential(state[name], lead)
    for (const [name, predicted] of experts) {
      const weight = sum > 0 ? potential(state[name], lead) / sum : 1 / experts.length
      weights.get(name)![lead] = weight
      mean[lead]! += weight * predicted[lead]!
    }
  }
  return { mean, weights }
}

/** Takes in a truth, against what experts and mixture had predicted when it was still to come. */
export function learnMixture(state: MixtureState, { models, truth, leadIndex }: Settlement): MixtureState {
  const mixed = models.get(MIXTURE)?.[leadIndex]
  if (mixed === undefined) return state
  const gradient = Math.sign(mixed - truth)
  for (const [name, predicted] of models) {
    if (name === MIXTURE) continue
    state[name] ??= initialRegret()
    const { regret, squares } = state[name]
    const instantaneous = -gradient * (predicted[leadIndex]! - mixed)
    regret[leadIndex]! += instantaneous
    squares[leadIndex]! += instantaneous * instantaneous
  }
  return state
}

function initialRegret(): ExpertRegret {
  return { regret: new Float64Array(LEADS), squares: new Float64Array(LEADS) }
}

/** What an expert's weight is proportional to: the gradient of the polynomial potential, times its learning rate. */
function potential(of: ExpertRegret | undefined, lead: number): number {
  return of ? Math.max(of.regret[lead]!, 0) / (1 + of.squares[lead]!) : 0
}
