import { connect, DiscardPolicy, nanos, RetentionPolicy, StorageType } from 'nats'
import { natsBus } from '../src/bus/nats.ts'
import { STREAMS } from '../src/bus/streams.ts'
import { deferred } from '../src/domain/deferred.ts'
import { natsServerAvailable, startNatsServer } from '../test/support/nats-server.ts'
import type { EmbeddedOptions } from './durable-embedded.ts'
import { run, serve } from './durable-process.ts'
import type { Measure, Way } from './durable-rounds.ts'

const UNDER_WAY = 256

export const NATS_KEEPING = 'start --live --nats, keeping'
export const NATS_NOT_KEEPING = 'start --live --nats --no-keep'
export const NATS_BARE = `bare JetStream publish, ${UNDER_WAY} under way`

export interface NatsOptions extends Omit<EmbeddedOptions, 'flags'> {
  readonly stationFile: string
  /** As the command line has them. */
  readonly flags: readonly string[]
}

/** Why nothing can be compared here; undefined: it can. */
export async function natsLeftOut(): Promise<string | undefined> {
  if (!natsServerAvailable()) return 'nats-server is not installed: apt-get install nats-server'
  if ((await run(['forecast', '--help'])).includes('--no-keep')) return undefined
  return '`tickcast forecast` has no --no-keep: this build keeps no states in NATS'
}

/** The program as a process beside a server of its own, begun anew for each pass, and publishing alone. */
export function natsWays(options: NatsOptions): readonly Way[] {
  return [
    { name: NATS_KEEPING, measure: () => liveThrough(options, []) },
    { name: NATS_NOT_KEEPING, measure: () => liveThrough(options, ['--no-keep']) },
    { name: NATS_BARE, measure: () => bare(options) },
  ]
}

/** Timed until the reading of the last tick was published. */
async function liveThrough(
  { station, stationFile, flags, ticks, lived, timed, single }: NatsOptions,
  keep: readonly string[],
): Promise<Measure> {
  const server = await startNatsServer()
  const live = ['start', '--live', '--nats', server.url, '--station', stationFile]
  const program = await serve([...live, ...flags, ...keep])
  const bus = await natsBus({
    url: server.url,
    onError(error) {
      throw error
    },
  })
  try {
    await program.ready()
    let awaited: { readonly eventTime: string; readonly came: () => void } | undefined
    await bus.subscribe({ station: station.id, topic: 'reading' }, ({ message }) => {
      if (message.event_time === awaited?.eventTime) awaited.came()
    })
    const fed = async (from: number, to: number): Promise<void> => {
      const { promise, resolve } = deferred<void>()
      awaited = { eventTime: ticks[to - 1]!.event_time, came: () => resolve() }
      for (let first = from; first < to; first += UNDER_WAY) {
        const batch = ticks.slice(first, Math.min(first + UNDER_WAY, to))
        await Promise.all(batch.map((tick) => bus.publish(station.id, 'tick', tick, tick.id)))
      }
      await promise
    }
    await fed(0, lived)
    const began = performance.now()
    await fed(lived, lived + timed)
    const perSecond = timed / ((performance.now() - began) / 1000)
    const milliseconds: number[] = []
    for (const tick of ticks.slice(lived + timed, lived + timed + single)) {
      const at = performance.now()
      await bus.publish(station.id, 'tick', tick, tick.id)
      await bus.flush()
      milliseconds.push(performance.now() - at)
    }
    return { perSecond, milliseconds }
  } finally {
    await bus.close()
    await program.end()
    await server.remove()
  }
}

/** Into a stream of the same limits. */
async function bare({ ticks, lived, timed, single }: NatsOptions): Promise<Measure> {
  const server = await startNatsServer()
  const connection = await connect({ servers: server.url, noAsyncTraces: true })
  try {
    const manager = await connection.jetstreamManager()
    await manager.streams.add({
      name: 'BENCH_TICKS',
      subjects: ['bench.*.tick'],
      storage: StorageType.File,
      retention: RetentionPolicy.Limits,
      discard: DiscardPolicy.Old,
      max_bytes: STREAMS.tick.maxBytes,
      duplicate_window: nanos(120_000),
    })
    const stream = connection.jetstream()
    const payloads = ticks.slice(0, lived + timed + single).map((tick) => Buffer.from(JSON.stringify(tick)))
    const publish = (row: number) =>
      stream.publish('bench.jena.tick', payloads[row]!, { msgID: `bare/${row}` })
    const fed = async (from: number, to: number): Promise<void> => {
      for (let first = from; first < to; first += UNDER_WAY) {
        const count = Math.min(UNDER_WAY, to - first)
        await Promise.all(Array.from({ length: count }, (_, index) => publish(first + index)))
      }
    }
    await fed(0, lived)
    const began = performance.now()
    await fed(lived, lived + timed)
    const perSecond = timed / ((performance.now() - began) / 1000)
    const milliseconds: number[] = []
    for (let row = lived + timed; row < lived + timed + single; row++) {
      const at = performance.now()
      await publish(row)
      milliseconds.push(performance.now() - at)
    }
    return { perSecond, milliseconds }
  } finally {
    await connection.close()
    await server.remove()
  }
}
