import { setTimeout } from 'node:timers/promises'
import type { Bus } from '../bus/bus.ts'
import type { RejectedMessage } from '../protocol/rejected.ts'

/** Why the pipeline has refused a tick. */
export type Verdict = Pick<RejectedMessage, 'tick' | 'field' | 'value' | 'rule' | 'reason'>

/** Ticks that the pipeline refuses, told to whoever has sent them. */
export interface Verdicts {
  /** Those of the ticks whose ids begin with `RUN/`, from now on until `end`. */
  collect(run: string): { readonly refused: readonly Verdict[]; end(): void }
  /** Resolves once a station's ticks have been judged, or are known to take long. */
  judged(station: string): Promise<void>
  close(): Promise<void>
}

/** Ticks that wait for weights are judged when those are here, which no sender waits for. */
const LONGEST_JUDGED_MS = 200

/**
 * Late ticks and duplicates only the pipeline knows. In one process it judges a tick as soon as those before it are worked
 * off, a few turns of the event loop later; over NATS nobody can say when, so there is nothing to collect.
 */
export async function openVerdicts(bus: Bus): Promise<Verdicts> {
  const collected = new Map<string, Verdict[]>()
  const subscription =
    bus.kind === 'memory'
      ? await bus.subscribe({ topic: 'rejected' }, ({ message: { tick, field, value, rule, reason } }) => {
          const run = tick.split('/', 2).join('/')
          collected.get(run)?.push({ tick, field, value, rule, reason })
        })
      : undefined
  return {
    collect(run) {
      const refused: Verdict[] = []
      collected.set(run, refused)
      return { refused, end: () => void collected.delete(run) }
    },
    async judged(station) {
      await Promise.race([bus.workedOff(station), setTimeout(LONGEST_JUDGED_MS, undefined, { ref: false })])
    },
    close: async () => subscription?.close(),
  }
}
