import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  begin,
  type ConnectionEffect,
  type ConnectionEvent,
  type ConnectionState,
  transition,
} from '../../src/client/connection-state.ts'
import { backoffMs, comesBack } from '../../src/client/reconnect.ts'
import type { ServerFrame } from '../../src/client/server-frame.ts'
import { CLOSE_CODES } from '../../src/protocol/codes.ts'
import { readingAt } from '../gateway/messages.ts'

/** Runs events through the machine; `sent` and the rest are what the last of them brought about. */
function machine() {
  let state: ConnectionState = begin().state
  return {
    get state() {
      return state
    },
    on(event: ConnectionEvent): readonly ConnectionEffect[] {
      const next = transition(state, event)
      state = next.state
      return next.effects
    },
  }
}

const frame = (received: ServerFrame): ConnectionEvent => ({ type: 'frame', frame: received })
const result = (id: number, held: Record<string, unknown>) => frame({ type: 'result', id, result: held })
const push = (offset: number, kind: 'snapshot' | 'update' = 'update') =>
  frame({ type: 'push', push: { station: 'pond', topic: 'reading', kind, offset, data: readingAt(offset) } })
const lost = (code: number): ConnectionEvent => ({ type: 'lost', code, reason: '', draw: 0 })
const follow = { type: 'follow', station: 'pond', topics: ['reading'] } as const

/** A connection that has read the topic up to an offset. */
function readUpTo(offset: number) {
  const connection = machine()
  connection.on(follow)
  connection.on({ type: 'opened' })
  connection.on(result(1, { epoch: 'E1', offsets: { reading: offset } }))
  connection.on(push(offset, 'snapshot'))
  return connection
}

describe('connection state', () => {
  it('connection state - what was asked for before the line was open is asked when it is', () => {
    const connection = machine()
    expect(connection.on(follow)).toEqual([])
    expect(connection.on({ type: 'opened' })).toEqual([
      { type: 'send', frame: { id: 1, subscribe: { station: 'pond', topics: ['reading'] } } },
    ])
  })

  it('connection state - after a loss it asks for what it missed, from the last offset it delivered', () => {
    const connection = readUpTo(7)
    connection.on(push(8))
    connection.on(push(12))
    connection.on(lost(1006))
    expect(connection.on({ type: 'retry_due' })).toEqual([{ type: 'open_socket' }])
    expect(connection.on({ type: 'opened' })).toEqual([
      {
        type: 'send',
        frame: {
          id: 2,
          subscribe: {
            station: 'pond',
            topics: ['reading'],
            recover: { epoch: 'E1', offsets: { reading: 12 } },
          },
        },
      },
    ])
  })

  it('connection state - a topic of which nothing was read yet is asked for apart, and costs the others nothing', () => {
    const connection = readUpTo(7)
    connection.on({ type: 'follow', station: 'pond', topics: ['score'] })
    connection.on(lost(1006))
    connection.on({ type: 'retry_due' })
    const sent = connection.on({ type: 'opened' })
    expect(sent).toMatchObject([
      { frame: { subscribe: { topics: ['reading'], recover: { offsets: { reading: 7 } } } } },
      { frame: { subscribe: { topics: ['score'] } } },
    ])
    expect(sent[1]).not.toHaveProperty('frame.subscribe.recover')
  })

  it('connection state - a position refused is forgotten until its snapshot has come', () => {
    const connection = readUpTo(7)
    connection.on(lost(CLOSE_CODES.going_away))
    connection.on({ type: 'retry_due' })
    connection.on({ type: 'opened' })
    connection.on(result(2, { epoch: 'E2', offsets: { reading: 3 }, recovered: false }))
    connection.on(lost(1006))
    connection.on({ type: 'retry_due' })
    expect(connection.on({ type: 'opened' })[0]).not.toHaveProperty('frame.subscribe.recover')
  })

  it('connection state - a topic that had no message can be recovered from its beginning', () => {
    const connection = machine()
    connection.on(follow)
    connection.on({ type: 'opened' })
    connection.on(result(1, { epoch: 'E1', offsets: { reading: 0 } }))
    connection.on(lost(1006))
    connection.on({ type: 'retry_due' })
    expect(connection.on({ type: 'opened' })).toMatchObject([
      { frame: { subscribe: { recover: { epoch: 'E1', offsets: { reading: 0 } } } } },
    ])
  })

  it('connection state - says how many messages were left out between two updates', () => {
    const connection = readUpTo(7)
    expect(connection.on(push(8))).toMatchObject([{ type: 'deliver', skipped: 0 }])
    expect(connection.on(push(12))).toMatchObject([{ type: 'deliver', skipped: 3 }])
    expect(connection.on(push(13, 'snapshot'))).toMatchObject([{ type: 'deliver', skipped: undefined }])
  })

  it.each([
    ['the same server: it has counted on', 'E1', 7 + 5, 4],
    ['the same server, nothing new', 'E1', 7, 0],
    ['another server, which counts anew', 'E2', 3, null],
  ])('connection state - says what could not be recovered (%s)', (_, epoch, offset, skipped) => {
    const connection = readUpTo(7)
    connection.on(lost(1006))
    connection.on({ type: 'retry_due' })
    connection.on({ type: 'opened' })
    connection.on(result(2, { epoch, offsets: { reading: offset }, recovered: false }))
    expect(connection.on(push(offset, 'snapshot'))).toMatchObject([{ type: 'deliver', skipped }])
    expect(connection.on(push(offset + 1))).toMatchObject([{ type: 'deliver', skipped: 0 }])
  })

  it('connection state - what was recovered was not missed, nor what a second subscriber is shown again', () => {
    const connection = readUpTo(7)
    connection.on(lost(1006))
    connection.on({ type: 'retry_due' })
    connection.on({ type: 'opened' })
    connection.on(result(2, { epoch: 'E1', offsets: { reading: 9 }, recovered: true }))
    expect(connection.on(push(8))).toMatchObject([{ type: 'deliver', skipped: 0 }])
    connection.on(follow)
    connection.on(result(3, { epoch: 'E1', offsets: { reading: 8 } }))
    expect(connection.on(push(8, 'snapshot'))).toMatchObject([{ type: 'deliver', skipped: undefined }])
  })

  it('connection state - what is no longer followed is delivered no longer, nor asked for again', () => {
    const connection = readUpTo(7)
    expect(connection.on({ type: 'unfollow', station: 'pond', topics: ['reading'] })).toEqual([
      { type: 'send', frame: { id: 2, unsubscribe: { station: 'pond', topics: ['reading'] } } },
    ])
    expect(connection.on(push(8))).toEqual([])
    connection.on(lost(1006))
    connection.on({ type: 'retry_due' })
    expect(connection.on({ type: 'opened' })).toEqual([])
  })

  it('connection state - a rejection is told and the topic dropped', () => {
    const connection = machine()
    connection.on(follow)
    connection.on({ type: 'opened' })
    const error = { code: 'unknown_station', message: "no station 'pond'", temporary: false } as const
    expect(connection.on(frame({ type: 'error', id: 1, error }))).toEqual([
      { type: 'rejected', station: 'pond', topics: ['reading'], error },
    ])
    expect(connection.state.followed.size).toBe(0)
  })

  it('connection state - a station that a restarted server does not know yet is asked for again later', () => {
    const connection = readUpTo(7)
    connection.on(lost(1006))
    connection.on({ type: 'retry_due' })
    connection.on({ type: 'opened' })
    const error = {
      code: 'unknown_station',
      message: "no station 'pond' (known: none yet)",
      temporary: false,
    } as const
    const later = connection.on(frame({ type: 'error', id: 2, error }))
    expect(later).toEqual([{ type: 'ask_again_later', station: 'pond', topics: ['reading'] }])
    expect(connection.on({ ...follow, type: 'ask_again' })).toMatchObject([{ frame: { id: 3 } }])
  })

  it.each(Object.entries(CLOSE_CODES))(
    'connection state - after %s it comes back or stays away as the code says',
    (_name, code) => {
      const connection = readUpTo(7)
      const effects = connection.on(lost(code))
      expect(effects.some(({ type }) => type === 'retry_in')).toBe(code < 4500)
      expect(connection.state.phase.name).toBe(code < 4500 ? 'waiting' : 'closed')
      expect(comesBack(code)).toBe(code < 4500)
    },
  )

  it('connection state - pauses grow while nothing is heard, and start anew once something was', () => {
    const connection = machine()
    const pauses: number[] = []
    for (let n = 0; n < 9; n++) {
      const [effect] = connection.on(lost(1006))
      if (effect?.type === 'retry_in') pauses.push(effect.ms)
      connection.on({ type: 'retry_due' })
    }
    expect(pauses).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000])
    connection.on({ type: 'opened' })
    connection.on(frame({ type: 'closing' }))
    expect(connection.on(lost(1006))).toEqual([{ type: 'retry_in', ms: 250 }])
  })

  it('connection state - a pause is drawn from the upper half of its range', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (attempt, draw) => {
          const longest = Math.min(30_000, 500 * 2 ** (attempt - 1))
          const ms = backoffMs(attempt, draw)
          expect(ms).toBeGreaterThanOrEqual(longest / 2)
          expect(ms).toBeLessThanOrEqual(longest)
        },
      ),
    )
  })

  it('connection state - closed is the end: nothing more happens', () => {
    const connection = readUpTo(7)
    expect(connection.on({ type: 'close' })).toEqual([{ type: 'close_socket' }])
    const after: ConnectionEvent[] = [lost(1006), { type: 'retry_due' }, { type: 'opened' }, push(8), follow]
    expect(after.flatMap((event) => connection.on(event))).toEqual([])
  })
})
