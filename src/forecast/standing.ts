import { LEADS, type Settlement } from '../domain/forecast.ts'
import { correctedModel, correctedName, isIssuerAsIs, TOGETHER } from '../domain/outside.ts'
import { MIXTURE } from './mixture.ts'

/*
 * Who is listened to. One that says something out of all proportion, a broken issuer, a model whose input is broken, would
 * move the mixture for as long as it takes until truths come: a day at +24 h; and what it lost then would be held against it
 * long after it is whole again. And one lucky forecast of a newcomer outweighs years of others, since little speaks against
 * it yet. So whoever is a multiple of its usual distance from the middle of all sleeps there, and nobody weighs more than it
 * has been scored for. But one that knows what the others cannot, such as tomorrow's price, is far from them just when it
 * matters: who has been right out there, nearer to the truth than the middle, is believed twice as far.
 */

/** Of an expert, by lead. Shapes: [lead 24]. */
export interface ExpertStanding {
  /** How many of its forecasts were scored. */
  readonly scored: Float64Array
  /** Running mean distance from the middle. */
  readonly distance: Float64Array
  /** Running mean |error| of a week; NaN where there is none yet, absent in states from before there was one. */
  error?: Float64Array
  /** Running share of its far-out forecasts that came nearer to the truth than the middle; absent before the first. */
  borneOut?: number
  /**
   * Of what is made of an issuer: the same share of its forecasts while the issuer is out, heard or not; it fades while the
   * issuer is not. Absent before the first.
   */
  rightWithout?: number
}

/** By expert, from the first settlement it took part in. */
export type Standing = Record<string, ExpertStanding>

export type Models = ReadonlyMap<string, Float64Array>

/** Scored forecasts at a lead, as a share of which an expert's count bounds its weight there. */
export const PROVEN = 72
/** Times the usual distance. */
const FURTHEST = 8
/** The same of one that was borne out more often than not. */
const FURTHEST_BORNE_OUT = 16
/** Of an issuer's leads. */
const BROKEN_SHARE = 0.4
/** Of fifty forecasts. */
const BORNE_OUT_RATE = 1 / 50
/** Of fifty truths, each at all leads. */
const LEAD_RATE = BORNE_OUT_RATE / LEADS
/** Of a month of hours. */
const RATE = 1 / 720
/** Of a week of hours. */
const ERROR_RATE = 1 / 168

export interface Listened {
  /** The very same arrays, but for another one, with NaN in it, of whoever is too far out at a lead. */
  readonly experts: Models
  /** Of those that are proven, else of all that were awake; NaN where nobody was. Shape [lead 24]. */
  readonly middle: Float64Array
}

/**
 * Those that are listened to. Newcomers have no say in where the middle is while anyone is proven: beside few that are,
 * an issuer as it is and corrected would be most of all. Where all would be too far out nobody is: who it is that is wrong
 * nobody knows. An entry MIXTURE is left out.
 */
export function listenedTo(standing: Standing, models: Models): Listened {
  const experts = new Map([...models].filter(([name]) => name !== MIXTURE))
  const { farOut, middle } = farOutOf(standing, experts)
  if (farOut.size === 0) return { experts, middle }
  const listened = new Map(experts)
  for (const [lead, names] of withBroken(standing, experts, farOut)) {
    const awake = [...experts].filter(([, said]) => !Number.isNaN(said[lead]!))
    const sleeping = awake.filter(([name]) => names.has(name))
    if (sleeping.length === awake.length) continue
    for (const [name, said] of sleeping) {
      if (listened.get(name) === said) listened.set(name, said.slice())
      listened.get(name)![lead] = Number.NaN
    }
  }
  return { experts: listened, middle }
}

/** By lead, those that are too far from the middle there; leads at which nobody is are left out. */
type FarOut = ReadonlyMap<number, ReadonlySet<string>>

function farOutOf(
  standing: Standing,
  experts: Models,
): { readonly farOut: FarOut; readonly middle: Float64Array } {
  const said = [...experts.values()]
  const names = [...experts.keys()]
  const standings = names.map((name) => standing[name])
  const farOut = new Map<number, Set<string>>()
  const middle = new Float64Array(LEADS).fill(Number.NaN)
  const values = new Float64Array(said.length)
  const proven = new Float64Array(said.length)
  for (let lead = 0; lead < LEADS; lead++) {
    let [awake, known, usual] = [0, 0, 0]
    for (let index = 0; index < said.length; index++) {
      const value = said[index]![lead]!
      if (Number.isNaN(value)) continue
      values[awake++] = value
      if (!isProven(standings[index], lead)) continue
      usual += standings[index]!.distance[lead]!
      proven[known++] = value
    }
    if (awake === 0) continue
    middle[lead] = middleOf(known > 0 ? proven.subarray(0, known) : values.subarray(0, awake))
    if (known === 0) continue
    for (let index = 0; index < said.length; index++) {
      const limit = furthest(standings[index]) * usualDistance(standings[index], lead, usual / known)
      if (!(Math.abs(said[index]![lead]! - middle[lead]!) > limit)) continue
      if (!farOut.has(lead)) farOut.set(lead, new Set())
      farOut.get(lead)!.add(names[index]!)
    }
  }
  return { farOut, middle }
}

/**
 * Of an issuer that is out at so many of its leads the others are no better; and where it is out, what was learnt of its
 * errors, and the mean that it is in, are wrong with it, until it is learnt how the issuer is wrong now.
 */
function withBroken(standing: Standing, experts: Models, farOut: FarOut): FarOut {
  const all = new Map([...farOut].map(([lead, names]) => [lead, new Set(names)]))
  for (const [name, said] of experts) {
    if (!isIssuerAsIs(name)) continue
    const leads = [...said.keys()].filter((lead) => !Number.isNaN(said[lead]!))
    const out = leads.filter((lead) => farOut.get(lead)?.has(name))
    if (out.length === 0) continue
    const made = whatIsMadeOf(name).filter((each) => (standing[each]?.rightWithout ?? 0) <= 0.5)
    for (const lead of out.length >= BROKEN_SHARE * leads.length ? leads : out) {
      if (!all.has(lead)) all.set(lead, new Set())
      for (const each of [name, ...made]) all.get(lead)!.add(each)
    }
  }
  return all
}

function whatIsMadeOf(name: string): readonly string[] {
  return isIssuerAsIs(name) ? [correctedModel(name), correctedName(TOGETHER)] : []
}

/** A newcomer is measured by what is usual among the others, and who always is beside the middle by half of that at least. */
function usualDistance(expert: ExpertStanding | undefined, lead: number, ofAll: number): number {
  return isProven(expert, lead) ? Math.max(expert!.distance[lead]!, ofAll / 2) : ofAll
}

function furthest(expert: ExpertStanding | undefined): number {
  return (expert?.borneOut ?? 0) > 0.5 ? FURTHEST_BORNE_OUT : FURTHEST
}

/**
 * Takes in that forecasts were scored; `middle` of all then, and `isOut`: who was not listened to. One that goes on being out,
 * and nearer to the truth than the middle, is believed in the end, since what it says is how it is from here on: its usual
 * distance doubles in three weeks. One that is farther from the truth is not, however long that goes on.
 */
export function learnStanding(
  standing: Standing,
  { models, leadIndex, truth }: Pick<Settlement, 'models' | 'leadIndex' | 'truth'>,
  { middle, isOut }: { readonly middle: number; readonly isOut: (expert: string) => boolean },
): void {
  learnFarOut(standing, { models, leadIndex, truth, middle })
  let madeOfBroken: Set<string> | undefined
  models.forEach((_, name) => {
    if (!isOut(name)) return
    madeOfBroken ??= new Set()
    for (const made of whatIsMadeOf(name)) madeOfBroken.add(made)
  })
  models.forEach((said, name) => {
    if (name === MIXTURE) return
    standing[name] ??= { scored: new Float64Array(LEADS), distance: new Float64Array(LEADS) }
    const expert = standing[name]
    const { scored, distance, rightWithout } = expert
    const right = isNearer(said[leadIndex]!, middle, truth) ? 1 : 0
    if (madeOfBroken?.has(name)) expert.rightWithout = towards(rightWithout ?? 0, right, LEAD_RATE)
    else if (rightWithout) expert.rightWithout = towards(rightWithout, 0, LEAD_RATE)
    if (isOut(name)) {
      if (isProven(expert, leadIndex)) distance[leadIndex]! *= 1 + right * RATE
      // Else a newcomer that is mad would be proven in the end, and its distance usual.
      if (isProven(expert, leadIndex) || right === 0) return
    }
    const count = ++scored[leadIndex]!
    const off = Math.abs(said[leadIndex]! - middle)
    distance[leadIndex] = towards(distance[leadIndex]!, off, Math.max(RATE, 1 / count))
    expert.error ??= new Float64Array(LEADS).fill(Number.NaN)
    const { error } = expert
    // In a state from before there was one all begin alike.
    if (Number.isNaN(error[leadIndex]!)) error[leadIndex] = Math.abs(middle - truth)
    const erred = Math.abs(said[leadIndex]! - truth)
    error[leadIndex] = towards(error[leadIndex]!, erred, Math.max(ERROR_RATE, 1 / count))
  })
}

/** Of those that are far out by what is usual now; a newcomer has no record. */
function learnFarOut(
  standing: Standing,
  {
    models,
    leadIndex,
    truth,
    middle,
  }: Pick<Settlement, 'models' | 'leadIndex' | 'truth'> & { readonly middle: number },
): void {
  let usual: number | undefined
  models.forEach((said, name) => {
    const expert = standing[name]
    if (name === MIXTURE || !expert || !isProven(expert, leadIndex)) return
    const off = Math.abs(said[leadIndex]! - middle)
    if (off <= FURTHEST * expert.distance[leadIndex]!) return
    usual ??= usualOfAll(standing, models, leadIndex)
    if (off <= FURTHEST * usualDistance(expert, leadIndex, usual)) return
    expert.borneOut = towards(
      expert.borneOut ?? 0,
      isNearer(said[leadIndex]!, middle, truth) ? 1 : 0,
      BORNE_OUT_RATE,
    )
  })
}

function isNearer(said: number, middle: number, truth: number): boolean {
  return Math.abs(said - truth) < Math.abs(middle - truth)
}

/** The next value of a running mean. */
function towards(mean: number, value: number, rate: number): number {
  return mean + rate * (value - mean)
}

function usualOfAll(standing: Standing, models: Models, lead: number): number {
  let [known, usual] = [0, 0]
  for (const name of models.keys()) {
    const expert = standing[name]
    if (name === MIXTURE || !expert || !isProven(expert, lead)) continue
    usual += expert.distance[lead]!
    known++
  }
  return usual / known
}

/**
 * The most that each expert may weigh: in proportion to how often it was scored, beside who was scored most; undefined where
 * none is a newcomer. Shape of each: [lead 24].
 */
export function mostWeight(standing: Standing, models: Models): Models | undefined {
  const most = new Map<string, Float64Array>()
  const best = new Float64Array(LEADS)
  let isAnyNew = false
  for (const [name, said] of models) {
    const scored = standing[name]?.scored
    const share = new Float64Array(LEADS)
    for (let lead = 0; lead < LEADS; lead++) {
      share[lead] = Math.min(1, (scored?.[lead] ?? 0) / PROVEN)
      if (share[lead]! < 1) isAnyNew = true
      if (!Number.isNaN(said[lead]!)) best[lead] = Math.max(best[lead]!, share[lead]!)
    }
    most.set(name, share)
  }
  if (!isAnyNew) return undefined
  for (const share of most.values())
    for (let lead = 0; lead < LEADS; lead++) share[lead] = best[lead]! > 0 ? share[lead]! / best[lead]! : 1
  return most
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
