import { performance } from 'node:perf_hooks'
import { setImmediate } from 'node:timers/promises'
import type { Bus } from '../bus/bus.ts'
import { within } from '../domain/deadline.ts'
import { errorMessage } from '../domain/errors.ts'
import type { TickMessage } from '../protocol/tick.ts'
import { problem } from './problem.ts'

/** How long a server may take to store what a body held. */
const STORED_MS = 5_000
/** Ticks handed to a server before one of them is waited for. */
const MOST_AT_ONCE = 256
/** A tick handed to a pipeline in this process is worked off at once: so much of that in a row, milliseconds. */
const TARGET_MS = 6
/** What a tick costs until that is known, milliseconds: all experts on two cores of 2023. */
const FIRST_COST_MS = 1
const NEWEST_SHARE = 0.2

/**
 * Hands ticks to the bus, of all bodies for a station together no more at once than the event loop bears; one station that
 * waits, as for weights, holds up no other. Fulfilled once all are where they outlast this process and the bus's server.
 * Throws `busy` at once and keeps nothing while that is away: the sender tries again.
 */
export type TickPublisher = (station: string, ticks: readonly TickMessage[]) => Promise<void>

export function tickPublisher(bus: Bus): TickPublisher {
  const gates = new Map<string, TickGate>()
  return async (station, ticks) => {
    const gate = bus.kind === 'nats' ? openGate : (gates.get(station) ?? tickGate(FIRST_COST_MS))
    gates.set(station, gate)
    const healthError = bus.healthError()
    if (healthError !== undefined) throw busy(healthError)
    try {
      for (let at = 0; at < ticks.length; ) {
        const count = await gate.enter(ticks.length - at)
        const began = performance.eventLoopUtilization().active
        try {
          await Promise.all(
            ticks.slice(at, at + count).map((tick) => bus.publish(station, 'tick', tick, tick.id)),
          )
        } finally {
          gate.leave(count, performance.eventLoopUtilization().active - began)
        }
        at += count
        if (at < ticks.length) await setImmediate()
      }
      // A server's bus takes ticks on before they are stored; the one in process has written them down by now.
      if (bus.kind === 'nats') {
        await within(bus.flush(), { ms: STORED_MS, why: `they are not stored after ${STORED_MS / 1000} s` })
      }
    } catch (cause) {
      throw busy(errorMessage(cause))
    }
  }
}

interface TickGate {
  /** Fulfilled with how many of those wanted may go now: one at least. */
  enter(wanted: number): Promise<number>
  /** `activeMs`: for how long the event loop was busy meanwhile, with whatever. */
  leave(count: number, activeMs: number): void
}

/** What is handed to a server is worked off elsewhere, and one that hangs must not stand in the way of others. */
const openGate: TickGate = {
  enter: async (wanted) => Math.min(wanted, MOST_AT_ONCE),
  leave: () => undefined,
}

/** In the order in which they come. What a tick costs is learnt as they go, from `costMs` on. */
function tickGate(costMs: number): TickGate {
  const waiting: { readonly wanted: number; readonly go: (count: number) => void }[] = []
  let cost = costMs
  let inside = 0
  const room = (): number => {
    return Math.max(1, Math.min(MOST_AT_ONCE, Math.floor(TARGET_MS / cost))) - inside
  }
  const admit = (): void => {
    for (let free = room(); free > 0 && waiting.length > 0; free = room()) {
      const { wanted, go } = waiting.shift()!
      const count = Math.min(wanted, free)
      inside += count
      go(count)
    }
  }
  return {
    enter: (wanted) =>
      new Promise((go) => {
        waiting.push({ wanted, go })
        admit()
      }),
    leave(count, activeMs) {
      cost = Math.max(1e-3, cost + NEWEST_SHARE * (activeMs / inside - cost))
      inside -= count
      admit()
    },
  }
}

function busy(why: string) {
  return problem('busy', `the bus does not take ticks at the moment: ${why}`)
}
