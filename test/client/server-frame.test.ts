import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { serverFrame } from '../../src/client/server-frame.ts'
import { readingAt } from '../gateway/messages.ts'

const push = { station: 'pond', topic: 'reading', kind: 'update', offset: 3, data: readingAt(3) }

describe('server frame', () => {
  it('server frame - replies, errors, pushes and announcements are told apart', () => {
    const error = { code: 'no_replay', message: 'live', temporary: false }
    expect(serverFrame('{"id":1,"result":{"pong":2}}')).toEqual({
      type: 'result',
      id: 1,
      result: { pong: 2 },
    })
    expect(serverFrame(JSON.stringify({ id: null, error }))).toEqual({ type: 'error', id: null, error })
    expect(serverFrame(JSON.stringify(push))).toEqual({ type: 'push', push })
    expect(serverFrame('{"closing":{"code":4000}}')).toEqual({ type: 'closing' })
  })

  it.each([
    ['a topic of later times', { ...push, topic: 'wind' }],
    ['a kind of later times', { ...push, kind: 'patch' }],
    ['a push without data', { ...push, data: null }],
    ['a frame of later times', { weather: 'fine' }],
    ['an error without a code', { id: 1, error: {} }],
  ])('server frame - %s is ignored', (_what, frame) => {
    expect(serverFrame(JSON.stringify(frame))).toBeUndefined()
  })

  it('server frame - nothing that can be received throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        serverFrame(text)
      }),
    )
  })
})
