import type { Instant } from '../domain/instant.ts'
import { currentRun, dayBefore, type Run } from './forecast-runs.ts'
import type { ObservedPoint } from './observed.ts'
import type { ViewState } from './view-state.ts'

/**
 * How often what is of the moment is painted, all of it in one frame: figures that change more often cannot be read, and
 * whoever asked for little motion has little.
 */
export const MOMENT_EVERY_MS =
  typeof matchMedia === 'function' && matchMedia('(prefers-reduced-motion: reduce)').matches ? 1_000 : 200

/** How long the session before is shown in place of a new one: a tape that stands behind a seek has no forecast that would end it. */
export const PAST_SHOWN_MS = 5_000

/** What all of the page is of: a reading, the forecast that held when it came, and the one of a day before. */
export interface Moment {
  readonly at: Instant | undefined
  readonly reading: ObservedPoint | undefined
  readonly run: Run | undefined
  readonly yesterday: Run | undefined
}

/**
 * The moment that the page shows: where the observed line ends. Readings, forecasts and how the tape stands come by
 * ways of their own, and of a fast tape the newest of each is days apart: so nothing is shown because it is the newest of its
 * kind, but because it belongs to this moment.
 */
export function momentOf({ observed, runs }: Pick<ViewState, 'observed' | 'runs'>): Moment {
  const reading = observed.at(-1)
  const run = reading && currentRun(runs, reading.time)
  return { at: reading?.time, reading, run, yesterday: run && dayBefore(runs, run) }
}

/** The model whose forecasts are published: the mixture, unless a forecast says otherwise. */
export function publishedModel(state: Pick<ViewState, 'observed' | 'runs'>): string {
  return momentOf(state).run?.model ?? 'mixture'
}

/** What the screen is painted from: until the first forecast of a new session is here, what was shown of the one before. */
export function shownOf(state: ViewState): ViewState {
  return state.past ? { ...state, ...state.past } : state
}
