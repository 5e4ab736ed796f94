import { LEADS, type Settlement } from '../domain/forecast.ts'
import { MIXTURE } from './mixture.ts'

/*
 * Who is listened to. One that says something out of all proportion, a broken issuer, a model whose input is broken, would
 * move the mixture for as long as it takes until truths come: a day at +24 h; and what it lost then would be held against it
 * long after it is whole again. And one lucky forecast of a newcomer outweighs years of others, since little speaks against
 * it yet. So whoever is a multiple of its usual distance from the middle of all sleeps there, and nobody weighs more than it
 * has been scored for. While nothing is wrong it costs nothing: error over the leads within 0.1 % on six series.
 */

/** Of an expert, by lead. Shapes: [lead 24]. */
export interface ExpertStanding {
  /** How many of its forecasts were scored. */
  readonly scored: Float64Array
  /** Running mean distance from the middle of all that were awake. */
  readonly distance: Float64Array
}

/** By expert, from the first settlement it took part in. */
export type Standing = Record<string, ExpertStanding>

export type Models = ReadonlyMap<string, Float64Array>

/** Scored forecasts at a lead, as a share of which an expert's count bounds its weight there. */
export const PROVEN = 72
/** Times the usual distance. */
const FURTHEST = 8
/** Of a month of hours. */
const RATE = 1 / 720

/**
 * Those that are listened to: an array is another one, with NaN in it, where an expert is too far out at a lead. Where all
 * would be nobody is: who it is that is wrong nobody knows. An entry MIXTURE is left out.
 */
export function listenedTo(standing: Standing, models: Models): Models {
  const experts = [...models].filter(([name]) => name !== MIXTURE)
  const listened = new Map(experts)
  for (let lead = 0; lead < LEADS; lead++) {
    const awake = experts.filter(([, said]) => !Number.isNaN(said[lead]!))
    const known = awake.filter(([name]) => isProven(standing[name], lead))
    if (known.length === 0) continue
    const usual = known.reduce((sum, [name]) => sum + standing[name]!.distance[lead]!, 0) / known.length
    const middle = middleOf(awake.map(([, said]) => said[lead]!))
    const out = awake.filter(([name, said]) => {
      const expert = standing[name]
      const own = expert && isProven(expert, lead) ? Math.max(expert.distance[lead]!, usual / 2) : usual
      return Math.abs(said[lead]! - middle) > FURTHEST * own
    })
    if (out.length === awake.length) continue
    for (const [name, said] of out) {
      if (listened.get(name) === said) listened.set(name, said.slice())
      listened.get(name)![lead] = Number.NaN
    }
  }
  return listened
}

/**
 * Takes in that forecasts were scored; `isOut`: who was not listened to. One that goes on being out is believed in the end,
 * since what it says may be how it is from here on: its usual distance doubles in three weeks of hours.
 */
export function learnStanding(
  standing: Standing,
  { models, leadIndex }: Settlement,
  isOut: (expert: string) => boolean,
): void {
  const experts = [...models].filter(([name]) => name !== MIXTURE)
  if (experts.length === 0) return
  const middle = middleOf(experts.map(([, said]) => said[leadIndex]!))
  for (const [name, said] of experts) {
    standing[name] ??= { scored: new Float64Array(LEADS), distance: new Float64Array(LEADS) }
    const { scored, distance } = standing[name]
    if (isProven(standing[name], leadIndex) && isOut(name)) {
      distance[leadIndex]! *= 1 + RATE
      continue
    }
    const count = ++scored[leadIndex]!
    const off = Math.abs(said[leadIndex]! - middle)
    distance[leadIndex]! += Math.max(RATE, 1 / count) * (off - distance[leadIndex]!)
  }
}

/** The most that each expert may weigh: in proportion to how often it was scored, beside who was scored most. */
export function mostWeight(standing: Standing, models: Models): (expert: string, lead: number) => number {
  const shareOf = (name: string, lead: number) => Math.min(1, (standing[name]?.scored[lead] ?? 0) / PROVEN)
  const best = Float64Array.from({ length: LEADS }, (_, lead) => {
    let most = 0
    for (const [name, said] of models)
      if (!Number.isNaN(said[lead]!)) most = Math.max(most, shareOf(name, lead))
    return most
  })
  return (name, lead) => (best[lead]! > 0 ? shareOf(name, lead) / best[lead]! : 1)
}

function isProven(expert: ExpertStanding | undefined, lead: number): boolean {
  return expert !== undefined && expert.scored[lead]! >= PROVEN
}

function middleOf(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort()
  const half = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2
}
