import { Observable } from 'rxjs'
import type { Bus, SubscribeOptions } from '../bus/bus.ts'
import type { TickMessage } from '../protocol/messages.ts'
import type { Turn } from './moment.ts'

/** How many ticks may be under way at once: enough to keep a server's round trips busy, few enough to stay bounded. */
const IN_FLIGHT = 256

/** A station's ticks from the bus. `ready` is told once the subscription stands, so that nothing is published before. */
export function turns(
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
    readonly ready: () => void
  },
): Observable<Turn> {
  return new Observable((subscriber) => {
    const subscription = bus.subscribe(
      { station, topic: 'tick' },
      ({ message: tick }) => {
        if (!accept(tick)) return undefined
        const turn = openTurn(tick)
        subscriber.next(turn)
        return turn.outcome()
      },
      { from, maxInFlight: IN_FLIGHT },
    )
    subscription.then(ready, (error: unknown) => subscriber.error(error))
    return () => {
      void subscription.then((open) => open.close()).catch(() => undefined)
    }
  })
}

/** A turn that is worked off at once costs no promise; one that has to wait makes its delivery wait. */
function openTurn(tick: TickMessage): Turn & { outcome(): Promise<void> | undefined } {
  let finished = false
  let pending: Promise<void> | undefined
  let resolve: ((published: Promise<void> | undefined) => void) | undefined
  return {
    tick,
    done(published) {
      finished = true
      pending = published
      resolve?.(published)
    },
    outcome() {
      if (finished) return pending
      return new Promise<void>((settle) => {
        resolve = (published) => settle(published ?? undefined)
      })
    },
  }
}
