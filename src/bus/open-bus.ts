import type { Bus, TickJournal } from './bus.ts'
import { memoryBus } from './memory.ts'
import type { Invalid } from './wire.ts'

export interface OpenBusOptions {
  /** The server's URL; undefined: the bus embedded in this process. */
  readonly nats?: string | undefined
  /** What NATS knows this process by, and the health checks of compose.yaml look for: `forecast`, `replay`, `serve`. */
  readonly name?: string | undefined
  readonly onError: (error: Error) => void
  /** Of the bus within this process; NATS keeps its own. */
  readonly journal?: TickJournal | undefined
  /** The server is away, or back: for a person to read. */
  readonly onNotice?: ((text: string) => void) | undefined
  /** Something from outside is no message of its topic; worth a message on `rejected`. Never called in process. */
  readonly onInvalid?: ((invalid: Invalid) => void) | undefined
}

/** The NATS client is loaded only where it is asked for. */
export async function openBus({
  nats,
  name,
  onError,
  onNotice,
  onInvalid,
  journal,
}: OpenBusOptions): Promise<Bus> {
  if (nats === undefined) return memoryBus({ onError, journal })
  const { natsBus } = await import('./nats.ts')
  return natsBus({ url: nats, name: name && `tickcast ${name}`, onError, onNotice, onInvalid })
}
