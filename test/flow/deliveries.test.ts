import { describe, expect, it, onTestFinished } from 'vitest'
import { type Bus, BusClosed, type SubscribeOptions } from '../../src/bus/bus.ts'
import { memoryBus } from '../../src/bus/memory.ts'
import type { TickDelivery } from '../../src/core/events.ts'
import { deferred } from '../../src/domain/deferred.ts'
import { type Deliveries, openDeliveries } from '../../src/flow/deliveries.ts'
import type { TickMessage } from '../../src/protocol/tick.ts'
import { weatherTicks } from './run-pipeline.ts'

type Handler = (delivery: { readonly message: TickMessage }) => Promise<void> | undefined

/** A bus whose one subscription is in the test's hands: what the handler answers is what acknowledges a tick. */
async function under({
  accept = () => true,
  whileHanded = () => undefined,
}: {
  accept?: (tick: TickMessage) => boolean
  whileHanded?: (handed: { deliveries: Deliveries; delivery: number }) => void
} = {}) {
  const subscribed = deferred<Handler>()
  let isOpen = true
  const memory = memoryBus({ onError: () => undefined })
  const bus: Bus = {
    ...memory,
    subscribe: async (_: unknown, handler: unknown) => {
      subscribed.resolve(handler as Handler)
      return {
        close: async () => {
          isOpen = false
        },
      }
    },
  }
  let isReady = false
  const deliveries = openDeliveries(bus, {
    ...{ station: 'test', from: 'new' as NonNullable<SubscribeOptions['from']>, accept },
    ready: () => {
      isReady = true
    },
  })
  const seen: TickDelivery[] = []
  const subscription = deliveries.ticks$.subscribe((handed) => {
    seen.push(handed)
    whileHanded({ deliveries, delivery: handed.delivery })
  })
  const handle = await subscribed.promise
  return { ...{ deliveries, seen, subscription, handle }, isOpen: () => isOpen, isReady: () => isReady }
}

/** Whether a promise is still open, once all else has had its turn. */
async function isPending(promise: Promise<unknown>): Promise<boolean> {
  let pending = true
  promise.then(() => {
    pending = false
  })
  for (let turn = 0; turn < 10; turn++) await undefined
  return pending
}

const [first, second] = weatherTicks(2) as [TickMessage, TickMessage]

describe('deliveries', () => {
  it('deliveries - hand ticks on in order, under numbers of their own, and say when the subscription stands', async () => {
    const { seen, handle, isReady } = await under()
    void handle({ message: first })
    void handle({ message: second })
    expect(seen).toEqual([
      { delivery: 1, tick: first },
      { delivery: 2, tick: second },
    ])
    await Promise.resolve()
    expect(isReady()).toBe(true)
  })

  it('deliveries - a tick is acknowledged when it has set off nothing more, whatever the one before it does', async () => {
    const { deliveries, handle } = await under()
    const [one, other] = [first, second].map((message) => handle({ message })!)
    deliveries.done(2, undefined)
    expect(await isPending(other!)).toBe(false)
    expect(await isPending(one!)).toBe(true)
    deliveries.done(1, undefined)
    expect(await isPending(one!)).toBe(false)
  })

  it('deliveries - and when the bus has taken on what it set off', async () => {
    const { deliveries, handle } = await under()
    const outcome = handle({ message: first })!
    const published = deferred<void>()
    deliveries.done(1, published.promise)
    expect(await isPending(outcome)).toBe(true)
    published.resolve()
    expect(await isPending(outcome)).toBe(false)
  })

  it('deliveries - one that is worked off while it is handed on costs no promise', async () => {
    const { handle } = await under({
      whileHanded: ({ deliveries, delivery }) => deliveries.done(delivery, undefined),
    })
    expect(handle({ message: first })).toBeUndefined()
  })

  it('deliveries - ticks that are not accepted are passed over', async () => {
    const { seen, handle } = await under({ accept: ({ id }) => id !== first.id })
    expect(handle({ message: first })).toBeUndefined()
    void handle({ message: second })
    expect(seen).toEqual([{ delivery: 1, tick: second }])
  })

  it('deliveries - what is done twice, or of an earlier run, is passed over', async () => {
    const { deliveries, handle } = await under()
    const outcome = handle({ message: first })!
    deliveries.done(7, undefined)
    expect(await isPending(outcome)).toBe(true)
    deliveries.done(1, undefined)
    deliveries.done(
      1,
      Promise.reject(new Error('never looked at')).catch(() => undefined),
    )
    expect(await isPending(outcome)).toBe(false)
  })

  it('deliveries - where nobody waits for what one of an earlier run set off, a bus that closes first does no harm', async () => {
    const { deliveries } = await under()
    const unhandled: unknown[] = []
    const listen = (reason: unknown) => void unhandled.push(reason)
    process.on('unhandledRejection', listen)
    onTestFinished(() => void process.off('unhandledRejection', listen))
    deliveries.done(0, Promise.reject(new BusClosed()))
    await new Promise((resolve) => setImmediate(resolve))
    expect(unhandled).toEqual([])
  })

  it('deliveries - the subscription ends with its listener', async () => {
    const { subscription, isOpen } = await under()
    expect(isOpen()).toBe(true)
    subscription.unsubscribe()
    for (let turn = 0; turn < 10; turn++) await undefined
    expect(isOpen()).toBe(false)
  })
})
