import { Subject } from 'rxjs'
import { memoryBus } from '../src/bus/memory.ts'
import type { TickMessage } from '../src/protocol/tick.ts'
import type { Contender } from './harness.ts'

const TIMES = 200

/** A minimal subscriber: it looks at the tick. */
function look(): { readonly at: (tick: TickMessage) => void; readonly seen: () => number } {
  let seen = 0
  let sum = 0
  return {
    at(tick) {
      const value = tick.values['T (degC)']
      if (typeof value === 'number') sum += value
      seen++
    },
    seen: () => (Number.isNaN(sum) ? 0 : seen),
  }
}

export function embeddedBusContenders(ticks: readonly TickMessage[]): Contender[] {
  return [
    {
      name: 'RxJS Subject',
      async open() {
        const subject = new Subject<TickMessage>()
        const { at, seen } = look()
        subject.subscribe(at)
        return {
          async pass(halfway) {
            for (let time = 0; time < TIMES; time++) {
              if (time === TIMES / 2) halfway?.()
              for (const tick of ticks) subject.next(tick)
            }
            return seen()
          },
          async close() {
            subject.complete()
          },
        }
      },
    },
    {
      name: 'embedded bus',
      against: 'RxJS Subject',
      target: 0.6,
      async open() {
        const bus = memoryBus({
          onError(error) {
            throw error
          },
        })
        const { at, seen } = look()
        await bus.subscribe({ topic: 'tick' }, ({ message }) => at(message))
        return {
          async pass(halfway) {
            for (let time = 0; time < TIMES; time++) {
              if (time === TIMES / 2) halfway?.()
              for (const tick of ticks) {
                const room = bus.publish('jena', 'tick', tick, tick.id)
                if (room) await room
              }
            }
            await bus.flush()
            return seen()
          },
          close: () => bus.close(),
        }
      },
    },
  ]
}
