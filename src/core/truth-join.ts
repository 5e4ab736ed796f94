import { type Forecast, LEADS, type Settlement, validTime } from '../domain/forecast.ts'
import { formatInstant, HOUR, type Instant } from '../domain/instant.ts'
import type { MeasurementRule } from '../domain/measurement-rule.ts'
import type { NeighboursNow } from '../domain/neighbour.ts'
import type { AheadNow } from '../forecast/ahead/ahead-columns.ts'
import type { Example } from '../forecast/features/example.ts'
import type { OutsideNow } from '../forecast/outside/outside-book.ts'
import { type History, timeOf, truthAt } from './history.ts'

/** What is learnt from once its truths have come. */
export interface OpenExample {
  /** The target's newest measurement at the issue. */
  readonly current: number
  /** The columns of `featureLayout`; empty where no expert learns from features. */
  readonly features: Float64Array
  /** The issue's row in the history where the window was full, else -1. */
  readonly row: number
  /** What others said then; absent where nobody said anything. */
  readonly outside?: OutsideNow
  /** What neighbours had measured by then; absent where none had said anything of late. */
  readonly neighbours?: NeighboursNow
  /** What was said then of other quantities than the target; absent where nothing was. */
  readonly ahead?: AheadNow
  /** What recurrent networks knew then of the hours ahead; absent of a station that names no quantities. */
  readonly lookahead?: Float32Array
}

/** An issue whose truths are still to come. */
export interface OpenIssue {
  readonly issuedAt: Instant
  /** Undefined where no expert could forecast. */
  readonly forecast: Forecast | undefined
  /** One an hour: neighbours teach little. */
  readonly example: OpenExample | undefined
  /** As far as it is known; NaN where it is not, or never came. Shape [lead 24]. */
  readonly truth: Float64Array
}

/** Every forecast at every lead is in exactly one of three counts: settled, expired, or still open. Plain data. */
export interface TruthJoinState {
  /** In order of issue; only those whose last lead is still open. */
  readonly issues: OpenIssue[]
  /** How many issues have left the front of `issues`. */
  left: number
  /** Of each lead the first issue, counted from the first ever, at which it is open. Shape [lead 24]. */
  readonly firstOpen: number[]
  /** Forecast-leads whose truth came. */
  settled: number
  /** Forecast-leads whose valid time went by without a truth. */
  expired: number
  /** Of the newest example, counted from 1970; undefined before the first. */
  exampleHour: number | undefined
}

/** What a reading has made known. */
export interface Joined {
  readonly settlements: readonly Settlement[]
  /** Issues whose last truth is known now, oldest first, with their row in the history. */
  readonly examples: readonly JoinedExample[]
  /** Forecasts of which no lead is open any more, oldest first. */
  readonly closed: readonly ClosedForecast[]
}

/** A forecast beside what came. */
export interface ClosedForecast {
  readonly forecast: Forecast
  /** NaN where none came. Shape [lead 24]. */
  readonly truth: Float64Array
}

export interface JoinedExample extends Example {
  readonly row: number
  readonly lookahead?: Float32Array
}

export function emptyJoin(): TruthJoinState {
  return {
    issues: [],
    left: 0,
    firstOpen: Array.from({ length: LEADS }, () => 0),
    settled: 0,
    expired: 0,
    exampleHour: undefined,
  }
}

/** Forecast-leads still waiting for their truth. */
export function openLeads({ issues, left, firstOpen }: TruthJoinState): number {
  return issues.reduce((sum, { forecast }, index) => {
    if (!forecast) return sum
    return sum + firstOpen.filter((first) => first <= left + index).length
  }, 0)
}

/** Whether an issue is one to learn from: the first of its hour. */
export function isExample({ exampleHour }: TruthJoinState, issuedAt: Instant): boolean {
  return exampleHour === undefined || Math.floor(issuedAt / HOUR) > exampleHour
}

/** Issues come in order of time. */
export function openIssue(
  state: TruthJoinState,
  { issuedAt, forecast, example }: Omit<OpenIssue, 'truth'>,
): void {
  const newest = state.issues.at(-1)
  if (newest && issuedAt < newest.issuedAt) {
    const [is, after] = [formatInstant(issuedAt), formatInstant(newest.issuedAt)]
    throw new Error(`a forecast issued at ${is} came after one issued at ${after}`)
  }
  if (!forecast && !example) return
  if (example) state.exampleHour = Math.floor(issuedAt / HOUR)
  state.issues.push({ issuedAt, forecast, example, truth: new Float64Array(LEADS).fill(Number.NaN) })
}

/**
 * The one join of what was forecast with what came, for verification and learning alike; `truthAt` says what the truth
 * is. A bridged reading moves time on and is no measurement. A lead is settled, or expires, once no later reading could
 * change its truth. At each lead issues become final in their order, so that a reading costs what is due and not what
 * is open. To be called when a reading is the history's newest row.
 */
export function joinTruths(state: TruthJoinState, history: History, rule: MeasurementRule): Joined {
  const settlements: Settlement[] = []
  const now = timeOf(history, history.rows - 1)
  for (let leadIndex = 0; leadIndex < LEADS; leadIndex++) {
    for (;;) {
      const due = state.issues[state.firstOpen[leadIndex]! - state.left]
      const validAt = due ? validTime(due.issuedAt, leadIndex) : Number.POSITIVE_INFINITY
      if (!due || validAt > now) break
      const truth = truthAt(history, validAt, { rule, guess: history.rows - 1 })
      if (truth === undefined) break
      state.firstOpen[leadIndex]!++
      due.truth[leadIndex] = truth
      if (!due.forecast) continue
      if (Number.isNaN(truth)) state.expired++
      else {
        state.settled++
        settlements.push(settlementOf(due.forecast, leadIndex, truth))
      }
    }
  }
  return { settlements, ...takeClosed(state) }
}

function settlementOf(forecast: Forecast, leadIndex: number, truth: number): Settlement {
  return {
    issuedAt: forecast.issuedAt,
    validAt: validTime(forecast.issuedAt, leadIndex),
    leadIndex,
    truth,
    models: awakeAt(forecast.models, leadIndex),
    taken: forecast.taken,
    quantiles: forecast.quantiles[leadIndex]!,
  }
}

/** Those that have said something of a lead; all of them, most of the time. */
function awakeAt(models: Forecast['models'], leadIndex: number): Forecast['models'] {
  for (const mean of models.values()) {
    if (!Number.isNaN(mean[leadIndex]!)) continue
    return new Map([...models].filter(([, each]) => !Number.isNaN(each[leadIndex]!)))
  }
  return models
}

/** The longest lead closes last: what it has passed is done with. */
function takeClosed(state: TruthJoinState): Pick<Joined, 'examples' | 'closed'> {
  const examples: JoinedExample[] = []
  const closed: ClosedForecast[] = []
  while (state.left < state.firstOpen[LEADS - 1]!) {
    const { issuedAt, forecast, example, truth } = state.issues.shift()!
    state.left++
    if (forecast) closed.push({ forecast, truth })
    if (example && truth.some(Number.isFinite)) examples.push({ issuedAt, ...example, truth })
  }
  return { examples, closed }
}

/** Forecasts that have an open lead, oldest first, with the truths that have come so far. */
export function openForecasts({ issues }: TruthJoinState): readonly ClosedForecast[] {
  return issues.flatMap(({ forecast, truth }) => (forecast ? [{ forecast, truth }] : []))
}
