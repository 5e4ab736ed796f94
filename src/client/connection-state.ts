import type { ReplyError } from '../protocol/codes.ts'
import type { ClientFrame } from '../protocol/stream-frames.ts'
import type { ClientTopic } from '../protocol/topics.ts'
import { backoffMs, comesBack } from './reconnect.ts'
import { isRecord, type PushOf, type ServerFrame } from './server-frame.ts'

/*
 * A connection as a pure state machine: events in, next state and effects out. It knows which topics are subscribed
 * and how far each has been read, and asks for what was missed after a reconnect. Sockets, timers and promises are in
 * `client.ts`.
 */

export type Phase =
  | { readonly name: 'connecting'; readonly attempt: number }
  | { readonly name: 'open' }
  /** Lost; tried again after `retryMs`. */
  | { readonly name: 'waiting'; readonly attempt: number; readonly retryMs: number; readonly reason: string }
  /** For good. `code` is the WebSocket close code, 1000 where we closed it. */
  | { readonly name: 'closed'; readonly code: number; readonly reason: string }

interface Followed {
  /** Names the server process that the offsets belong to; undefined until a subscribe was answered. */
  readonly epoch: string | undefined
  /** Offset of the newest message seen; undefined before the first. */
  readonly offsets: ReadonlyMap<ClientTopic, number | undefined>
  /** Where a topic stood that the server could not go on from; null where it is another server that counts anew. */
  readonly stopped: ReadonlyMap<ClientTopic, number | null>
}

interface Asked {
  readonly station: string
  readonly topics: readonly ClientTopic[]
  /** Asked again after a reconnect: what the server knew once it will know again. */
  readonly again: boolean
}

export interface ConnectionState {
  readonly phase: Phase
  readonly attempt: number
  readonly nextId: number
  readonly followed: ReadonlyMap<string, Followed>
  /** Subscribe requests under way, by id. */
  readonly asked: ReadonlyMap<number, Asked>
}

export type ConnectionEvent =
  | { readonly type: 'opened' }
  | { readonly type: 'frame'; readonly frame: ServerFrame }
  /** `draw` in [0, 1) spreads the reconnects of many clients. */
  | { readonly type: 'lost'; readonly code: number; readonly reason: string; readonly draw: number }
  | { readonly type: 'retry_due' }
  | { readonly type: 'ask_again'; readonly station: string; readonly topics: readonly ClientTopic[] }
  | { readonly type: 'follow'; readonly station: string; readonly topics: readonly ClientTopic[] }
  | { readonly type: 'unfollow'; readonly station: string; readonly topics: readonly ClientTopic[] }
  | { readonly type: 'close' }

export type ConnectionEffect =
  | { readonly type: 'open_socket' }
  | { readonly type: 'close_socket' }
  | { readonly type: 'send'; readonly frame: ClientFrame }
  | { readonly type: 'retry_in'; readonly ms: number }
  /** Send an `ask_again` event after a while. */
  | { readonly type: 'ask_again_later'; readonly station: string; readonly topics: readonly ClientTopic[] }
  /** `skipped`: messages between the last one delivered and this one that were left out; null where nobody knows. */
  | { readonly type: 'deliver'; readonly push: PushOf; readonly skipped: number | null | undefined }
  /** A reply that belongs to no subscribe request of the machine's own. */
  | { readonly type: 'reply'; readonly frame: ServerFrame }
  | {
      readonly type: 'rejected'
      readonly station: string
      readonly topics: readonly ClientTopic[]
      readonly error: ReplyError
    }

export interface Transition {
  readonly state: ConnectionState
  readonly effects: readonly ConnectionEffect[]
}

export function begin(): Transition {
  return {
    state: {
      phase: { name: 'connecting', attempt: 0 },
      attempt: 0,
      nextId: 1,
      followed: new Map(),
      asked: new Map(),
    },
    effects: [{ type: 'open_socket' }],
  }
}

export function transition(state: ConnectionState, event: ConnectionEvent): Transition {
  if (state.phase.name === 'closed') return { state, effects: [] }
  switch (event.type) {
    case 'opened':
      return opened(state)
    case 'frame':
      return received({ ...state, attempt: 0 }, event.frame)
    case 'lost':
      return lost(state, event)
    case 'retry_due':
      return {
        state: { ...state, phase: { name: 'connecting', attempt: state.attempt } },
        effects: [{ type: 'open_socket' }],
      }
    case 'ask_again':
      return askAgain(state, event.station, event.topics)
    case 'follow':
      return follow(state, event.station, event.topics)
    case 'unfollow':
      return unfollow(state, event.station, event.topics)
    case 'close':
      return {
        state: { ...state, phase: { name: 'closed', code: 1000, reason: 'closed' }, asked: new Map() },
        effects: [{ type: 'close_socket' }],
      }
  }
}

function opened(state: ConnectionState): Transition {
  let next: Transition = { state: { ...state, phase: { name: 'open' }, asked: new Map() }, effects: [] }
  for (const [station, { epoch, offsets }] of state.followed) {
    const topics = [...offsets.keys()]
    const again = epoch !== undefined
    const read = topics.filter((topic) => again && offsets.get(topic) !== undefined)
    const unread = topics.filter((topic) => !read.includes(topic))
    // Apart, so that a topic never read yet does not cost the others their recovery.
    for (const group of [read, unread]) {
      if (group.length > 0) next = and(next, ask(next.state, { station, topics: group, again }))
    }
  }
  return next
}

function lost(
  state: ConnectionState,
  { code, reason, draw }: { code: number; reason: string; draw: number },
): Transition {
  if (!comesBack(code)) {
    return { state: { ...state, phase: { name: 'closed', code, reason }, asked: new Map() }, effects: [] }
  }
  const attempt = state.attempt + 1
  const retryMs = backoffMs(attempt, draw)
  return {
    state: { ...state, attempt, asked: new Map(), phase: { name: 'waiting', attempt, retryMs, reason } },
    effects: [{ type: 'retry_in', ms: retryMs }],
  }
}

function follow(state: ConnectionState, station: string, topics: readonly ClientTopic[]): Transition {
  const known = state.followed.get(station)
  const offsets = new Map(known?.offsets)
  for (const topic of topics) if (!offsets.has(topic)) offsets.set(topic, undefined)
  const followed = new Map(state.followed).set(station, {
    epoch: known?.epoch,
    offsets,
    stopped: known?.stopped ?? new Map(),
  })
  const next = { ...state, followed }
  if (state.phase.name !== 'open') return { state: next, effects: [] }
  // Without `recover`: a topic followed already is answered with its snapshot, for whoever came to it now.
  return ask(next, { station, topics, again: false, fresh: true })
}

function unfollow(state: ConnectionState, station: string, topics: readonly ClientTopic[]): Transition {
  const next = without(state, station, topics)
  if (state.phase.name !== 'open') return { state: next, effects: [] }
  return {
    state: { ...next, nextId: next.nextId + 1 },
    effects: [{ type: 'send', frame: { id: next.nextId, unsubscribe: { station, topics: [...topics] } } }],
  }
}

function askAgain(state: ConnectionState, station: string, topics: readonly ClientTopic[]): Transition {
  const wanted = topics.filter((topic) => state.followed.get(station)?.offsets.has(topic))
  if (state.phase.name !== 'open' || wanted.length === 0) return { state, effects: [] }
  return ask(state, { station, topics: wanted, again: true })
}

function ask(state: ConnectionState, { fresh, ...asked }: Asked & { readonly fresh?: boolean }): Transition {
  const { station, topics } = asked
  const known = state.followed.get(station)
  const offsets: Record<string, number> = {}
  for (const topic of topics) {
    const offset = known?.offsets.get(topic)
    if (offset !== undefined) offsets[topic] = offset
  }
  const complete = topics.every((topic) => topic in offsets)
  const recover =
    !fresh && known?.epoch !== undefined && complete ? { epoch: known.epoch, offsets } : undefined
  return {
    state: { ...state, nextId: state.nextId + 1, asked: new Map(state.asked).set(state.nextId, asked) },
    effects: [
      {
        type: 'send',
        frame: { id: state.nextId, subscribe: { station, topics: [...topics], ...(recover && { recover }) } },
      },
    ],
  }
}

function received(state: ConnectionState, frame: ServerFrame): Transition {
  switch (frame.type) {
    case 'push':
      return pushed(state, frame.push)
    case 'closing':
      return { state, effects: [] }
    case 'result':
    case 'error': {
      const asked = typeof frame.id === 'number' ? state.asked.get(frame.id) : undefined
      if (asked === undefined) return { state, effects: [{ type: 'reply', frame }] }
      const rest = new Map(state.asked)
      rest.delete(Number(frame.id))
      const next = { ...state, asked: rest }
      return frame.type === 'result'
        ? { state: positioned(next, asked, frame.result), effects: [] }
        : rejected(next, asked, frame.error)
    }
  }
}

/** Takes the epoch of a subscribe's answer; offsets are taken from pushes alone, but for 'nothing there yet'. */
function positioned(
  state: ConnectionState,
  { station, topics, again }: Asked,
  result: Readonly<Record<string, unknown>>,
): ConnectionState {
  const known = state.followed.get(station)
  const { epoch, offsets: at } = result
  if (known === undefined || typeof epoch !== 'string') return state
  const offsets = new Map(known.offsets)
  const stopped = new Map(known.stopped)
  for (const topic of topics) {
    if (!offsets.has(topic)) continue
    const anew = result['recovered'] !== true
    const before = offsets.get(topic)
    if (anew && again && before !== undefined) stopped.set(topic, epoch === known.epoch ? before : null)
    if (anew) offsets.set(topic, isRecord(at) && at[topic] === 0 ? 0 : undefined)
  }
  return { ...state, followed: new Map(state.followed).set(station, { epoch, offsets, stopped }) }
}

function rejected(state: ConnectionState, { station, topics, again }: Asked, error: ReplyError): Transition {
  const later = error.temporary || (again && error.code === 'unknown_station')
  return later
    ? { state, effects: [{ type: 'ask_again_later', station, topics }] }
    : { state: without(state, station, topics), effects: [{ type: 'rejected', station, topics, error }] }
}

function pushed(state: ConnectionState, push: PushOf): Transition {
  const known = state.followed.get(push.station)
  if (!known?.offsets.has(push.topic)) return { state, effects: [] }
  const before = known.offsets.get(push.topic)
  const stopped = new Map(known.stopped)
  stopped.delete(push.topic)
  const offsets = new Map(known.offsets).set(push.topic, push.offset)
  return {
    state: { ...state, followed: new Map(state.followed).set(push.station, { ...known, offsets, stopped }) },
    effects: [{ type: 'deliver', push, skipped: skippedBefore(push, known.stopped.get(push.topic), before) }],
  }
}

function skippedBefore(
  { kind, offset }: PushOf,
  stopped: number | null | undefined,
  before: number | undefined,
): number | null | undefined {
  if (stopped === null) return null
  if (stopped !== undefined) return Math.max(0, offset - stopped - 1)
  return kind === 'snapshot' || before === undefined ? undefined : offset - before - 1
}

function without(state: ConnectionState, station: string, topics: readonly ClientTopic[]): ConnectionState {
  const known = state.followed.get(station)
  if (known === undefined) return state
  const offsets = new Map(known.offsets)
  for (const topic of topics) offsets.delete(topic)
  const followed = new Map(state.followed)
  if (offsets.size === 0) followed.delete(station)
  else followed.set(station, { ...known, offsets })
  return { ...state, followed }
}

function and(first: Transition, second: Transition): Transition {
  return { state: second.state, effects: [...first.effects, ...second.effects] }
}
