import type { Instant, Span } from '../domain/instant.ts'
import type { Station } from '../domain/station.ts'
import { severalText } from './long-table.ts'
import type { RawRow } from './raw-row.ts'

/*
 * Whether rows that come by and by are of several sensors, where a key that the station does not ask for names whose each
 * is. A name that changes for good is no other sensor: one was renamed or replaced. Names that take turns over one
 * channel are, as soon as it is seen that one sensor could not have said both.
 */

/** What is known of who has sent. Plain data, mutated by `toldRows`; bounded by `MOST_KEYS` and `MOST_NAMES`. */
export interface NamingState {
  readonly keys: Record<string, NamedKey>
}

interface NamedKey {
  rows: number
  /** The newest last. */
  seen: SeenName[]
  /** Rows in a row of the newest name. */
  steady: number
  /** How often a name came back. */
  turns: number
  /** Names of several sensors, once they are known for that. */
  several: readonly string[] | undefined
}

interface SeenName {
  readonly name: string
  row: number
  time: Instant
  /** What it said of each channel last. */
  readonly values: Record<string, number | string>
}

export function noNames(): NamingState {
  return { keys: {} }
}

const MOST_KEYS = 8
const MOST_NAMES = 8
/** A name that comes back within so many rows was not away. */
const SOON_ROWS = 12
/** Of one sensor a row comes each cadence: two, with that of another name between them, are further apart than this. */
const TWO_CADENCES = 1.5
/** Another name this soon, in cadences, is refused at once. */
const AT_ONCE = 0.5
/** However slowly they come: names that come back so often take turns. */
const MOST_TURNS = 6
/** After so many rows of one name it is the only one. */
const STEADY = 20

/** Rows that came together, in order; those are refused of which nobody knows whose they are. */
export function toldRows(
  rows: readonly RawRow[],
  state: NamingState,
  { cadence }: Pick<Station, 'cadence'>,
): readonly RawRow[] {
  if (rows.every(({ named }) => named === undefined)) return rows
  /** What this very call has shown: then the first of them are of several, too. */
  const shown = new Set<string>()
  const refusals = rows.map((row) => judged(row, { state, cadence, shown }))
  return rows.map((row, index) => {
    const refusal = refusals[index] ?? refusalBy(row, state, shown)
    return refusal === undefined ? row : { ...row, values: {}, malformed: refusal }
  })
}

type Refusal = NonNullable<RawRow['malformed']>

function refusalBy(
  { named = [], malformed }: RawRow,
  { keys }: NamingState,
  shown: ReadonlySet<string>,
): Refusal | undefined {
  if (malformed) return undefined
  for (const [key, name] of named) {
    const several = shown.has(key) ? keys[key]?.several : undefined
    if (several) return refusalOf(key, name, several)
  }
  return undefined
}

function refusalOf(key: string, name: string, names: readonly string[]): Refusal {
  const rule = `ticks of one sensor: ${severalText(key, names)}, or a list where several are names of one sensor`
  return { field: key, value: name, rule }
}

function judged(
  row: RawRow,
  {
    state: { keys },
    cadence,
    shown,
  }: { readonly state: NamingState; readonly cadence: Span; readonly shown: Set<string> },
): Refusal | undefined {
  const { named = [], malformed, eventTime, values } = row
  if (malformed || eventTime === undefined) return undefined
  let refusal: Refusal | undefined
  for (const [key, name] of named) {
    const known = Object.hasOwn(keys, key) ? keys[key] : undefined
    if (known === undefined && Object.keys(keys).length >= MOST_KEYS) continue
    const one = known ?? { rows: 0, seen: [], steady: 0, turns: 0, several: undefined }
    keys[key] = one
    const wasSeveral = one.several !== undefined
    const isAtOnce = takeNote(one, { name, time: eventTime, values, cadence })
    if (one.several && !wasSeveral) shown.add(key)
    const names = one.several ?? (isAtOnce ? one.seen.map((each) => each.name) : undefined)
    if (names) refusal ??= refusalOf(key, name, names)
  }
  return refusal
}

/** True where a name is too soon behind another to be another name of the same sensor. */
function takeNote(
  one: NamedKey,
  {
    name,
    time,
    values,
    cadence,
  }: {
    readonly name: string
    readonly time: Instant
    readonly values: RawRow['values']
    readonly cadence: Span
  },
): boolean {
  const row = ++one.rows
  const last = one.seen.at(-1)
  const before = one.seen.find((each) => each.name === name)
  let isAtOnce = false
  if (last === undefined || last.name === name) {
    if (++one.steady >= STEADY) onlyOne(one)
  } else {
    one.steady = 1
    if (saysOtherwise(values, last.values)) {
      const isBack = before !== undefined && row - before.row <= SOON_ROWS
      if (isBack) one.turns++
      const isTooSoon =
        time <= last.time ||
        (isBack && time - before.time < TWO_CADENCES * cadence) ||
        one.turns >= MOST_TURNS
      if (isTooSoon) one.several ??= [...new Set([...one.seen.map((each) => each.name), name])].sort()
      isAtOnce = before === undefined && time - last.time < AT_ONCE * cadence
    }
  }
  const said = before ?? { name, row, time, values: {} }
  said.row = row
  said.time = Math.max(said.time, time)
  for (const [channel, value] of Object.entries(values)) if (value !== null) said.values[channel] = value
  // The newest stands last.
  one.seen = [...one.seen.filter((each) => each !== said), said].slice(-MOST_NAMES)
  if (one.several && !one.several.includes(name) && one.several.length < MOST_NAMES)
    one.several = [...one.several, name]
  return isAtOnce
}

function onlyOne(one: NamedKey): void {
  one.seen = one.seen.slice(-1)
  one.turns = 0
  one.several = undefined
}

/** Of one channel another value: what two receivers pass on of one sensor says the same. */
function saysOtherwise(values: RawRow['values'], before: SeenName['values']): boolean {
  return Object.entries(values).some(
    ([channel, value]) => value !== null && channel in before && before[channel] !== value,
  )
}
