import type { Bus } from '../bus/bus.ts'
import type { RejectedMessage } from '../protocol/rejected.ts'

/** Why the pipeline has refused a tick. */
export type Verdict = Pick<RejectedMessage, 'tick' | 'field' | 'value' | 'rule' | 'reason'>

/** Ticks that the pipeline refuses, told to whoever has sent them. */
export interface Verdicts {
  /** Those of the ticks whose ids begin with `RUN/`, from now on until `end`. */
  collect(run: string): { readonly refused: readonly Verdict[]; end(): void }
  close(): Promise<void>
}

/**
 * Late ticks and duplicates only the pipeline knows. On the bus of one process it has judged a tick, but for the few that
 * wait for weights, by the time that the tick is taken; over NATS nobody can say when, so there is nothing to collect.
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
    close: async () => subscription?.close(),
  }
}
