import type { Station } from '../domain/station.ts'
import { listed } from './bad-file.ts'
import { numberHint, ungrouped } from './number-text.ts'
import { isMet, rowPlan } from './row-plan.ts'
import type { Doubt, TableSample } from './table-sample.ts'

const ENOUGH_ROWS = 12
/** A name comes back this often, at the least; the number of a row does not. */
const OFTEN = 3
/** Of stretches with as many rows as there are names, so many hold each name once where sensors take turns. */
const MOSTLY = 0.8
const MOST_TURNS = 12
const NAMES_THINGS =
  /^(?:_?(?:entity|sensor|device|dev|metric|variable|var|parameter|param|measurement|field|key|topic|tag|series|item|attribute|object|node|uuid|mac|statistic|metadata|friendly|quantity|indicator|probe|point|name|model|channel|location|station|site|serial|register|host|obis|room|label|ieee_?addr(?:ess)?|addr(?:ess)?|imei|sn|src|sender)s?|.*[_ .-](?:id|name|no|eui|key)|id)(?:[_ .-]?(?:id|name|no|nr|number|eui|type|key|code))?$/i
/** Names of what comes and goes with one sensor: who passed it on, what it runs, how it is, which message it was. */
const NAMES_PASSING =
  /(?:^|[_ .-])(?:gateway|gw|router|hop|receiver|access_?point|ap|b?ssid|wifi|network|firmware|fw|software|sw|hardware|hw|version|status|state|condition|weather|alarm|error|mode|user|message|msg|packet|frame|request|event|seq|sequence|session|uplink|trace|correlation|transaction|batch|job|record|row|reading|sample|boot|unit|tz|timezone)s?[_ .-](?:id|name|no|nr|number|eui|key|code)$/i

/** Of a path in JSON its last part tells. */
export function namesThings(name: string): boolean {
  if (NAMES_PASSING.test(name)) return false
  return NAMES_THINGS.test(name) || NAMES_THINGS.test(name.slice(name.lastIndexOf('.') + 1))
}

type Rules = Pick<Station, 'time' | 'channels'>

/** Places of columns whose names say that their cells tell whose value a row holds; the station does not ask for them. */
export function namingColumns(names: readonly string[], station: Rules): readonly number[] {
  return unasked(names, station).filter((place) => namesThings(names[place]!))
}

/**
 * The first column of which several come in turns, or whose name says that it tells them apart. `target`: place of the
 * column whose values are theirs.
 */
export function severalThings(
  { names, rows, target }: Pick<TableSample, 'names' | 'rows'> & { readonly target: number },
  station: Rules,
): { readonly column: string; readonly things: readonly string[] } | undefined {
  if (rows.length < ENOUGH_ROWS) return undefined
  const naming = namingColumns(names, station)
  const others = unasked(names, station).filter((place) => !naming.includes(place))
  const values = rows.map((row) => Number(ungrouped(row[target]?.trim() ?? '').replace(',', '.')))
  for (const place of [...naming, ...others]) {
    const cells = rows.map((row) => row[place]?.trim() ?? '')
    const things = [...new Set(cells)]
    // A name that stands in some rows alone, and no other, is that of all.
    const isSeveral =
      things.filter((thing) => thing !== '').length > 1 && things.length * OFTEN <= rows.length
    if (
      isSeveral &&
      (naming.includes(place) || (takeTurns(cells, things) && areApart(values, things.length)))
    )
      return { column: names[place]!, things }
  }
  return undefined
}

function unasked(names: readonly string[], station: Rules): readonly number[] {
  const used = new Set(rowPlan(station).columns)
  return names.flatMap((name, place) => (name === '' || used.has(name) ? [] : [place]))
}

/** Words of which each comes once in nearly every round. */
function takeTurns(cells: readonly string[], things: readonly string[]): boolean {
  const count = things.length
  if (count > MOST_TURNS || !things.every((thing) => /\p{L}/u.test(thing))) return false
  const rounds = cells.length - count + 1
  let whole = 0
  for (let at = 0; at < rounds; at++) if (new Set(cells.slice(at, at + count)).size === count) whole++
  return whole >= MOSTLY * rounds
}

/** Whether values are nearer to those of a round ago than to their neighbours: a wind that goes round turns no thermometer. */
function areApart(values: readonly number[], count: number): boolean {
  const meanStep = (lag: number) => {
    const steps = values
      .map((value, at) => Math.abs(value - (values[at - lag] ?? Number.NaN)))
      .filter(Number.isFinite)
    return steps.reduce((sum, step) => sum + step, 0) / Math.max(1, steps.length)
  }
  return meanStep(count) < meanStep(1)
}

/** Rows of several sensors that take turns in the same columns. */
export function longTable({ station, names, places, rows }: TableSample): Doubt {
  const plan = rowPlan(station)
  const target = station.channels.findIndex(({ name }) => name === station.target)
  const condition = plan.conditions[plan.conditionOf[target] ?? -1]
  const own = rows.filter(
    (row) =>
      numberHint(row[places[plan.channels[target]!]!]?.trim() ?? '') !== undefined &&
      (condition === undefined || isMet(condition, row, places)),
  )
  const several = severalThings({ names, rows: own, target: places[plan.channels[target]!]! }, station)
  return several && severalText(several.column, several.things)
}

export function severalText(column: string, things: readonly string[]): string {
  const first = things.find((thing) => thing !== '') ?? ''
  return `the rows are of several: ${column} is ${listed(things, 6)}; the station file must say whose are meant: where: { ${column}: ${JSON.stringify(first)} }`
}

export function changedText(column: string, from: string, to: string): string {
  return `'${from}' as before: ${severalText(column, [from, to])}`
}
