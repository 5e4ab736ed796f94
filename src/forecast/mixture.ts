import { LEADS, type Settlement, validTime } from '../domain/forecast.ts'
import { HOUR, type Instant } from '../domain/instant.ts'

/** The name under which the mixture's own mean stands beside its experts'. */
export const MIXTURE = 'mixture'

/** The regret towards one expert. Shapes: [lead 24], and by hour of day (UTC) of the valid time [lead 24][hour 24]. */
export interface ExpertRegret extends Regrets {
  /** Absent in states from before there was one. */
  byHour?: Regrets
}

interface Regrets {
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
 *
 * Who is good at night need not be at noon: each expert stands in the mixture a second time as a specialist for each
 * hour of the day, which sleeps through all others. What it has won rests on a 24th of the truths, so that it weighs
 * less. Mean of the leads against the mixture without: bikes hired by the hour -5 %, a region's electric load -2 %,
 * air temperature at Jena the same.
 */

const HOURS = 24
/** What a specialist weighs beside the expert itself. */
const SPECIALIST = 1 / 3
/** Of all shares: what is less than this is the rounding of their sum. */
const LEAST_LEFT = 1e-12

export function emptyMixture(): MixtureState {
  return {}
}

/**
 * The weighted mean of the experts' predictions, at each lead of those that are not NaN there; undefined where at some
 * lead none is available. An entry MIXTURE is left aside.
 */
export function mix(
  state: MixtureState,
  models: ReadonlyMap<string, Float64Array>,
  issuedAt: Instant,
  /** The most that each expert may weigh, which is 1 of some that is awake; default 1. Shape of each: [lead 24]. */
  most?: ReadonlyMap<string, Float64Array>,
): Mixed | undefined {
  const experts = [...models].filter(([name]) => name !== MIXTURE)
  if (experts.length === 0) return undefined
  const mean = new Float64Array(LEADS)
  const weights = experts.map(() => new Float64Array(LEADS))
  const regrets = experts.map(([name]) => state[name])
  const bounds = most && experts.map(([name]) => most.get(name)!)
  const given = {
    potential: new Float64Array(experts.length),
    bound: new Float64Array(experts.length).fill(1),
  }
  const shares = new Float64Array(experts.length)
  for (let lead = 0; lead < LEADS; lead++) {
    const place = placeOf(validTime(issuedAt, lead), lead)
    for (let index = 0; index < experts.length; index++) {
      const regret = regrets[index]
      given.potential[index] = Number.isNaN(experts[index]![1][lead]!)
        ? Number.NaN
        : potential(regret, lead) + SPECIALIST * potential(regret?.byHour, place)
      if (bounds) given.bound[index] = bounds[index]![lead]!
    }
    if (!shareOut(shares, given)) return undefined
    for (let index = 0; index < experts.length; index++) {
      const weight = shares[index]!
      if (weight === 0) continue
      weights[index]![lead] = weight
      mean[lead]! += weight * experts[index]![1][lead]!
    }
  }
  return { mean, weights: new Map(experts.map(([name], index) => [name, weights[index]!])) }
}

/** Takes in a truth, against what experts and mixture had predicted when it was still to come. */
export function learnMixture(
  state: MixtureState,
  { models, truth, leadIndex, validAt }: Settlement,
  {
    mixed = models.get(MIXTURE)?.[leadIndex],
    memory = Number.POSITIVE_INFINITY,
  }: {
    /** What this mixture had predicted, where that is not what was published. */
    readonly mixed?: number | undefined
    /** After so many hours of truths a regret counts for 1/e of what it did. */
    readonly memory?: number
  } = {},
): MixtureState {
  if (mixed === undefined) return state
  const gradient = Math.sign(mixed - truth)
  const [kept, keptOfHour] = [Math.exp(-1 / memory), Math.exp(-HOURS / memory)]
  const ofHour = placeOf(validAt, leadIndex)
  // Called for each lead of each tick: an entry for each expert would be most of what the collector has to do.
  models.forEach((predicted, name) => {
    if (name === MIXTURE) return
    state[name] ??= noRegret(LEADS)
    const expert = state[name]
    expert.byHour ??= noRegret(LEADS * HOURS)
    const instantaneous = -gradient * (predicted[leadIndex]! - mixed)
    expert.regret[leadIndex] = kept * expert.regret[leadIndex]! + instantaneous
    expert.squares[leadIndex] = kept * expert.squares[leadIndex]! + instantaneous ** 2
    const { regret, squares } = expert.byHour
    regret[ofHour] = keptOfHour * regret[ofHour]! + instantaneous
    squares[ofHour] = keptOfHour * squares[ofHour]! + instantaneous ** 2
  })
  return state
}

function noRegret(length: number): Regrets {
  return { regret: new Float64Array(length), squares: new Float64Array(length) }
}

/**
 * Writes shares: in proportion to the potentials, alike where all are zero, and 0 where one is NaN; false where all are.
 * What one may not have by its bound the others share, those that are bound by nothing: at 1.
 */
function shareOut(
  shares: Float64Array,
  { potential, bound }: { readonly potential: Float64Array; readonly bound: Float64Array },
): boolean {
  let [sum, awake, sumFree, free] = [0, 0, 0, 0]
  for (let index = 0; index < shares.length; index++) {
    const each = potential[index]!
    if (Number.isNaN(each)) continue
    sum += each
    awake++
    if (bound[index]! < 1) continue
    sumFree += each
    free++
  }
  if (awake === 0) return false
  const shareOf = (each: number, sum: number, count: number): number => (sum > 0 ? each / sum : 1 / count)
  let left = 1
  for (let index = 0; index < shares.length; index++) {
    const each = potential[index]!
    shares[index] = Number.isNaN(each) ? 0 : Math.min(shareOf(each, sum, awake), bound[index]!)
    left -= shares[index]!
  }
  if (free === 0 || left < LEAST_LEFT) return true
  for (let index = 0; index < shares.length; index++) {
    const each = potential[index]!
    if (bound[index]! >= 1 && !Number.isNaN(each)) shares[index]! += left * shareOf(each, sumFree, free)
  }
  return true
}

/** Of a lead's specialist for the hour of day of a valid time. */
function placeOf(validAt: Instant, leadIndex: number): number {
  return leadIndex * HOURS + (((Math.floor(validAt / HOUR) % HOURS) + HOURS) % HOURS)
}

/** What an expert's weight is proportional to: the gradient of the polynomial potential, times its learning rate. */
function potential(of: Regrets | undefined, place: number): number {
  return of ? Math.max(of.regret[place]!, 0) / (1 + of.squares[place]!) : 0
}
