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

export interface Listened {
  /** The very same arrays, but for another one, with NaN in it, of whoever is too far out at a lead. */
  readonly experts: Models
  /** Of all that were awake; NaN where nobody was. Shape [lead 24]. */
  readonly middle: Float64Array
}

/**
 * Those that are listened to. Where all would be too far out nobody is: who it is that is wrong nobody knows. An entry
 * MIXTURE is left out.
 */
export function listenedTo(standing: Standing, models: Models): Listened {
  const experts = [...models].filter(([name]) => name !== MIXTURE)
  const standings = experts.map(([name]) => standing[name])
  const listened = new Map(experts)
  const middle = new Float64Array(LEADS).fill(Number.NaN)
  const values = new Float64Array(experts.length)
  for (let lead = 0; lead < LEADS; lead++) {
    let [awake, known, usual] = [0, 0, 0]
    for (const [index, [, said]] of experts.entries()) {
      if (Number.isNaN(said[lead]!)) continue
      values[awake++] = said[lead]!
      if (!isProven(standings[index], lead)) continue
      usual += standings[index]!.distance[lead]!
      known++
    }
    if (awake === 0) continue
    middle[lead] = middleOf(values.subarray(0, awake))
    if (known === 0) continue
    usual /= known
    const isOut = (index: number): boolean => {
      const own = isProven(standings[index], lead)
        ? Math.max(standings[index]!.distance[lead]!, usual / 2)
        : usual
      return Math.abs(experts[index]![1][lead]! - middle[lead]!) > FURTHEST * own
    }
    const out = experts.flatMap((expert, index) => (isOut(index) ? [expert] : []))
    if (out.length === awake) continue
    for (const [name, said] of out) {
      if (listened.get(name) === said) listened.set(name, said.slice())
      listened.get(name)![lead] = Number.NaN
    }
  }
  return { experts: listened, middle }
}

/**
 * Takes in that forecasts were scored; `middle` of all then, and `isOut`: who was not listened to. One that goes on being out
 * is believed in the end, since what it says may be how it is from here on: its usual distance doubles in three weeks.
 */
export function learnStanding(
  standing: Standing,
  { models, leadIndex }: Pick<Settlement, 'models' | 'leadIndex'>,
  { middle, isOut }: { readonly middle: number; readonly isOut: (expert: string) => boolean },
): void {
  for (const [name, said] of models) {
    if (name === MIXTURE) continue
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

/**
 * The most that each expert may weigh: in proportion to how often it was scored, beside who was scored most; undefined where
 * none is a newcomer.
 */
export function mostWeight(
  standing: Standing,
  models: Models,
): ((expert: string, lead: number) => number) | undefined {
  const isNew = (name: string) => !standing[name]?.scored.every((count) => count >= PROVEN)
  if (![...models.keys()].some(isNew)) return undefined
  const shareOf = (name: string, lead: number) => Math.min(1, (standing[name]?.scored[lead] ?? 0) / PROVEN)
  const best = new Float64Array(LEADS)
  for (const [name, said] of models)
    for (let lead = 0; lead < LEADS; lead++)
      if (!Number.isNaN(said[lead]!)) best[lead] = Math.max(best[lead]!, shareOf(name, lead))
  return (name, lead) => (best[lead]! > 0 ? shareOf(name, lead) / best[lead]! : 1)
}

function isProven(expert: ExpertStanding | undefined, lead: number): boolean {
  return expert !== undefined && expert.scored[lead]! >= PROVEN
}

/** Puts the values in order. */
function middleOf(values: Float64Array): number {
  values.sort()
  const half = values.length >> 1
  return values.length % 2 === 1 ? values[half]! : (values[half - 1]! + values[half]!) / 2
}
