import { LEADS, type Settlement, type Taken } from '../domain/forecast.ts'
import type { Instant } from '../domain/instant.ts'
import { isIssuerAsIs } from '../domain/outside.ts'
import { emptyGuard, type GuardState, learnGuard, sharesOf } from './guard.ts'
import { emptyMixture, learnMixture, MIXTURE, type Mixed, type MixtureState, mix } from './mixture.ts'
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
const LASTING = 'lasting'
const RECENT = 'recent'
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
  const candidates = candidatesOf(experts, lasting.mean, forgetful.mean)
  const shares = sharesOf(guard, candidates)
  const [ofLasting, ofRecent] = [shares.get(LASTING)!, shares.get(RECENT)!]
  const mean = new Float64Array(LEADS)
  const weights = new Map<string, Float64Array>()
  for (const [name, said] of experts) {
    const [inLasting, inRecent] = [lasting.weights.get(name)!, forgetful.weights.get(name)!]
    const byItself = shares.get(name)
    const weight = new Float64Array(LEADS)
    for (let lead = 0; lead < LEADS; lead++) {
      weight[lead] =
        ofLasting[lead]! * inLasting[lead]! + ofRecent[lead]! * inRecent[lead]! + (byItself?.[lead] ?? 0)
      if (weight[lead]! > 0) mean[lead]! += weight[lead]! * said[lead]!
    }
    weights.set(name, weight)
  }
  const changed = new Map([...experts].filter(([name, said]) => models.get(name) !== said))
  return { mean, weights, taken: { experts: changed, middle, lasting: lasting.mean, recent: forgetful.mean } }
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
  const candidates = candidatesOf(experts, taken.lasting, taken.recent)
  learnGuard(state.guard, settlement, { candidates, published })
}

/** Forgets an expert that is no more. */
export function leaveGuarded({ standing, recent, guard }: GuardedState, expert: string): void {
  delete standing[expert]
  delete recent[expert]
  delete guard.shares[expert]
}

function candidatesOf(experts: Models, lasting: Float64Array, recent: Float64Array): Models {
  const candidates = new Map<string, Float64Array>()
  candidates.set(LASTING, lasting)
  candidates.set(RECENT, recent)
  experts.forEach((said, name) => {
    if (REFERENCES.has(name) || isIssuerAsIs(name)) candidates.set(name, said)
  })
  return candidates
}
