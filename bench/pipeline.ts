import { natsServerAvailable, startNatsServer } from '../test/support/nats-server.ts'
import { embeddedBusContenders } from './embedded-bus.ts'
import type { Contender } from './harness.ts'
import { natsBusContenders } from './nats-bus.ts'
import { sampleTicks } from './sample-ticks.ts'

export interface Bench {
  /** What an item is. */
  readonly unit: string
  /** What could not be compared here, and why. */
  readonly left: readonly string[]
  /** Contenders that are compared with each other, each group in a run of its own. */
  readonly groups: readonly (readonly Contender[])[]
  close(): Promise<void>
}

/** Ticks through the embedded bus and through a real nats-server, each beside the bare loop that it wraps. */
export async function openBench(): Promise<Bench> {
  const ticks = sampleTicks(20_000)
  const server = natsServerAvailable() ? await startNatsServer() : undefined
  return {
    unit: 'ticks',
    left: server ? [] : ['NATS: nats-server is not installed: apt-get install nats-server'],
    groups: [embeddedBusContenders(ticks), ...(server ? [natsBusContenders(server.url, ticks)] : [])],
    async close() {
      await server?.remove()
    },
  }
}
