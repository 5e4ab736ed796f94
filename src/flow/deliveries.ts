import { Observable } from 'rxjs'
import type { Bus, SubscribeOptions } from '../bus/bus.ts'
import type { TickDelivery } from '../core/events.ts'
import { breather, PIPELINE_SLICE_MS } from '../domain/breather.ts'
import { deferred } from '../domain/deferred.ts'
import type { TickMessage } from '../protocol/tick.ts'

/** How many ticks may be under way at once: enough to keep a server's round trips busy, few enough to stay bounded. */
const IN_FLIGHT = 256

/** A tick as it was written down. */
export interface JournalledTick {
  readonly position: number
  readonly tick: TickMessage
}

/**
 * False for a tick that is to be passed over, as of a replay session that is over; a promise where it and all behind it
 * are to wait, and be asked for again.
 */
export type AcceptTick = (tick: TickMessage) => boolean | Promise<void>

/** A station's ticks from the bus, and how they are acknowledged. */
export interface Deliveries {
  readonly ticks$: Observable<TickDelivery>
  /**
   * Called once a tick sets off nothing more; with a promise where the bus has yet to take some of its output. A
   * delivery of an earlier run is no longer known, and ignored.
   */
  done(delivery: number, published: Promise<void> | undefined): void
}

/** A tick that has been handed on. One that is worked off at once costs no promise. */
interface UnderWay {
  finished: boolean
  published: Promise<void> | undefined
  resolve: ((published: Promise<void> | undefined) => void) | undefined
}

interface Held {
  readonly tick: TickMessage
  readonly position: number | undefined
  readonly resolve: (outcome: Promise<void> | undefined) => void
}

export function openDeliveries(
  bus: Bus,
  {
    station,
    from,
    backlog,
    accept,
    ready,
  }: {
    readonly station: string
    readonly from: NonNullable<SubscribeOptions['from']>
    /** Ticks to begin with, oldest first: journalled, and not in the state that the pipeline begins with. */
    readonly backlog?: AsyncIterable<readonly JournalledTick[]> | undefined
    readonly accept: AcceptTick
    /** Called once the subscription is active and the backlog worked off. */
    readonly ready: () => void
  },
): Deliveries {
  const underWay = new Map<number, UnderWay>()
  let last = 0

  const outcome = (one: UnderWay): Promise<void> | undefined => {
    if (one.finished) return one.published
    return new Promise<void>((settle) => {
      one.resolve = (published) => settle(published ?? undefined)
    })
  }

  const ticks$ = new Observable<TickDelivery>((subscriber) => {
    /** Position of the newest tick of the backlog; what the bus delivers again is passed over. */
    let newest = Number.NEGATIVE_INFINITY
    /** What is to wait, in order. */
    const held: Held[] = []
    const deliver = (tick: TickMessage, position: number | undefined): Promise<void> | undefined => {
      if (position !== undefined && position <= newest) return undefined
      if (held.length > 0) return hold(tick, position)
      const accepted = accept(tick)
      if (accepted === false || subscriber.closed) return undefined
      if (accepted !== true) {
        void accepted.then(release)
        return hold(tick, position)
      }
      const delivery = ++last
      const one: UnderWay = { finished: false, published: undefined, resolve: undefined }
      underWay.set(delivery, one)
      subscriber.next({ delivery, tick, ...(position !== undefined && { position }) })
      return outcome(one)
    }
    const hold = (tick: TickMessage, position: number | undefined): Promise<void> =>
      new Promise((resolve) => held.push({ tick, position, resolve }))
    const release = (): void => {
      for (const { tick, position, resolve } of held.splice(0)) resolve(deliver(tick, position))
    }
    const workOff = async (): Promise<void> => {
      const breath = breather(PIPELINE_SLICE_MS)
      for await (const ticks of backlog ?? []) {
        for (const { tick, position } of ticks) {
          if (subscriber.closed) return
          await deliver(tick, position)
          newest = position
          if (breath.isDue) await breath.pause()
        }
      }
    }
    // What comes meanwhile waits on the bus: the subscription is active before the backlog is read.
    const caughtUp = deferred<void>()
    const subscription = bus.subscribe(
      { station, topic: 'tick' },
      ({ message, position }) =>
        backlog && !done
          ? caughtUp.promise.then(() => deliver(message, position))
          : deliver(message, position),
      { from, maxInFlight: IN_FLIGHT },
    )
    let done = backlog === undefined
    const stands = done
      ? subscription
      : subscription.then(workOff).then(() => {
          done = true
          caughtUp.resolve()
        })
    stands.then(ready, (error: unknown) => subscriber.error(error))
    return () => {
      caughtUp.resolve()
      void subscription.then((open) => open.close()).catch(() => undefined)
    }
  })

  return {
    ticks$,
    done(delivery, published) {
      const one = underWay.get(delivery)
      if (!one) {
        // Nobody waits for it: where the bus closes before it has taken the output, there is nobody to tell.
        published?.catch(() => undefined)
        return
      }
      underWay.delete(delivery)
      one.finished = true
      one.published = published
      one.resolve?.(published)
    },
  }
}
