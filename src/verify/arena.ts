import { DAY, type Instant } from '../domain/instant.ts'
import { type ArenaState, changeOf } from './arena-sums.ts'
import { type AccuracyTest, equalAccuracy, holm } from './equal-accuracy.ts'
import { type DayChoice, dailyDifferences, inCommon, type LossSums, meanLosses } from './loss-sums.ts'

/** Of a model against another, over the forecasts of both and of all that they stand beside. */
export interface Duel extends AccuracyTest {
  readonly model: string
  readonly against: string
  /** Mean absolute errors. */
  readonly mae: number
  readonly maeAgainst: number
  /** `p` as one of several comparisons in its table, by Holm. */
  readonly adjusted: number
}

/** A part of the forecasts: a lead, a month, hours of the day, a change. */
export interface ArenaRow {
  readonly label: string
  readonly forecasts: number
  /** By model, in the order of `models`. */
  readonly maes: readonly number[]
  /** Of each model but the reference, in that order. */
  readonly duels: readonly Duel[]
}

export interface ArenaTable {
  readonly by: 'lead' | 'month' | 'hours' | 'change'
  readonly rows: readonly ArenaRow[]
}

/** Who was better, by how much, and whether that may be luck. */
export interface ArenaResult {
  readonly leadHours: number
  readonly issues: number
  readonly first: Instant
  readonly last: Instant
  /** Those who are compared over the same forecasts, the least error at the lead first. */
  readonly models: readonly string[]
  readonly reference: string
  /** At the lead: all of them, and each against the reference. */
  readonly whole: ArenaRow | undefined
  /** The best of them against each other one; adjusted as some of all pairs there are. */
  readonly best: readonly Duel[]
  readonly tables: readonly ArenaTable[]
  /** Too few forecasts to stand beside the others: each against the reference over its own. */
  readonly apart: readonly Duel[]
  /** No place was left for these. */
  readonly leftOut: readonly string[]
}

/** As many models as leave so much of the reference's forecasts in common are compared; the others began too late. */
const ENOUGH_IN_COMMON = 0.5

export interface ArenaQuestion {
  readonly reference: string
  readonly leadIndex: number
  /** True: everybody is compared, however few forecasts that leaves in common. */
  readonly all?: boolean
}

/** Where nobody, or one alone, has forecast, there are no duels. */
export function arenaResult(state: ArenaState, question: ArenaQuestion): ArenaResult {
  const steps = arenaSteps(state, question)
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
  }
}

/** The same a few milliseconds at a time, for whoever has others waiting. */
export function* arenaSteps(
  state: ArenaState,
  { reference: asked, leadIndex, all = false }: ArenaQuestion,
): Generator<void, ArenaResult> {
  const sums = state.leads[leadIndex]!
  const place = (name: string): number => state.names.indexOf(name)
  const reference = place(asked) >= 0 ? asked : (state.names[0] ?? asked)
  const compared = all ? state.names : comparable(sums, state.names, reference)
  yield
  const { losses } = meanLosses(sums, compared.map(place))
  const error = new Map(compared.map((name, at) => [name, losses[at]!]))
  const models = [...compared].sort((a, b) => error.get(a)! - error.get(b)! || 0)
  const among = { models, reference, place }
  const label = `+${leadIndex + 1} h`
  const whole = yield* tableOf('lead', [{ label, sums }], among)
  const leads = state.leads.map((each, lead) => ({ label: `+${lead + 1} h`, sums: each }))
  const months = MONTHS.map((label, month) => ({ label, sums, chosen: inMonth(month) }))
  const hours = state.quarters.map((each, quarter) => ({ label: QUARTERS[quarter]!, sums: each }))
  return {
    leadHours: leadIndex + 1,
    issues: state.issues,
    first: state.first,
    last: state.last,
    models,
    reference,
    whole: whole.rows[0],
    best: yield* bestAgainstOthers(sums, models, place),
    tables: [
      yield* tableOf('lead', leads, among),
      yield* tableOf('month', months, among),
      yield* tableOf('hours', hours, among),
      yield* tableOf('change', thirds(state.changes), among),
    ],
    apart: state.names
      .filter((name) => !compared.includes(name))
      .map((name) => duel(sums, { model: name, against: reference, place })),
    leftOut: state.leftOut,
  }
}

interface Part {
  readonly label: string
  readonly sums: LossSums
  readonly chosen?: DayChoice
}

interface Among {
  readonly models: readonly string[]
  readonly reference: string
  readonly place: (name: string) => number
}

function* tableOf(
  by: ArenaTable['by'],
  parts: readonly Part[],
  { models, reference, place }: Among,
): Generator<void, ArenaTable> {
  const places = models.map(place)
  const rows: ArenaRow[] = []
  for (const { label, sums, chosen } of parts) {
    const { forecasts, losses } = meanLosses(sums, places, chosen)
    if (forecasts === 0) continue
    const duels: Duel[] = []
    for (const model of models) {
      if (model === reference) continue
      const options = { model, against: reference, place, among: places }
      duels.push(duel(sums, { ...options, ...(chosen && { chosen }) }))
      yield
    }
    rows.push({ label, forecasts, maes: losses, duels })
  }
  const adjusted = holm(rows.flatMap(({ duels }) => duels.map(({ p }) => p)))
  return {
    by,
    rows: rows.map(({ duels, ...row }) => ({
      ...row,
      duels: duels.map((one) => ({ ...one, adjusted: adjusted.shift()! })),
    })),
  }
}

function duel(
  sums: LossSums,
  {
    model,
    against,
    place,
    among = [],
    chosen,
  }: {
    readonly model: string
    readonly against: string
    readonly place: (name: string) => number
    readonly among?: readonly number[]
    readonly chosen?: DayChoice
  },
): Duel {
  const pair = [place(model), place(against)] as const
  const test = equalAccuracy(dailyDifferences(sums, pair, { among, ...(chosen && { chosen }) }))
  const { losses } = meanLosses(sums, [...pair, ...among], chosen)
  return { model, against, mae: losses[0]!, maeAgainst: losses[1]!, ...test, adjusted: test.p }
}

/** Who is best was only seen in the figures, so that it is one of all pairs that could have come out so. */
function* bestAgainstOthers(
  sums: LossSums,
  names: readonly string[],
  place: (name: string) => number,
): Generator<void, Duel[]> {
  const among = names.map(place)
  const pairs: Duel[] = []
  for (const [at, model] of names.entries()) {
    for (const against of names.slice(at + 1)) {
      pairs.push(duel(sums, { model, against, place, among }))
      yield
    }
  }
  const adjusted = holm(pairs.map(({ p }) => p))
  return pairs
    .map((one, at) => ({ ...one, adjusted: adjusted[at]! }))
    .filter(({ model }) => model === names[0])
}

function comparable(sums: LossSums, names: readonly string[], reference: string): readonly string[] {
  const place = (name: string) => names.indexOf(name)
  const count = (chosen: readonly string[]) => inCommon(sums, [reference, ...chosen].map(place))
  const least = count([]) * ENOUGH_IN_COMMON
  const chosen: string[] = []
  const others = names
    .filter((name) => name !== reference)
    .map((name) => ({ name, n: count([name]) }))
    .sort((a, b) => b.n - a.n)
  for (const { name, n } of others) if (n > 0 && count([...chosen, name]) >= least) chosen.push(name)
  return names.filter((name) => name === reference || chosen.includes(name))
}

const MONTHS = [
  ...['January', 'February', 'March', 'April', 'May', 'June', 'July'],
  ...['August', 'September', 'October', 'November', 'December'],
]
const QUARTERS = ['00 to 06 h', '06 to 12 h', '12 to 18 h', '18 to 24 h']

function inMonth(month: number): DayChoice {
  return (day) => new Date(day * DAY).getUTCMonth() === month
}

/** Three parts with about as many forecasts each, the calmest first. */
function thirds(changes: ArenaState['changes']): Part[] {
  const octaves = [...changes.keys()].sort((a, b) => a - b)
  const total = octaves.reduce((sum, octave) => sum + forecastsIn(changes.get(octave)!), 0)
  const parts: { sums: LossSums; upTo: number }[] = []
  let passed = 0
  for (const octave of octaves) {
    const third = Math.min(2, Math.floor((3 * passed) / total))
    passed += forecastsIn(changes.get(octave)!)
    parts[third] ??= { sums: new Map(), upTo: 0 }
    parts[third].upTo = changeOf(octave)
    addAll(parts[third].sums, changes.get(octave)!)
  }
  const filled = parts.filter((part) => part !== undefined)
  return filled.map(({ sums, upTo }, at) => ({
    sums,
    label:
      at === filled.length - 1 && at > 0
        ? `more than ${shown(filled[at - 1]!.upTo)}`
        : `up to ${shown(upTo)}`,
  }))
}

function addAll(into: LossSums, from: LossSums): void {
  for (const [day, parts] of from) into.set(day, [...(into.get(day) ?? []), ...parts])
}

function forecastsIn(sums: LossSums): number {
  return inCommon(sums, [])
}

function shown(change: number): string {
  return String(Number(change.toPrecision(2)))
}
