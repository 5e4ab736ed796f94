import { serialize } from 'node:v8'
import { LEADS } from '../domain/forecast.ts'
import { DAY } from '../domain/instant.ts'
import type { Lookback } from '../domain/lookback.ts'
import type { Station } from '../domain/station.ts'
import type { Forecaster, Issue } from '../forecast/forecaster.ts'
import type { ExpertEntry } from './expert.ts'

/** A forecaster of the user's own, as its module has it. */
export interface Plugin {
  readonly name: string
  /** Of its file's bytes: a state that another one has made is not this one's. */
  readonly hash: string
  create(station: Station): Forecaster
}

/** What is around a plugin. */
export interface PluginHost {
  /** Milliseconds of a clock that only goes forward. */
  readonly clock: () => number
  /** What is wrong with it, a line each. */
  readonly tell: (line: string) => void
}

/** Plain data. */
export interface PluginState {
  inner: unknown
  /** Why it takes no part any more. */
  asleep?: string
  /** Day of the newest issue, counted from 1970: once in each its state is looked at. */
  day?: number
}

/** A call that takes longer holds up all stations of the process: it is told, and past the second it is not asked again. */
export const SLOW_MS = 1_000
export const TOO_SLOW_MS = 5_000

/** A plugin as an expert that can hurt nobody: what it does wrong costs its own word and is told. */
export function pluginEntry(plugin: Plugin, host: PluginHost): ExpertEntry {
  return {
    name: plugin.name,
    learnsFrom: 'stream',
    create: (station) => ({ forecaster: guarded(plugin, station, host), plugin: plugin.hash }),
  }
}

function guarded(
  { name, create }: Plugin,
  station: Station,
  { clock, tell }: PluginHost,
): Forecaster<PluginState> {
  const told = new Set<string>()
  const note = (what: string): void => {
    if (told.has(what)) return
    told.add(what)
    tell(`expert '${name}': ${what}`)
  }
  const sleep = (state: PluginState, why: string): void => {
    state.asleep = why
    state.inner = null
    note(`${why}: it takes no part any more, until its file is another`)
  }
  /** What came of a call; undefined where it threw, which costs the state too unless `harmless`. */
  const called = <T>(state: PluginState, what: string, harmless: boolean, work: () => T): T | undefined => {
    const began = clock()
    try {
      const result = work()
      const took = clock() - began
      if (!harmless && isLater(result))
        sleep(state, `${what} gave a promise, and is to be done when it returns`)
      if (took > TOO_SLOW_MS) sleep(state, `${what} took ${(took / 1000).toFixed(1)} s`)
      else if (took > SLOW_MS) note(`${what} takes more than ${SLOW_MS / 1000} s, in which all else waits`)
      return state.asleep === undefined ? result : undefined
    } catch (error) {
      const why = `${what} has thrown: ${error instanceof Error ? error.message : String(error)}`
      if (harmless) note(`${why}; it says nothing at that issue`)
      else sleep(state, why)
      return undefined
    }
  }
  const checkPlain = (state: PluginState, what: string): void => {
    try {
      serialize(state.inner)
    } catch (error) {
      sleep(state, `${what} is not plain data: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  // Made at its first use: a module that fails there is told of as any other.
  let made: Forecaster | undefined
  const forecaster = (): Forecaster => {
    made ??= create(structuredClone(station))
    return made
  }

  return {
    name,
    sleeps: true,
    initial() {
      const state: PluginState = { inner: null }
      state.inner = called(state, 'initial()', false, () => forecaster().initial()) ?? null
      if (state.asleep === undefined) checkPlain(state, 'what initial() gives')
      return state
    },
    observe(state, reading) {
      if (state.asleep !== undefined) return
      const copy = { ...reading, values: reading.values.slice() }
      called(state, 'observe()', false, () => forecaster().observe(state.inner, copy))
    },
    learn(state, example) {
      if (state.asleep !== undefined) return undefined
      const { features, truth } = example
      const copy = { ...example, ...copiedSayings(example), features: features.slice(), truth: truth.slice() }
      called(state, 'learn()', false, () => forecaster().learn?.(state.inner, copy))
      return undefined
    },
    predict(state, issue) {
      if (state.asleep !== undefined) return undefined
      const day = Math.floor(issue.issuedAt / DAY)
      if (day !== state.day) checkPlain(state, 'its state')
      state.day = day
      if (state.asleep !== undefined) return undefined
      const said: unknown = called(state, 'predict()', true, () =>
        forecaster().predict(state.inner, copied(issue)),
      )
      if (said === undefined) return undefined
      const { mean, fault } = checked(said, forecaster().sleeps === true)
      if (fault !== undefined) note(`predict() gave ${fault}; it says nothing at that issue`)
      return mean
    },
  }
}

/** A promise. Nobody waits for it: where it fails that is no end of the process. */
function isLater(result: unknown): boolean {
  if (!(result instanceof Promise)) return false
  result.catch(() => undefined)
  return true
}

/** 24 finite numbers in an array of any kind; of one that sleeps also NaN. */
function checked(said: unknown, sleeps: boolean): { readonly mean?: Float64Array; readonly fault?: string } {
  const isList = Array.isArray(said) || said instanceof Float64Array || said instanceof Float32Array
  if (!isList) return { fault: isLater(said) ? 'a promise' : 'no array of numbers' }
  if (said.length !== LEADS) return { fault: `${said.length} numbers, not ${LEADS}` }
  const mean = Float64Array.from(said as ArrayLike<unknown>, (value) =>
    typeof value === 'number' ? value : Number.POSITIVE_INFINITY,
  )
  const wrong = mean.findIndex((value) => !Number.isFinite(value) && !(sleeps && Number.isNaN(value)))
  return wrong < 0 ? { mean } : { fault: `${String(said[wrong])} at +${wrong + 1} h` }
}

/** What it changes of these is its own. */
function copied(issue: Issue): Issue {
  const { features, lookback, weights: _, lookahead: __, ...rest } = issue
  return {
    ...rest,
    ...copiedSayings(issue),
    lookback: lookback && copiedLookback(lookback),
    ...(features && { features: features.slice() }),
  }
}

function copiedSayings({ outside, neighbours, ahead }: Pick<Issue, 'outside' | 'neighbours' | 'ahead'>) {
  return {
    ...(outside && { outside: structuredClone(outside) }),
    ...(neighbours && { neighbours: structuredClone(neighbours) }),
    ...(ahead && { ahead: structuredClone(ahead) }),
  }
}

function copiedLookback({ issuedAt, steps, stepSpan, channels, copyTo }: Lookback): Lookback {
  return { issuedAt, steps, stepSpan, channels, copyTo: (target, offset) => copyTo(target, offset) }
}
