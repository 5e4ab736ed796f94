import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { retainedTopics } from '../../src/mqtt/retained.ts'

/** A broker that can be away and slow, which a real one cannot be made to be at a given message. */
function broker() {
  const taken: string[] = []
  const link = {
    isConnected: true,
    publish: async (topic: string, payload: string) => {
      if (!link.isConnected) throw new Error('away')
      taken.push(`${topic}=${payload}`)
    },
  }
  return { link, taken }
}
const settled = () => vi.advanceTimersByTimeAsync(0)

describe('mqtt retained', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
  afterEach(() => void vi.useRealTimers())

  it('mqtt retained - of a topic that changes fast the first and the newest go out, a second apart; others do not wait for it', async () => {
    const { link, taken } = broker()
    const retained = retainedTopics(link, (error) => expect.fail(String(error)))
    let made = 0
    for (let n = 0; n <= 1000; n++) {
      retained.set('a', () => `${++made} of ${n}`)
      if (n === 0) await settled()
    }
    retained.set('b', () => '1')
    await settled()
    expect(taken).toEqual(['a=1 of 0', 'b=1'])
    await vi.advanceTimersByTimeAsync(999)
    expect(taken).toHaveLength(2)
    await vi.advanceTimersByTimeAsync(1)
    expect(taken).toEqual(['a=1 of 0', 'b=1', 'a=2 of 1000'])
  })

  it('mqtt retained - what was set while the broker was away stands there once it is back, and so does all that stood before', async () => {
    const { link, taken } = broker()
    const retained = retainedTopics(link, (error) => expect.fail(String(error)))
    retained.set('a', () => '1')
    await settled()
    link.isConnected = false
    retained.set('b', () => '2')
    retained.set('b', () => '3')
    await vi.advanceTimersByTimeAsync(60_000)
    expect(taken).toEqual(['a=1'])
    link.isConnected = true
    retained.renew()
    await settled()
    expect(taken).toEqual(['a=1', 'a=1', 'b=3'])
  })

  it('mqtt retained - what is to stand no more is emptied, once, and flush hands over what waits', async () => {
    const { link, taken } = broker()
    const retained = retainedTopics(link, (error) => expect.fail(String(error)))
    retained.set('a', () => '1')
    await settled()
    retained.set('a', undefined)
    await retained.flush()
    expect(taken).toEqual(['a=1', 'a='])
    retained.renew()
    await settled()
    expect(taken).toHaveLength(2)
  })
})
