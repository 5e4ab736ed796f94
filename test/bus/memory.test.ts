import { describe, expect, it } from 'vitest'
import { memoryBus } from '../../src/bus/memory.ts'
import { busContract, numbered, publishTicks, tick } from '../contract/bus.ts'

busContract('in process', async () => {
  const errors: Error[] = []
  const bus = memoryBus({ onError: (error) => errors.push(error) })
  return { bus, errors, close: () => bus.close() }
})

const failing = (error: Error) => {
  throw error
}

describe('memory bus', () => {
  it('memory bus - a handler that returns nothing has run when publish returns, with the very object published', async () => {
    const bus = memoryBus({ onError: failing })
    const seen: unknown[] = []
    await bus.subscribe({ topic: 'tick' }, ({ message }) => void seen.push(message))
    const sent = tick(1)
    expect(bus.publish('jena', 'tick', sent)).toBeUndefined()
    expect(seen[0]).toBe(sent)
  })

  it('memory bus - publish asks to wait at the high-water mark, and until half of what waited is gone', async () => {
    const bus = memoryBus({ onError: failing, highWater: 4 })
    const open: (() => void)[] = []
    await bus.subscribe({ topic: 'tick' }, () => new Promise<void>((resolve) => open.push(resolve)))
    // under way: 0; waiting: 1 2 3
    for (let n = 0; n < 4; n++) expect(bus.publish('jena', 'tick', tick(n))).toBeUndefined()
    let room = false
    const wait = bus.publish('jena', 'tick', tick(4))
    expect(wait).toBeInstanceOf(Promise)
    void wait?.then(() => {
      room = true
    })
    const finishOne = async () => {
      open.shift()?.()
      await new Promise((resolve) => setImmediate(resolve))
    }
    await finishOne() // waiting: 2 3 4
    expect(room).toBe(false)
    await finishOne() // waiting: 3 4
    expect(room).toBe(true)
  })

  it('memory bus - flush waits for what was published before it, handlers included, and for nothing later', async () => {
    const bus = memoryBus({ onError: failing })
    const open: (() => void)[] = []
    const done: string[] = []
    await bus.subscribe({ topic: 'tick' }, async ({ message }) => {
      await new Promise<void>((resolve) => open.push(resolve))
      done.push(message.id)
    })
    await publishTicks(bus, { station: 'jena', count: 2 })
    let flushed = false
    const flush = bus.flush().then(() => {
      flushed = true
    })
    await publishTicks(bus, { station: 'jena', from: 2, count: 3 })
    open.shift()?.()
    await new Promise((resolve) => setImmediate(resolve))
    expect(flushed).toBe(false)
    open.shift()?.()
    await flush
    expect(done).toEqual(['0', '1'])
  })

  it('memory bus - flush with nothing under way resolves at once', async () => {
    const bus = memoryBus({ onError: failing })
    await bus.subscribe({ topic: 'tick' }, () => undefined)
    await publishTicks(bus, { station: 'jena', count: 3 })
    await expect(bus.flush()).resolves.toBeUndefined()
  })

  it('memory bus - closing drops what waits and lets a publisher that waits go', async () => {
    const bus = memoryBus({ onError: failing, highWater: 1 })
    const seen: string[] = []
    await bus.subscribe({ topic: 'tick' }, ({ message }) => {
      seen.push(message.id)
      return new Promise<void>(() => undefined)
    })
    void bus.publish('jena', 'tick', tick(0))
    const wait = bus.publish('jena', 'tick', tick(1))
    await bus.close()
    await wait
    expect(seen).toEqual(['0'])
  })

  it('memory bus - a handler that publishes thousands on its own topic neither overflows the stack nor loses order', async () => {
    const bus = memoryBus({ onError: failing })
    const seen: string[] = []
    await bus.subscribe({ topic: 'tick' }, ({ message }) => {
      seen.push(message.id)
      const next = Number(message.id) + 1
      if (next < 20_000) void bus.publish('jena', 'tick', tick(next))
    })
    bus.publish('jena', 'tick', tick(0))
    expect(seen).toEqual(numbered(20_000))
  })
})
