import { type CLOSE_CODES, type ReplyError, replyError } from '../protocol/codes.ts'
import type { ClientFrame } from '../protocol/stream-frames.ts'
import type { TapeCommand } from '../protocol/tape.ts'
import { CLIENT_TOPICS, type ClientTopic } from '../protocol/topics.ts'
import { type RequestId, readFrame } from './client-frame.ts'
import type { LogEntry, TopicLog } from './station-log.ts'

/*
 * One client as a pure state machine: a frame in, next state and effects out. `client-connection.ts` carries them
 * out.
 */

export interface SessionState {
  readonly following: ReadonlyMap<string, ReadonlySet<ClientTopic>>
  /** Frames in a row that could not be understood. */
  readonly badFrames: number
}

export type SessionEffect =
  | { readonly type: 'reply'; readonly frame: ReplyFrame }
  | { readonly type: 'follow'; readonly station: string; readonly topics: readonly ClientTopic[] }
  | { readonly type: 'unfollow'; readonly station: string; readonly topics: readonly ClientTopic[] }
  | { readonly type: 'snapshot'; readonly entry: LogEntry }
  /** Updates missed, in order and complete. */
  | { readonly type: 'catch_up'; readonly entries: readonly LogEntry[] }
  | {
      readonly type: 'operate'
      readonly id: RequestId
      readonly station: string
      readonly command: TapeCommand
    }
  | { readonly type: 'close'; readonly code: keyof typeof CLOSE_CODES; readonly reason: string }

export type ReplyFrame =
  | { readonly id: RequestId; readonly result: object }
  | { readonly id: RequestId | null; readonly error: ReplyError }

/** What a session may look at. */
export interface SessionView {
  readonly epoch: string
  stations(): readonly SessionStation[]
  /** How many bytes may be sent at once without the client counting as slow. */
  roomBytes(): number
}

export interface SessionStation {
  readonly id: string
  readonly logs: { readonly [T in ClientTopic]: TopicLog<T> }
  readonly description: { readonly tape?: unknown }
}

export interface SessionStep {
  readonly state: SessionState
  readonly effects: readonly SessionEffect[]
}

export const MAX_BAD_FRAMES = 20

export const newSession: SessionState = { following: new Map(), badFrames: 0 }

export function receive(state: SessionState, text: string, view: SessionView): SessionStep {
  const read = readFrame(text)
  if (!read.ok) return rejectFrame(state, read)
  const good = { ...state, badFrames: 0 }
  const { frame } = read
  if ('subscribe' in frame) return subscribe(good, frame, view)
  if ('unsubscribe' in frame) return unsubscribe(good, frame, view)
  if ('replay' in frame) return operate(good, frame, view)
  return { state: good, effects: [{ type: 'reply', frame: { id: frame.id, result: { pong: frame.ping } } }] }
}

/** A frame that is no request: answered with an error; after several in a row the connection is closed. */
export function rejectFrame(
  state: SessionState,
  { id, error }: { readonly id: RequestId | null; readonly error: ReplyError },
): SessionStep {
  const badFrames = state.badFrames + 1
  const reply: SessionEffect = { type: 'reply', frame: { id, error } }
  const next = { ...state, badFrames }
  if (badFrames < MAX_BAD_FRAMES) return { state: next, effects: [reply] }
  const reason = `${MAX_BAD_FRAMES} bad frames in a row`
  return { state: next, effects: [reply, { type: 'close', code: 'too_many_errors', reason }] }
}

type SubscribeFrame = Extract<ClientFrame, { subscribe: unknown }>
type UnsubscribeFrame = Extract<ClientFrame, { unsubscribe: unknown }>
type ReplayFrame = Extract<ClientFrame, { replay: unknown }>

function subscribe(
  state: SessionState,
  { id, subscribe: asked }: SubscribeFrame,
  view: SessionView,
): SessionStep {
  const found = find(asked, view)
  if ('error' in found) return rejected(state, id, found.error)
  const { station, topics } = found
  const offsets = Object.fromEntries(topics.map((topic) => [topic, station.logs[topic].offset]))
  const missed = asked.recover && missedSince(asked.recover, { station, topics, view })
  const result = { epoch: view.epoch, offsets, ...(asked.recover && { recovered: missed !== undefined }) }
  const pushes: SessionEffect[] = missed
    ? [{ type: 'catch_up', entries: missed }]
    : topics.flatMap((topic) => {
        const entry = station.logs[topic].newest
        return entry ? [{ type: 'snapshot', entry }] : []
      })
  const following = new Map(state.following).set(
    station.id,
    new Set([...(state.following.get(station.id) ?? []), ...topics]),
  )
  return {
    state: { ...state, following },
    effects: [
      { type: 'reply', frame: { id, result } },
      { type: 'follow', station: station.id, topics },
      ...pushes,
    ],
  }
}

/** All that was missed of all topics, or undefined: a recovery is never partial, nor larger than the line takes at once. */
export function missedSince(
  position: { readonly epoch: string; readonly offsets: Readonly<Record<string, number>> },
  asked: {
    readonly station: SessionStation
    readonly topics: readonly ClientTopic[]
    readonly view: Pick<SessionView, 'epoch' | 'roomBytes'>
  },
): readonly LogEntry[] | undefined {
  const { station, topics, view } = asked
  if (position.epoch !== view.epoch) return undefined
  const missed: LogEntry[] = []
  for (const topic of topics) {
    const offset = position.offsets[topic]
    const entries = offset === undefined ? undefined : station.logs[topic].after(offset)
    if (entries === undefined) return undefined
    missed.push(...entries)
  }
  let room = view.roomBytes()
  for (const entry of missed) {
    room -= entry.frame('update').byteLength
    if (room < 0) return undefined
  }
  return missed
}

function unsubscribe(
  state: SessionState,
  { id, unsubscribe: asked }: UnsubscribeFrame,
  view: SessionView,
): SessionStep {
  const found = find(asked, view)
  if ('error' in found) return rejected(state, id, found.error)
  const { station, topics } = found
  const rest = new Set(state.following.get(station.id))
  for (const topic of topics) rest.delete(topic)
  const following = new Map(state.following)
  if (rest.size === 0) following.delete(station.id)
  else following.set(station.id, rest)
  return {
    state: { ...state, following },
    effects: [
      { type: 'unfollow', station: station.id, topics },
      { type: 'reply', frame: { id, result: {} } },
    ],
  }
}

function operate(state: SessionState, { id, replay: command }: ReplayFrame, view: SessionView): SessionStep {
  const found = tapeStation(command.station, view)
  if ('error' in found) return rejected(state, id, found.error)
  return { state, effects: [{ type: 'operate', id, station: found.station, command }] }
}

/** Whose tape is meant: the one named, else the only one there is. */
export function tapeStation(
  named: string | undefined,
  view: Pick<SessionView, 'stations'>,
): { readonly station: string } | { readonly error: ReplyError } {
  const stations = view.stations()
  if (named !== undefined) {
    return stations.some(({ id }) => id === named)
      ? { station: named }
      : { error: unknownStation(named, stations) }
  }
  const tapes = stations.filter(({ description }) => description.tape !== undefined).map(({ id }) => id)
  const [only] = tapes
  if (only === undefined) return { error: replyError('no_replay', 'no station has a tape: all are live') }
  if (tapes.length === 1) return { station: only }
  return {
    error: replyError('bad_request', `replay.station: there is more than one tape: ${tapes.join(', ')}`),
  }
}

function find(
  asked: { readonly station: string; readonly topics: readonly string[] },
  view: SessionView,
):
  | { readonly station: SessionStation; readonly topics: readonly ClientTopic[] }
  | { readonly error: ReplyError } {
  const topics: ClientTopic[] = []
  for (const name of new Set(asked.topics)) {
    const topic = CLIENT_TOPICS.find((known) => known === name)
    if (topic === undefined) {
      const message = `no topic '${name.slice(0, 64)}': ${CLIENT_TOPICS.join(', ')}`
      return { error: replyError('unknown_topic', message) }
    }
    topics.push(topic)
  }
  const stations = view.stations()
  const station = stations.find(({ id }) => id === asked.station)
  return station ? { station, topics } : { error: unknownStation(asked.station, stations) }
}

export function unknownStation(named: string, stations: readonly { readonly id: string }[]): ReplyError {
  const known = stations.length === 0 ? 'none yet' : stations.map(({ id }) => id).join(', ')
  return replyError('unknown_station', `no station '${named.slice(0, 64)}' (known: ${known})`)
}

function rejected(state: SessionState, id: RequestId, error: ReplyError): SessionStep {
  return { state, effects: [{ type: 'reply', frame: { id, error } }] }
}
