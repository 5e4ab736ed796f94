import { readAnyState } from '../../../src/core/state-codec.ts'
import type { StationState } from '../../../src/core/station-state.ts'
import { openLeads } from '../../../src/core/truth-join.ts'
import { LEADS } from '../../../src/domain/forecast.ts'

/** What depends on when and in which process something was worked off, and on nothing else. */
const OF_THE_RUN: ReadonlySet<string> = new Set([
  ...['ingestTime', 'ingest_time', 'taken_in', 'rejected_at'],
  // A session is named by a ULID, and so are the ticks in it; its speed is whatever was asked for.
  ...['session', 'tick', 'id', 'speed', 'paused'],
  // Whether training kept up.
  ...['waits', 'waited', 'waitedFor'],
])
const MOST_TOLD = 5

/**
 * Where two values differ in any bit, by their paths: numbers, typed arrays, maps and records. What belongs to the run
 * and to nothing else is left out, and so is what is named beside.
 */
export function differences(
  one: unknown,
  other: unknown,
  { leftOut = [] }: { readonly leftOut?: readonly string[] } = {},
): readonly string[] {
  const found: string[] = []
  const skipped = new Set([...OF_THE_RUN, ...leftOut])
  const told = (path: string, is: unknown, was: unknown): void => {
    if (found.length < MOST_TOLD) found.push(`${path || 'all'}: ${shortly(is)} instead of ${shortly(was)}`)
  }
  const compare = (path: string, is: unknown, was: unknown): void => {
    if (found.length >= MOST_TOLD || Object.is(is, was)) return
    if (typeof is !== 'object' || typeof was !== 'object' || is === null || was === null) {
      told(path, is, was)
      return
    }
    if (Object.prototype.toString.call(is) !== Object.prototype.toString.call(was)) told(path, is, was)
    else if (is instanceof Map) {
      for (const key of keysOf(is.keys(), (was as Map<unknown, unknown>).keys())) {
        compare(`${path}[${key}]`, is.get(key), (was as Map<unknown, unknown>).get(key))
      }
    } else if (ArrayBuffer.isView(is) || Array.isArray(is)) {
      const [here, there] = [is, was] as unknown as [ArrayLike<unknown>, ArrayLike<unknown>]
      if (here.length !== there.length) told(`${path}.length`, here.length, there.length)
      for (let index = 0; index < Math.min(here.length, there.length); index++) {
        compare(`${path}[${index}]`, here[index], there[index])
      }
    } else {
      for (const key of keysOf(Object.keys(is), Object.keys(was))) {
        if (skipped.has(key)) continue
        compare(
          path === '' ? key : `${path}.${key}`,
          (is as Record<string, unknown>)[key],
          (was as Record<string, unknown>)[key],
        )
      }
    }
  }
  compare('', one, other)
  return found
}

function keysOf<K>(one: Iterable<K>, other: Iterable<K>): ReadonlySet<K> {
  return new Set([...one, ...other])
}

function shortly(value: unknown): string {
  return (JSON.stringify(value) ?? String(value)).slice(0, 80)
}

/** What a station knew at its end: all of it, weights, sums of errors and counts included. */
export function stateDifferences(
  is: Uint8Array,
  was: Uint8Array,
  { leftOut = [] }: { readonly leftOut?: readonly string[] } = {},
): readonly string[] {
  const [state, unbroken] = [is, was].map((bytes) => readAnyState(bytes).state) as [
    StationState,
    StationState,
  ]
  return [
    ...differences(state, unbroken, { leftOut }).map((difference) => `state: ${difference}`),
    ...uncounted(state),
  ]
}

/** Every forecast at every lead is settled, expired or open. */
function uncounted({ truths, forecasts }: StationState): readonly string[] {
  const { settled, expired } = truths
  const open = openLeads(truths)
  if (settled + expired + open === forecasts * LEADS) return []
  return [`${settled} settled + ${expired} expired + ${open} open, of ${forecasts} forecasts`]
}

/** Messages by their time, of two runs. */
export interface Compared {
  readonly unequal: readonly string[]
  readonly lost: number
  readonly doubled: number
}

/**
 * Every message of a run beside the one of that name in the other. In each replay session there may be one of a name:
 * a tape that is wound back says again what it said.
 */
export function messageDifferences<M extends object>(
  is: readonly M[],
  was: readonly M[],
  {
    what,
    nameOf,
    sessionOf = () => '',
  }: {
    readonly what: string
    readonly nameOf: (message: M) => string
    /** Default: all are of one. */
    readonly sessionOf?: (message: M) => string
  },
): Compared {
  const heard = new Set<string>()
  const unbroken = new Map(was.map((message) => [nameOf(message), message]))
  const foreign = new Set<string>()
  const unequal: string[] = []
  const missing = new Set(unbroken.keys())
  let doubled = 0
  for (const message of is) {
    const name = nameOf(message)
    const inSession = `${sessionOf(message)} ${name}`
    if (heard.has(inSession)) doubled++
    heard.add(inSession)
    missing.delete(name)
    const other = unbroken.get(name)
    if (!other) foreign.add(name)
    else if (unequal.length < MOST_TOLD) {
      unequal.push(...differences(message, other).map((difference) => `${what} ${name}: ${difference}`))
    }
  }
  if (foreign.size > 0)
    unequal.push(`${foreign.size} times a ${what} that is not of the other run: ${[...foreign][0]}`)
  return { unequal, lost: missing.size, doubled }
}
