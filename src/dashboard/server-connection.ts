import { connect, type Delivery, type StreamClient } from '../client/client.ts'
import { NotConnected, RequestRefused } from '../client/client-errors.ts'
import type { Phase } from '../client/connection-state.ts'
import { fetchHistory, fetchStations, HttpProblem } from '../client/http.ts'
import { errorMessage } from '../domain/errors.ts'
import { DAY, type Instant } from '../domain/instant.ts'
import type { TapeCommand } from '../protocol/tape.ts'
import { momentOf } from './moment.ts'
import { forgetQuestion } from './tape-actions.ts'
import type { ViewEvent, ViewState } from './view-state.ts'

export interface ConnectionOptions {
  /** Where the page came from. */
  readonly url: string
  readonly token: string | undefined
  readonly stateNow: () => ViewState
  readonly dispatch: (event: ViewEvent) => void
  readonly wallNow: () => number
}

export interface Connection {
  choose(stationId: string): void
  send(command: TapeCommand): void
}

/** Why the link is closed where the server wants another token; the page then has a field for it. */
export const TOKEN_REASON = 'the token is missing or wrong'

/** Of a tape at full speed the history is the picture: four a second are seen as running on. */
const HISTORY_AT_MOST_EVERY_MS = 250
const TAPE_EVERY_MS = 1_000
const STATIONS_EVERY_MS = 15_000
const STATIONS_AGAIN_MS = 2_000

/** Turns messages of the server into events, and polls what is not pushed: stations, history, the tape. */
export function openConnection({ url, token, stateNow, dispatch, wallNow }: ConnectionOptions): Connection {
  const client = connect({ url, token })
  let lockedOut = false
  let unsubscribe: (() => void) | undefined
  let subscribedTo: string | undefined

  client.onPhase((phase) => {
    dispatch(linkOf(phase))
    if (phase.name === 'open') void askStations()
  })

  const follow = (stationId: string) => {
    if (subscribedTo === stationId) return
    unsubscribe?.()
    subscribedTo = stationId
    unsubscribe = client.subscribe(stationId, {
      reading: (message, delivery) =>
        dispatch({ type: 'reading', message, skipped: mayHaveSkipped(delivery), at: wallNow() }),
      forecast: (message) => dispatch({ type: 'forecast', message, at: wallNow() }),
      score: (message) => dispatch({ type: 'score', message, at: wallNow() }),
      status: (message) => dispatch({ type: 'status', message, at: wallNow() }),
    })
  }

  const askStations = async () => {
    if (lockedOut) return
    try {
      dispatch({ type: 'stations', stations: await fetchStations({ url, token }) })
    } catch (error) {
      if (error instanceof HttpProblem && error.status === 401) {
        lockedOut = true
        client.close()
        dispatch({ type: 'link', link: 'closed', reason: TOKEN_REASON })
      }
      // Otherwise the connection reports that the server is away, and the question is repeated.
    }
    const { station } = stateNow()
    if (!station || station.id === subscribedTo) return
    follow(station.id)
    void askTape()
  }

  /** The forecast whose fellow of a day before was asked for last, whether there was one or not. */
  let askedFor: Instant | undefined
  const askHistory = async () => {
    const state = stateNow()
    const { station, behind } = state
    const { run, yesterday } = momentOf(state)
    const lacksYesterday = run && run.issuedAt !== askedFor && yesterday?.issuedAt !== run.issuedAt - DAY
    if (!station || !(behind || lacksYesterday)) return
    const fetched = await fetchHistory(station.id, { url, token, forecasts: 'compared' }).catch(
      () => undefined,
    )
    if (!fetched) return
    askedFor = run?.issuedAt
    const readings = fetched.readings.map(({ event_time, value, bridged }) => ({
      time: Date.parse(event_time),
      value,
      bridged,
    }))
    dispatch({
      type: 'history',
      stationId: station.id,
      history: { readings, forecasts: fetched.forecasts, session: fetched.session },
    })
  }

  const askTape = async () => {
    const { station } = stateNow()
    if (station && station.source !== 'live')
      await operate(client, { station, command: { state: true }, dispatch })
  }

  repeatedly(askHistory, () => HISTORY_AT_MOST_EVERY_MS)
  repeatedly(askTape, () => TAPE_EVERY_MS)
  repeatedly(askStations, () => (stateNow().station ? STATIONS_EVERY_MS : STATIONS_AGAIN_MS))

  return {
    choose(stationId) {
      dispatch({ type: 'station_chosen', id: stationId })
      const { station } = stateNow()
      if (station) follow(station.id)
      void askTape()
    },
    send(command) {
      const { station } = stateNow()
      if (station) void operate(client, { station, command, dispatch })
    },
  }
}

interface Operation {
  readonly station: { readonly id: string }
  readonly command: TapeCommand
  readonly dispatch: (event: ViewEvent) => void
}

async function operate(client: StreamClient, { station, command, dispatch }: Operation): Promise<void> {
  try {
    const tape = await client.tape({ ...command, station: station.id })
    dispatch({ type: 'tape', stationId: station.id, tape, commanded: !command.state })
  } catch (error) {
    // Polls are repeated soon; only a command that failed concerns the reader.
    if (command.state) return
    if (error instanceof RequestRefused && error.code === 'would_forget') {
      dispatch({ type: 'asked', stationId: station.id, question: forgetQuestion(command) })
      return
    }
    dispatch({ type: 'command_failed', message: commandErrorText(error) })
  }
}

function commandErrorText(error: unknown): string {
  // Its buttons are there, so there was a tape: its process is away, or not back yet.
  if (error instanceof RequestRefused && error.code === 'no_replay')
    return 'Not carried out: nobody plays this tape at the moment'
  if (error instanceof NotConnected) return 'Not carried out: no connection to the server'
  if (error instanceof RequestRefused && !error.temporary) return `Refused: ${error.message}`
  return `Not carried out: ${errorMessage(error)}`
}

/** A snapshot on a line that is drawn already comes after a reconnect: what lay between is unknown. */
function mayHaveSkipped({ skipped }: Delivery): boolean {
  return skipped !== 0
}

function linkOf(phase: Phase): ViewEvent {
  switch (phase.name) {
    case 'open':
      return { type: 'link', link: 'open' }
    case 'connecting':
      return { type: 'link', link: phase.attempt === 0 ? 'connecting' : 'reconnecting' }
    case 'waiting':
      return { type: 'link', link: 'reconnecting', reason: phase.reason }
    case 'closed':
      return { type: 'link', link: 'closed', reason: phase.reason }
  }
}

/** Runs a task again a while after it is done, so that slow answers never pile up. */
function repeatedly(task: () => Promise<void>, pauseMs: () => number): void {
  const run = () => void task().finally(() => setTimeout(run, pauseMs()))
  run()
}
