import { connect, DiscardPolicy, nanos, RetentionPolicy, StorageType } from 'nats'
import { natsBus } from '../src/bus/nats.ts'
import { STREAMS } from '../src/bus/streams.ts'
import type { TickMessage } from '../src/protocol/tick.ts'
import type { Contender } from './harness.ts'

/** As many as the NATS bus keeps under way. */
const WINDOW = 512
const STREAM = 'BENCH_TICKS'

/** Both publish and consume the same bytes with the same headers over one connection, into streams of the same limits. */
export function natsBusContenders(url: string, ticks: readonly TickMessage[]): Contender[] {
  const payloads = ticks.map((tick) => Buffer.from(JSON.stringify(tick)))
  let run = 0
  return [
    {
      name: 'nats client',
      async open() {
        const connection = await connect({ servers: url, noAsyncTraces: true })
        const manager = await connection.jetstreamManager()
        await manager.streams.add({
          name: STREAM,
          subjects: ['bench.*.tick'],
          storage: StorageType.File,
          retention: RetentionPolicy.Limits,
          discard: DiscardPolicy.Old,
          max_bytes: STREAMS.tick.maxBytes,
          duplicate_window: nanos(120_000),
        })
        const stream = connection.jetstream()
        const consumer = await stream.consumers.get(STREAM)
        let received = 0
        let done = (): void => undefined
        const all = new Promise<void>((resolve) => {
          done = resolve
        })
        const messages = await consumer.consume({
          max_messages: WINDOW,
          callback() {
            if (++received === payloads.length) done()
          },
        })
        return {
          async pass(halfway) {
            run++
            let underWay = 0
            let room = (): void => undefined
            for (const [row, payload] of payloads.entries()) {
              if (row === payloads.length >> 1) halfway?.()
              underWay++
              void stream.publish('bench.jena.tick', payload, { msgID: `bare/${run}/${row}` }).then(() => {
                underWay--
                room()
              })
              while (underWay >= WINDOW) {
                await new Promise<void>((resolve) => {
                  room = resolve
                })
              }
            }
            await all
            return received
          },
          async close() {
            await messages.close()
            await manager.streams.delete(STREAM)
            await connection.close()
          },
        }
      },
    },
    {
      name: 'NATS bus',
      against: 'nats client',
      target: 0.8,
      async open() {
        const bus = await natsBus({
          url,
          onError(error) {
            throw error
          },
        })
        let received = 0
        let done = (): void => undefined
        const all = new Promise<void>((resolve) => {
          done = resolve
        })
        await bus.subscribe({ topic: 'tick' }, () => {
          if (++received === ticks.length) done()
        })
        return {
          async pass(halfway) {
            run++
            for (const [row, tick] of ticks.entries()) {
              if (row === ticks.length >> 1) halfway?.()
              const room = bus.publish('jena', 'tick', tick, `bus/${run}/${row}`)
              if (room) await room
            }
            await all
            return received
          },
          async close() {
            await bus.close()
            const connection = await connect({ servers: url })
            const manager = await connection.jetstreamManager()
            await manager.streams.delete(STREAMS.tick.name)
            await connection.close()
          },
        }
      },
    },
  ]
}
