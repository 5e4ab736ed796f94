import { type Deferred, deferred } from '../domain/deferred.ts'

/** What waits for one subscriber: handed to it in order, `maxInFlight` at a time, errors reported and passed over. */
export interface Mailbox<Item> {
  /** Hands the item on at once where nothing is in its way, else queues it. Never refuses: ask `room` and wait. */
  offer(item: Item): void
  /** Items that wait; those under way are not among them. */
  readonly waiting: number
  /** Undefined while fewer than `highWater` items wait; else resolves once half of them are gone. */
  room(): Promise<void> | undefined
  /** Resolves when everything offered so far has been handled. */
  drained(): Promise<void>
  /** No handler is called after this; what waited is dropped. */
  close(): void
}

export interface MailboxOptions<Item> {
  readonly handle: (item: Item) => void | Promise<void>
  readonly onError: (error: unknown, item: Item) => void
  /** Default 1. */
  readonly maxInFlight?: number | undefined
  /** Default 512. */
  readonly highWater?: number | undefined
  /** Called after waiting items have been handed on: there is room for more. */
  readonly onTaken?: () => void
}

const COMPACT_AT = 1024

/** A handler that returns nothing costs no promise: its item is done when the call is. */
export function mailbox<Item>(options: MailboxOptions<Item>): Mailbox<Item> {
  const { handle, onError, onTaken, maxInFlight = 1, highWater = 512 } = options
  const queue: (Item | undefined)[] = []
  let head = 0
  let handing = false
  let closed = false
  let offered = 0
  let taken = 0
  const inFlight = new Set<Promise<void>>()
  let drains: { readonly upTo: number; readonly resolve: () => void }[] = []
  let roomMade: Deferred<void> | undefined

  function hand(item: Item): void {
    taken++
    try {
      const handled = handle(item)
      if (handled instanceof Promise) track(handled, item)
    } catch (error) {
      onError(error, item)
    }
  }

  function track(handled: Promise<void>, item: Item): void {
    const settled = handled
      .catch((error: unknown) => onError(error, item))
      .then(() => {
        inFlight.delete(settled)
        drain()
      })
    inFlight.add(settled)
  }

  function drain(): void {
    if (handing) return
    handing = true
    const before = head
    while (head < queue.length && inFlight.size < maxInFlight && !closed) {
      const item = queue[head] as Item
      queue[head++] = undefined
      hand(item)
    }
    handing = false
    if (head === before) return
    if (head === queue.length || head > COMPACT_AT) {
      queue.splice(0, head)
      head = 0
    }
    if (queue.length - head <= highWater / 2) release()
    if (drains.length > 0) {
      for (const { upTo, resolve } of drains) if (upTo <= taken) resolve()
      drains = drains.filter(({ upTo }) => upTo > taken)
    }
    onTaken?.()
  }

  function release(): void {
    roomMade?.resolve()
    roomMade = undefined
  }

  return {
    offer(item) {
      if (closed) return
      offered++
      if (handing || head < queue.length || inFlight.size >= maxInFlight) {
        queue.push(item)
        return
      }
      handing = true
      hand(item)
      handing = false
      // The handler itself may have offered more.
      if (head < queue.length) drain()
    },
    get waiting() {
      return queue.length - head
    },
    room() {
      if (queue.length - head < highWater || closed) return undefined
      roomMade ??= deferred<void>()
      return roomMade.promise
    },
    async drained() {
      if (taken < offered && !closed) {
        const upTo = offered
        await new Promise<void>((resolve) => drains.push({ upTo, resolve }))
      }
      await Promise.all([...inFlight])
    },
    close() {
      closed = true
      queue.length = 0
      head = 0
      release()
      for (const { resolve } of drains.splice(0)) resolve()
    },
  }
}
