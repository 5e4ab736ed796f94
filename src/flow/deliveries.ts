import { Observable } from 'rxjs'
import type { Bus, SubscribeOptions } from '../bus/bus.ts'
import type { TickDelivery } from '../core/events.ts'
import type { TickMessage } from '../protocol/messages.ts'

/** How many ticks may be under way at once: enough to keep a server's round trips busy, few enough to stay bounded. */
const IN_FLIGHT = 256

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

export function openDeliveries(
  bus: Bus,
  {
    station,
    from,
    accept,
    ready,
  }: {
    readonly station: string
    readonly from: NonNullable<SubscribeOptions['from']>
    /** False for ticks that are to be passed over, such as those of a replay session that is over. */
    readonly accept: (tick: TickMessage) => boolean
    /** Called once the subscription is active, so that nothing is published before. */
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
    const subscription = bus.subscribe(
      { station, topic: 'tick' },
      ({ message: tick }) => {
        if (!accept(tick)) return undefined
        const delivery = ++last
        const one: UnderWay = { finished: false, published: undefined, resolve: undefined }
        underWay.set(delivery, one)
        subscriber.next({ delivery, tick })
        return outcome(one)
      },
      { from, maxInFlight: IN_FLIGHT },
    )
    subscription.then(ready, (error: unknown) => subscriber.error(error))
    return () => {
      void subscription.then((open) => open.close()).catch(() => undefined)
    }
  })

  return {
    ticks$,
    done(delivery, published) {
      const one = underWay.get(delivery)
      if (!one) return
      underWay.delete(delivery)
      one.finished = true
      one.published = published
      one.resolve?.(published)
    },
  }
}
