import type { Instant } from '../domain/instant.ts'
import { formatInstant } from '../domain/instant.ts'
import type { ArenaResult, Duel } from '../verify/arena.ts'
import { FEWEST_DAYS } from '../verify/equal-accuracy.ts'
import { whole } from './tables.ts'

/** What an arena is told of beside its figures. */
export interface ArenaReport extends ArenaResult {
  /** Where the forecasts are from. */
  readonly source: string
  /** Of errors; undefined where nobody knows it. */
  readonly unit: string | undefined
  /** Of issue, as they were asked for. */
  readonly months?: readonly number[]
}

/** Chances below it are called beyond luck. */
export const LEVEL = 0.05

export const HOW = [
  'Absolute errors, each pair over the same forecasts.',
  'Test: Diebold and Mariano on differences added up by day of issue, with a long-run variance from the first',
  "0.41 T^(2/3) cosine transforms of T days and as many of Student's degrees of freedom, so that overlapping horizons",
  'and spells of weather are not taken for independent forecasts.',
  'Of several comparisons in a table, p is by Holm over all of that table.',
].join(' ')

/** Who was better, by how much, and whether it may be luck: the answer in a sentence or two. */
export function arenaSentence(report: ArenaReport): string {
  const { models, best, whole: all, leadHours, reference } = report
  const [first] = best
  if (all === undefined || all.forecasts === 0)
    return 'Of what was asked for there is no forecast whose truth is known.'
  if (!first)
    return `${reference} alone has forecasts whose truth is known: there is nobody to compare it with.`
  const where = `At +${leadHours} h${monthsText(report)}, over the ${whole(all.forecasts)} forecasts of ${whole(first.days)} days that ${models.length === 2 ? 'both' : `all ${models.length}`} made`
  const mae = (value: number) => amount(value, report)
  if (models.length === 2) {
    const missed = `${first.model} missed by ${mae(first.mae)} on average and ${first.against} by ${mae(first.maeAgainst)}`
    return `${where}, ${missed}: ${pairVerdict(first, report)}`
  }
  return `${where}, ${first.model} missed least, by ${mae(first.mae)} on average${amongAll(best, models.length)}.`
}

/** Names of those that were not told apart: more of them are counted. */
const MOST_NAMED = 3

/** What may be said of the best against each of the others; the figures are in the tables. */
function amongAll(best: readonly Duel[], models: number): string {
  if (best.every(({ adjusted }) => Number.isNaN(adjusted)))
    return `; ${best[0]!.days} days are too few to tell skill from luck, ${FEWEST_DAYS} are the fewest`
  const untold = best.filter((one) => !beyondLuck(one)).map(({ against }) => against)
  const told = best.length - untold.length
  const test = `(5 %, Holm over ${whole((models * (models - 1)) / 2)} pairs)`
  if (told === 0) return `, which may be luck: nobody was shown to be worse ${test}`
  if (untold.length === 0) return `, and less than all others beyond luck ${test}`
  const named = untold.length > MOST_NAMED ? untold.slice(0, MOST_NAMED - 1) : untold
  const names = [...named, ...(named.length < untold.length ? [`${untold.length - named.length} more`] : [])]
  const apart = names.length === 1 ? names[0] : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
  return `, and less than ${told} of the other ${best.length} beyond luck ${test}; than ${apart} it may be luck`
}

function pairVerdict(duel: Duel, report: ArenaReport): string {
  const { model, difference, low, high, p, days } = duel
  if (Number.isNaN(p))
    return `${days} days are too few to tell skill from luck, ${FEWEST_DAYS} are the fewest.`
  const ahead = amount(-difference, report)
  const between = `95 %: ${amount(-high, report)} to ${amount(-low, report)}`
  return p < LEVEL
    ? `${model} was better by ${ahead} (${between}), and between equals luck does that seldom (${chance(p)}).`
    : `${model} was ahead by ${ahead} (${between}), which luck may well do between equals (${chance(p)}): nobody was shown to be better.`
}

export function beyondLuck({ adjusted }: Duel): boolean {
  return adjusted < LEVEL
}

export function chance(p: number): string {
  if (Number.isNaN(p)) return 'too few days'
  return p < 0.001 ? 'p < 0.001' : `p = ${p.toFixed(p < 0.1 ? 3 : 2)}`
}

function amount(value: number, { unit }: ArenaReport): string {
  return unit === undefined ? value.toFixed(3) : `${value.toFixed(3)} ${unit}`
}

const SHORT = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

function monthsText({ months }: ArenaReport): string {
  return months === undefined ? '' : ` in ${months.map((month) => SHORT[month - 1]).join(', ')}`
}

export function spanText({ first, last, source, months }: ArenaReport): string {
  if (!(first <= last)) return source
  const day = (at: Instant) => formatInstant(at).slice(0, 16).replace('T', ' ')
  const only = months === undefined ? '' : `, issued${monthsText({ months } as ArenaReport)}`
  return `${source}, issued from ${day(first)} to ${day(last)} UTC${only}`
}
