import type { Bus } from '../bus/bus.ts'
import { within } from '../domain/deadline.ts'
import { errorMessage } from '../domain/errors.ts'
import type { TickMessage } from '../protocol/messages.ts'
import { problem } from './problem.ts'

/** Ticks handed to the bus before one of them is waited for. */
const PUBLISHED_AT_ONCE = 256
/** How long a server may take to store what a body held. */
const STORED_MS = 5_000

/**
 * Fulfilled once all are where they outlast this process and the bus's server. Answered at once and nothing kept while
 * that is away: the sender tries again.
 */
export async function publishTicks(bus: Bus, station: string, ticks: readonly TickMessage[]): Promise<void> {
  const healthError = bus.healthError()
  if (healthError !== undefined)
    throw problem('busy', `the bus does not take ticks at the moment: ${healthError}`)
  let pending: (Promise<void> | undefined)[] = []
  try {
    for (const tick of ticks) {
      pending.push(bus.publish(station, 'tick', tick, tick.id))
      if (pending.length < PUBLISHED_AT_ONCE) continue
      await Promise.all(pending)
      pending = []
    }
    await Promise.all(pending)
    // A server's bus takes ticks on before they are stored; the one in process has written them down by now.
    if (bus.kind === 'nats') {
      await within(bus.flush(), { ms: STORED_MS, why: `they are not stored after ${STORED_MS / 1000} s` })
    }
  } catch (cause) {
    const why = errorMessage(cause)
    throw problem('busy', `the bus does not take ticks at the moment: ${why}`)
  }
}
