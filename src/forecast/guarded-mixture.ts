import { LEADS, type Settlement, type Taken } from '../domain/forecast.ts'
import type { Instant } from '../domain/instant.ts'
import { isIssuerAsIs } from '../domain/outside.ts'
import { emptyGuard, type GuardState, ISSUERS, LASTING, learnGuard, RECENT, sharesOf } from './guard.ts'
import { emptyMixture, learnMixture, MIXTURE, type Mixed, type MixtureState, mix } from './mixture.ts'
import { combineIssuers } from './outside/issuer-combination.ts'
import { learnStanding, listenedTo, type Models, mostWeight, type Standing } from './standing.ts'

/** Beside the mixture that never forgets; absent in states from before there was one. Plain data. */
export interface GuardedState {
  readonly standing: Standing
  /** The mixture that forgets. */
  readonly recent: MixtureState
  readonly guard: GuardState
}

export interface GuardedMixed extends Mixed {
  readonly taken: Omit<Taken, 'signs'>
}

/** Hours of truths. */
const RECENT_MEMORY = 720
const REFERENCES: ReadonlySet<string> = new Set(['persistence', 'seasonal_naive', 'weekly_naive'])

export function emptyGuarded(): GuardedState {
  return { standing: {}, recent: emptyMixture(), guard: emptyGuard() }
}

/** As `mix`, over those that are listened to, and guarded; undefined where at some lead none is available. */
export function mixGuarded(
  mixture: MixtureState,
  { standing, recent, guard }: GuardedState,
  models: Models,
  issuedAt: Instant,
): GuardedMixed | undefined {
  const { experts, middle } = listenedTo(standing, models)
  const most = mostWeight(standing, experts)
  const lasting = mix(mixture, experts, issuedAt, most)
  const forgetful = mix(recent, experts, issuedAt, most)
  if (!lasting || !forgetful) return undefined
  const issuers = combineIssuers(experts, (name) => standing[name]?.error, most)
  const made = {
    lasting: lasting.mean,
    recent: forgetful.mean,
    ...(issuers && { issuers: issuers.mean }),
  }
  const shares = sharesOf(guard, candidatesOf(experts, made))
  const parts = [
    { share: shares.get(LASTING)!, weights: lasting.weights },
    { share: shares.get(RECENT)!, weights: forgetful.weights },
    ...(issuers ? [{ share: shares.get(ISSUERS)!, weights: issuers.weights }] : []),
  ]
  const mean = new Float64Array(LEADS)
  const weights = new Map<string, Float64Array>()
  for (const [name, said] of experts) {
    const weight = shares.get(name)?.slice() ?? new Float64Array(LEADS)
    for (const { share, weights } of parts) {
      const within = weights.get(name)
      if (within) for (let lead = 0; lead < LEADS; lead++) weight[lead]! += share[lead]! * within[lead]!
    }
    for (let lead = 0; lead < LEADS; lead++) if (weight[lead]! > 0) mean[lead]! += weight[lead]! * said[lead]!
    weights.set(name, weight)
  }
  const changed = new Map([...experts].filter(([name, said]) => models.get(name) !== said))
  return { mean, weights, taken: { experts: changed, middle, ...made } }
}

/** Takes in a truth; `taken` is what was made of the models then, absent of what was issued before there was any. */
export function learnGuarded(mixture: MixtureState, state: GuardedState, settlement: Settlement): void {
  const { leadIndex, models, taken } = settlement
  const published = models.get(MIXTURE)?.[leadIndex]
  if (published === undefined) return
  const isOut = (name: string) => Number.isNaN(taken?.experts.get(name)?.[leadIndex] ?? 0)
  const isAnyOut = taken !== undefined && taken.experts.size > 0 && [...taken.experts.keys()].some(isOut)
  const experts = isAnyOut ? new Map([...models].filter(([name]) => !isOut(name))) : models
  const awake = experts === models ? settlement : { ...settlement, models: experts }
  learnMixture(mixture, awake, { mixed: taken?.lasting[leadIndex] })
  learnMixture(state.recent, awake, { mixed: taken?.recent[leadIndex], memory: RECENT_MEMORY })
  if (!taken) return
  learnStanding(state.standing, settlement, { middle: taken.middle[leadIndex]!, isOut })
  const candidates = candidatesOf(experts, taken)
  learnGuard(state.guard, settlement, { candidates, published })
}

/** Forgets an expert that is no more. */
export function leaveGuarded({ standing, recent, guard }: GuardedState, expert: string): void {
  delete standing[expert]
  delete recent[expert]
  delete guard.shares[expert]
}

function candidatesOf(
  experts: Models,
  { lasting, recent, issuers }: Pick<Taken, 'lasting' | 'recent' | 'issuers'>,
): Models {
  const candidates = new Map<string, Float64Array>()
  candidates.set(LASTING, lasting)
  candidates.set(RECENT, recent)
  if (issuers) candidates.set(ISSUERS, issuers)
  experts.forEach((said, name) => {
    if (REFERENCES.has(name) || isIssuerAsIs(name)) candidates.set(name, said)
  })
  return candidates
}
