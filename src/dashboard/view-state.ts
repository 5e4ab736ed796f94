import type { ForecastMessage } from '../protocol/forecast.ts'
import type { ReplayMarkMessage, Source } from '../protocol/provenance.ts'
import type { ReadingMessage } from '../protocol/reading.ts'
import type { ScoreMessage, ScoreWindow } from '../protocol/scores.ts'
import type { StationMessage } from '../protocol/station-message.ts'
import type { StatusMessage } from '../protocol/status.ts'
import type { TapeMessage } from '../protocol/tape.ts'
import type { Run } from './forecast-runs.ts'
import type { ObservedPoint } from './observed.ts'
import type { Question } from './tape-actions.ts'

/** How the page stands with its server. */
export type Link = 'connecting' | 'open' | 'reconnecting' | 'closed'

/** Everything the page shows, and nothing else. Panels are functions of it. */
export interface ViewState {
  readonly stations: readonly StationMessage[]
  /** The chosen one; undefined until a station is known. */
  readonly station: StationMessage | undefined
  /** The one to choose of the first that are known: the page's address names it. */
  readonly wanted: string | undefined
  readonly link: Link
  /** Why the link is not open, for people. */
  readonly linkReason: string | undefined
  /** Replay session of all that is held here; undefined for a live feed. */
  readonly session: string | undefined
  /** Sessions that are over: what still arrives of them is dropped. */
  readonly pastSessions: readonly string[]
  /** The session before, as long as it is shown in place of this one, of which there is no forecast yet. */
  readonly past: Picture | undefined
  readonly replay: ReplayMarkMessage | undefined
  /** Where the newest message stems from: live ticks may come to a station that a tape is played of. */
  readonly source: Source | undefined
  readonly observed: readonly ObservedPoint[]
  /** The newest reading, which the line may lag behind while `behind`. */
  readonly latest: ObservedPoint | undefined
  /** It was measured just now, not replayed. */
  readonly latestIsLive: boolean
  /** Readings were skipped on the way (a fast replay): the line waits for the history to be fetched. */
  readonly behind: boolean
  /** What has come since a reading was skipped last, of which none is missing; drawn once the history reaches it. */
  readonly ahead: Ahead
  /** Runs around the drawn line, ascending. */
  readonly runs: readonly Run[]
  readonly score: ScoreMessage | undefined
  readonly status: StatusMessage | undefined
  readonly tape: TapeMessage | undefined
  /** Wall time at which anything of the station was last heard. */
  readonly receivedAt: number | undefined
  readonly chosenWindow: ScoreWindow
  readonly chosenLead: number
  /** Why the last command failed, where it did. */
  readonly commandError: string | undefined
  /** What a person is asked before it is done. */
  readonly question: Question | undefined
}

/** A session that is over, as it was shown last. */
export type Picture = Pick<ViewState, 'observed' | 'runs' | 'score' | 'status'>

interface Ahead {
  readonly readings: readonly ObservedPoint[]
  readonly runs: readonly Run[]
}

export const NOTHING_AHEAD: Ahead = { readings: [], runs: [] }

interface Pushed {
  /** Wall time of arrival. */
  readonly at: number
}

export interface History {
  readonly readings: readonly ObservedPoint[]
  readonly forecasts: readonly ForecastMessage[]
  /** The replay session it is of; undefined where nothing was replayed. */
  readonly session: string | undefined
}

export type ViewEvent =
  | { readonly type: 'stations'; readonly stations: readonly StationMessage[] }
  | { readonly type: 'station_chosen'; readonly id: string }
  | { readonly type: 'link'; readonly link: Link; readonly reason?: string }
  /** `skipped`: readings between the one before and this one may have been left out on the way here. */
  | ({ readonly type: 'reading'; readonly message: ReadingMessage; readonly skipped: boolean } & Pushed)
  | ({ readonly type: 'forecast'; readonly message: ForecastMessage } & Pushed)
  | ({ readonly type: 'score'; readonly message: ScoreMessage } & Pushed)
  | ({ readonly type: 'status'; readonly message: StatusMessage } & Pushed)
  | { readonly type: 'history'; readonly stationId: string; readonly history: History }
  /** `commanded`: what a command came to, not how it stands anyway. */
  | {
      readonly type: 'tape'
      readonly stationId: string
      readonly tape: TapeMessage
      readonly commanded: boolean
    }
  | { readonly type: 'command_failed'; readonly message: string }
  | { readonly type: 'asked'; readonly stationId: string; readonly question: Question }
  | { readonly type: 'answered' }
  /** A session before has been shown for long enough. */
  | { readonly type: 'past_over' }
  | { readonly type: 'window_chosen'; readonly window: ScoreWindow }
  | { readonly type: 'lead_chosen'; readonly lead: number }

export const NOTHING_RECEIVED = {
  session: undefined,
  pastSessions: [],
  past: undefined,
  replay: undefined,
  source: undefined,
  observed: [],
  latest: undefined,
  latestIsLive: false,
  behind: false,
  ahead: NOTHING_AHEAD,
  runs: [],
  score: undefined,
  status: undefined,
  tape: undefined,
  receivedAt: undefined,
  commandError: undefined,
  question: undefined,
} as const

export const INITIAL: ViewState = {
  ...NOTHING_RECEIVED,
  stations: [],
  station: undefined,
  wanted: undefined,
  link: 'connecting',
  linkReason: undefined,
  chosenWindow: '30d',
  chosenLead: 24,
}
