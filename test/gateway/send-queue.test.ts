import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SendQueue } from '../../src/gateway/send-queue.ts'
import { TopicLog } from '../../src/gateway/station-log.ts'
import { readingAt, score } from './messages.ts'

/** A line that takes nothing unless told to: what a socket with a stalled peer looks like from here. */
const LIMITS = { boundBytes: 1_000, pushesPerSecond: 10, burst: 3, scoresPerSecond: 2 }

function stalledLine(limits = LIMITS) {
  const sent: { offset: number; kind: string }[] = []
  const line = { bufferedAmount: 0, now: 0, waiting: false, conflated: 0, keeps: true }
  const queue = new SendQueue({
    sink: {
      get bufferedAmount() {
        return line.bufferedAmount
      },
      send(frame) {
        const { offset, kind } = JSON.parse(frame.toString())
        sent.push({ offset, kind })
        if (line.keeps) line.bufferedAmount += frame.byteLength
      },
    },
    limits,
    clock: () => line.now,
    onWaiting: () => {
      line.waiting = true
    },
    onPush: () => undefined,
    onConflated: () => {
      line.conflated += 1
    },
  })
  return { queue, line, sent }
}

describe('send queue', () => {
  it('send queue - a burst goes out whole, then the newest at the pace, and nothing is said to be sent twice', () => {
    const { queue, line, sent } = stalledLine()
    line.keeps = false
    const topicQueue = queue.topicQueue('pond', 'reading')
    const log = new TopicLog('pond', 'reading')
    for (let n = 1; n <= 10; n++) topicQueue.offer(log.append(readingAt(n)))
    expect(sent.map(({ offset }) => offset)).toEqual([1, 2, 3])
    expect(line.waiting).toBe(true)
    expect(line.conflated).toBe(6)
    line.now = 100
    queue.flush()
    expect(sent.map(({ offset }) => offset)).toEqual([1, 2, 3, 10])
    queue.flush()
    expect(sent).toHaveLength(4)
  })

  it('send queue - scores, which are large, go at a pace of their own, the newest first', () => {
    const { queue, line, sent } = stalledLine({ ...LIMITS, pushesPerSecond: 1e6, burst: 1e6 })
    line.keeps = false
    const topicQueue = queue.topicQueue('pond', 'score')
    const log = new TopicLog('pond', 'score')
    const offer = () => topicQueue.offer(log.append(score))
    for (let n = 1; n <= 10; n++) offer()
    expect(sent.map(({ offset }) => offset)).toEqual([1, 2])
    line.now = 500
    queue.flush()
    offer()
    expect(sent.map(({ offset }) => offset)).toEqual([1, 2, 10])
    line.now = 1_000
    queue.flush()
    expect(sent.map(({ offset }) => offset)).toEqual([1, 2, 10, 11])
  })

  it('send queue - a line that does not drain costs one waiting message a topic, and gets the newest when it does', () => {
    const { queue, line, sent } = stalledLine({
      ...LIMITS,
      boundBytes: 500,
      pushesPerSecond: 1e6,
      burst: 1e6,
    })
    const topicQueue = queue.topicQueue('pond', 'reading')
    const log = new TopicLog('pond', 'reading')
    for (let n = 1; n <= 10_000; n++) topicQueue.offer(log.append(readingAt(n)))
    expect(line.bufferedAmount).toBeLessThan(1_000)
    expect(queue.congested()).toBe(true)
    line.bufferedAmount = 0
    queue.flush()
    expect(sent.at(-1)).toEqual({ offset: 10_000, kind: 'update' })
  })

  it('send queue - a snapshot that had to wait is still a snapshot, of the newest message', () => {
    const { queue, line, sent } = stalledLine()
    line.bufferedAmount = 2_000
    const topicQueue = queue.topicQueue('pond', 'reading')
    const log = new TopicLog('pond', 'reading')
    topicQueue.snapshot(log.append(readingAt(1)))
    topicQueue.offer(log.append(readingAt(2)))
    expect(sent).toEqual([])
    line.bufferedAmount = 0
    queue.flush()
    topicQueue.offer(log.append(readingAt(3)))
    expect(sent).toEqual([
      { offset: 2, kind: 'snapshot' },
      { offset: 3, kind: 'update' },
    ])
  })

  it('send queue - whatever the pace and the line, offsets only rise and the newest arrives in the end', () => {
    const step = fc.record({ messages: fc.nat(20), passed: fc.nat(500), drains: fc.boolean() })
    fc.assert(
      fc.property(fc.array(step, { minLength: 1 }), (steps) => {
        const { queue, line, sent } = stalledLine()
        const topicQueue = queue.topicQueue('pond', 'reading')
        const log = new TopicLog('pond', 'reading')
        for (const { messages, passed, drains } of steps) {
          for (let n = 0; n < messages; n++) topicQueue.offer(log.append(readingAt(n)))
          line.now += passed
          if (drains) line.bufferedAmount = 0
          queue.flush()
        }
        line.now += 1_000
        line.bufferedAmount = 0
        queue.flush()
        const offsets = sent.map(({ offset }) => offset)
        expect(offsets).toEqual([...new Set(offsets)].sort((a, b) => a - b))
        expect(offsets.at(-1) ?? 0).toBe(log.offset)
        expect(offsets.length + line.conflated).toBe(log.offset)
      }),
    )
  })
})
