import { LEADS, validTime } from '../domain/forecast.ts'
import { DAY, HOUR, type Instant, type Span } from '../domain/instant.ts'
import { addLosses, type LossSums, MOST_MODELS } from './loss-sums.ts'

/** Everybody's forecast of one issue beside what came. */
export interface ArenaForecast {
  readonly issuedAt: Instant
  /** NaN where none came. Shape [lead 24]. */
  readonly truth: Float64Array
  /** The published one among them; NaN where one said nothing. Shape of each: [lead 24]. */
  readonly models: ReadonlyMap<string, Float64Array>
}

export interface ArenaOptions {
  /** The lead whose forecasts are also told apart by hour and by change. */
  readonly leadIndex: number
  /** Whose hours of the day. */
  readonly utcOffset: Span
  /** Issued from then on, and before; default: all. */
  readonly from?: Instant
  readonly to?: Instant
  /** Of issue (UTC), 1 to 12; default: all. */
  readonly months?: readonly number[]
  /** Which models are looked at; default: all. */
  readonly among?: readonly string[]
}

/** Absolute errors of everybody, added up. Plain data. */
export interface ArenaState {
  /** In the order in which they came; a model's place is its bit in a roster. */
  readonly names: string[]
  /** Shape [lead 24]. */
  readonly leads: readonly LossSums[]
  /** At the one lead: by quarter of the day of the valid time, from midnight on. Shape [quarter 4]. */
  readonly quarters: readonly LossSums[]
  /** At the one lead: by how far the target went in the three hours before the issue, in eighths of octaves. */
  readonly changes: Map<number, LossSums>
  /** The target's newest measurement at the last few issues. */
  readonly currents: { readonly at: Instant; readonly value: number }[]
  /** Issues that counted, and when. */
  issues: number
  first: Instant
  last: Instant
  /** Of the models that were left out, since no more can be told apart. */
  readonly leftOut: string[]
}

/** What is said at every lead is what was measured at the issue. */
const CURRENT = 'persistence'
const CHANGE_SPAN: Span = 3 * HOUR
const EIGHTHS = 8
/** Of no change at all: below any octave of a double. */
export const UNCHANGED = -9_999

export function emptyArena(): ArenaState {
  return {
    names: [],
    leads: Array.from({ length: LEADS }, () => new Map()),
    quarters: Array.from({ length: 4 }, () => new Map()),
    changes: new Map(),
    currents: [],
    issues: 0,
    first: Number.POSITIVE_INFINITY,
    last: Number.NEGATIVE_INFINITY,
    leftOut: [],
  }
}

/** Adds an issue with all its leads; issues come in order of time. */
export function takeForecast(state: ArenaState, forecast: ArenaForecast, options: ArenaOptions): void {
  const { issuedAt, truth, models } = forecast
  const change = changeAt(state, issuedAt, models.get(CURRENT)?.[0] ?? Number.NaN)
  if (!counts(issuedAt, options)) return
  if (!truth.some(Number.isFinite)) return
  const said = placed(state, models, options.among)
  const losses = new Float64Array(said.length)
  const day = Math.floor(issuedAt / DAY)
  for (let leadIndex = 0; leadIndex < LEADS; leadIndex++) {
    const came = truth[leadIndex]!
    if (Number.isNaN(came)) continue
    for (let model = 0; model < said.length; model++)
      losses[model] = Math.abs((said[model]?.[leadIndex] ?? Number.NaN) - came)
    addLosses(state.leads[leadIndex]!, day, losses)
    if (leadIndex !== options.leadIndex) continue
    addLosses(state.quarters[quarterOf(validTime(issuedAt, leadIndex) + options.utcOffset)]!, day, losses)
    if (Number.isNaN(change)) continue
    const octave = change === 0 ? UNCHANGED : Math.round(EIGHTHS * Math.log2(change))
    let sums = state.changes.get(octave)
    if (!sums) {
      sums = new Map()
      state.changes.set(octave, sums)
    }
    addLosses(sums, day, losses)
  }
  state.issues++
  state.first = Math.min(state.first, issuedAt)
  state.last = Math.max(state.last, issuedAt)
}

/** Up to which change an octave's eighth goes. */
export function changeOf(octave: number): number {
  return octave === UNCHANGED ? 0 : 2 ** ((octave + 0.5) / EIGHTHS)
}

function counts(issuedAt: Instant, { from, to, months }: ArenaOptions): boolean {
  if (from !== undefined && issuedAt < from) return false
  if (to !== undefined && issuedAt >= to) return false
  return months === undefined || months.includes(new Date(issuedAt).getUTCMonth() + 1)
}

/** By place; a model that comes for the first time is given the next. */
function placed(
  state: ArenaState,
  models: ArenaForecast['models'],
  among: readonly string[] | undefined,
): (Float64Array | undefined)[] {
  for (const name of models.keys()) {
    if (state.names.includes(name) || (among && !among.includes(name))) continue
    if (state.names.length < MOST_MODELS) state.names.push(name)
    else if (!state.leftOut.includes(name)) state.leftOut.push(name)
  }
  return state.names.map((name) => models.get(name))
}

/** Known at the issue, so that nobody is judged by what only came afterwards; NaN where it is not. */
function changeAt({ currents }: ArenaState, at: Instant, value: number): number {
  if (Number.isNaN(value)) return Number.NaN
  currents.push({ at, value })
  while (currents.length > 1 && currents[1]!.at <= at - CHANGE_SPAN) currents.shift()
  const [before] = currents
  const isNear = before && before.at <= at - CHANGE_SPAN && before.at > at - CHANGE_SPAN - HOUR
  return isNear ? Math.abs(value - before.value) : Number.NaN
}

function quarterOf(at: Instant): number {
  const hour = ((Math.floor(at / HOUR) % 24) + 24) % 24
  return Math.floor(hour / 6)
}
