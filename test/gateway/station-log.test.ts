import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TopicLog } from '../../src/gateway/station-log.ts'
import { readingAt } from './messages.ts'

describe('station log', () => {
  it('station log - offsets count from 1 by one a message, and 0 is before the first', () => {
    const log = new TopicLog('pond', 'reading')
    expect([log.offset, log.newest]).toEqual([0, undefined])
    expect([0, 1, 2].map((n) => log.append(readingAt(n)).offset)).toEqual([1, 2, 3])
    expect(log.newest?.message).toEqual(readingAt(2))
  })

  it('station log - what was missed is given whole and in order, or not at all', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 50 }), (count, since) => {
        const kept = 8
        const log = new TopicLog('pond', 'reading', kept)
        for (let n = 1; n <= count; n++) log.append(readingAt(n))
        const missed = log.after(since)?.map(({ offset, message }) => [offset, message.values['T (degC)']])
        const all = Array.from({ length: Math.max(0, count - since) }, (_, k) => [
          since + k + 1,
          since + k + 1,
        ])
        expect(missed).toEqual(since <= count && count - since <= kept ? all : undefined)
      }),
    )
  })

  it('station log - a message is made into bytes once for all who are sent it', () => {
    const entry = new TopicLog('pond', 'reading').append(readingAt(3))
    expect(entry.frame('update')).toBe(entry.frame('update'))
    expect(JSON.parse(entry.frame('snapshot').toString())).toEqual({
      station: 'pond',
      topic: 'reading',
      kind: 'snapshot',
      offset: 1,
      data: readingAt(3),
    })
  })
})
