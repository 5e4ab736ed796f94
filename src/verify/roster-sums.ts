import { LEADS, type Settlement } from '../domain/forecast.ts'
import { RowSums } from './hourly-sums.ts'
import { addIntervals, emptyIntervalSums } from './interval-sums.ts'
import { addError, count, ERROR_COLUMNS } from './model-sums.ts'
import { addAll, type ScoreSums } from './score-sums.ts'

/*
 * Sums kept apart by who took part, so that any choice of models can be compared over just the forecasts that all of
 * them made, and the choice need not be known before the end: models begin at different times, and pause after gaps.
 */

/** Sums over the forecasts that just these models made. Of errors the columns that a rolling window has. */
export interface RosterSums extends ScoreSums {
  readonly roster: readonly string[]
}

/** Of one stretch of time. Models begin one after another and pause in a few groups: there are a dozen or two. */
export const MOST_ROSTERS = 256

/**
 * Adds a settlement to the sums of its roster. Where there are too many to open another, it counts for the largest
 * roster whose models all took part, the published one alone if need be: what is compared is paired all the same.
 */
export function addToRoster(parts: RosterSums[], settlement: Settlement, published: string): void {
  const { leadIndex, models, truth } = settlement
  const part = partFor(parts, models, published)
  addIntervals(part.intervals, settlement)
  for (const name of part.roster) {
    addError(part.models[name]!, leadIndex, models.get(name)![leadIndex]! - truth)
  }
}

function partFor(parts: RosterSums[], models: Settlement['models'], published: string): RosterSums {
  const took = ({ roster }: RosterSums) => roster.every((name) => models.has(name))
  const exact = parts.find((part) => part.roster.length === models.size && took(part))
  if (exact) return exact
  const within = parts.length < MOST_ROSTERS ? [] : parts.filter(took)
  const [largest] = within.sort((a, b) => b.roster.length - a.roster.length)
  if (largest) return largest
  const opened = emptyRoster(parts.length < MOST_ROSTERS ? [...models.keys()] : [published])
  parts.push(opened)
  return opened
}

function emptyRoster(roster: readonly string[]): RosterSums {
  return {
    roster,
    models: Object.fromEntries(roster.map((name) => [name, new Float64Array(LEADS * ERROR_COLUMNS)])),
    intervals: emptyIntervalSums(),
  }
}

/** Sums of these models, and of the published intervals, over the forecasts that all of them made. */
export function sumsInCommon(parts: Iterable<RosterSums>, names: readonly string[]): ScoreSums {
  const { models, intervals } = emptyRoster(names)
  for (const part of parts) {
    if (!names.every((name) => name in part.models)) continue
    addAll(intervals, part.intervals)
    for (const name of names) addAll(models[name]!, part.models[name]!)
  }
  return { models, intervals }
}

/**
 * Whom to compare: as many as leave at least half of the published model's forecasts at +24 h in common, those with
 * the most forecasts first. The others began too late, or paused too often, to stand beside them.
 */
export function comparable(
  parts: readonly RosterSums[],
  { published, names }: { readonly published: string; readonly names: readonly string[] },
): string[] {
  const inCommon = (...names: readonly string[]) =>
    count(new RowSums(sumsInCommon(parts, [published, ...names]).models[published]!), LEADS - 1)
  const others = names
    .filter((name) => name !== published)
    .map((name) => ({ name, n: inCommon(name) }))
    .sort((a, b) => b.n - a.n)
  const least = inCommon() / 2
  const chosen: string[] = []
  for (const { name } of others) if (inCommon(...chosen, name) >= least) chosen.push(name)
  return names.filter((name) => name === published || chosen.includes(name))
}
