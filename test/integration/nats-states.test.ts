import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { type ConnectionOptions, connect, type JetStreamManager, type NatsConnection } from 'nats'
import { afterEach, expect, it } from 'vitest'
import { natsBus } from '../../src/bus/nats.ts'
import { connectNats } from '../../src/bus/nats-connection.ts'
import { type NatsStatesOptions, natsStates } from '../../src/bus/nats-states.ts'
import type { StateStore } from '../../src/domain/state-store.ts'
import {
  positionsIn,
  rowsIn,
  samplesOf,
  stateStoreContract,
  writeCheckpoint,
  writeTapeState,
} from '../contract/state-store.ts'
import { stateOf } from '../support/keep-samples.ts'
import {
  describeWithNats,
  type NatsServer,
  type NatsServerOptions,
  startNatsServer,
} from '../support/nats-server.ts'
import { until } from '../support/until.ts'

const CHILD = fileURLToPath(new URL('../support/states-child.ts', import.meta.url))
const STREAM = 'OBJ_TICKCAST_STATES'
const HOUR = 3_600_000

describeWithNats('nats states', () => {
  let toClose: (() => unknown)[] = []
  afterEach(async () => {
    for (const close of toClose.reverse()) await close()
    toClose = []
  })

  async function server(options?: NatsServerOptions): Promise<NatsServer> {
    const started = await startNatsServer(options)
    toClose.push(() => started.remove())
    return started
  }

  /** As a process of its own would have it. */
  async function open(
    url: string,
    options: Partial<NatsStatesOptions> = {},
  ): Promise<{ store: StateStore; damage: string[] }> {
    const link = await connectNats(url, 'tickcast test')
    toClose.push(() => link.connection.close())
    const damage: string[] = []
    return {
      store: natsStates(link, { onDamage: ({ message }) => damage.push(message), ...options }),
      damage,
    }
  }

  async function outsider(
    url: string,
    options?: ConnectionOptions,
  ): Promise<{ nats: NatsConnection; manager: JetStreamManager }> {
    const nats = await connect({ servers: url, ...options })
    toClose.push(() => nats.close())
    return { nats, manager: await nats.jetstreamManager() }
  }

  /** How many chunks of how many objects there are. */
  async function chunks(manager: JetStreamManager): Promise<number[]> {
    const { state } = await manager.streams.info(STREAM, { subjects_filter: '$O.TICKCAST_STATES.C.>' })
    return Object.values(state.subjects ?? {})
  }

  /** Another message in the place of a chunk, with a byte turned over or another one altogether. */
  async function damageChunk(nats: NatsConnection, name: string, change: (chunk: Uint8Array) => Uint8Array) {
    const manager = await nats.jetstreamManager()
    const info = await (await nats.jetstream().views.os('TICKCAST_STATES')).info(name)
    const subject = `$O.TICKCAST_STATES.C.${info!.nuid}`
    const { data } = await manager.streams.getMessage(STREAM, { last_by_subj: subject })
    await manager.streams.purge(STREAM, { filter: subject })
    await nats.jetstream().publish(subject, change(new Uint8Array(data)))
  }
  const flipped = (chunk: Uint8Array): Uint8Array =>
    chunk.map((byte, at) => (at === 500 ? byte ^ 0xff : byte))

  stateStoreContract('NATS JetStream', async () => {
    const nats = await server()
    return { open: (options) => open(nats.url, options) }
  })

  it('nats states - the buckets are those of NATS: its own client reads what is in them', async () => {
    const { url } = await server()
    const { store } = await open(url)
    const state = stateOf(7, 1_300_000)
    await store.checkpoint('a', { position: 7, eventTime: 7 * HOUR, state, records: [] })
    await store.keepTape('a', { row: 3 })
    const js = (await outsider(url)).nats.jetstream()
    const objects = await js.views.os('TICKCAST_STATES')
    const info = await objects.info('a/checkpoint/7')
    expect(info).toMatchObject({ size: 1_300_000, chunks: 3, deleted: false })
    expect(info!.metadata).toEqual({
      position: '7',
      eventTime: String(7 * HOUR),
      writtenAt: expect.stringMatching(/^\d+$/),
      checksum: expect.stringMatching(/^[\da-f]{64}$/),
      chunks: expect.stringMatching(/^\w{22} 1-3$/),
    })
    expect(Buffer.compare((await objects.getBlob('a/checkpoint/7'))!, state)).toBe(0)
    expect((await objects.status()).streamInfo.config.max_bytes).toBe(2 * 2 ** 30)
    const tapes = await js.views.kv('TICKCAST_TAPES')
    expect((await tapes.get('a'))?.json()).toEqual({ row: 3 })
    expect((await tapes.status()).history).toBe(1)
    // Of what was deleted or replaced nothing is left.
    for (const position of [8, 9, 9]) await writeCheckpoint(store, position)
    const { manager } = await outsider(url)
    expect((await manager.streams.info(STREAM)).state.messages).toBe(4)
    await tapes.delete('a')
    expect(await store.tape('a')).toBeUndefined()
  })

  it('nats states - a bus has them, and asks nothing of the server for them until they are used', async () => {
    const { url } = await server()
    const errors: string[] = []
    const bus = await natsBus({ url, onError: ({ message }) => errors.push(message) })
    toClose.push(() => bus.close())
    const { nats, manager } = await outsider(url)
    const names = async () =>
      (await manager.streams.names().next()).filter((name) => /STATES|TAPES/.test(name))
    expect(await names()).toEqual([])
    await writeCheckpoint(bus.states!, 1)
    expect(await names()).toEqual(['KV_TICKCAST_TAPES', STREAM])
    await damageChunk(nats, 'a/checkpoint/1', flipped)
    expect(await positionsIn(bus.states!)).toEqual([])
    expect(errors).toEqual(['the checkpoint of a at position 1 is damaged: its checksum is another'])
  })

  it('nats states - chunks fit what the server takes at most', async () => {
    const { url } = await server({ config: 'max_payload: 65536' })
    const { store } = await open(url)
    await writeCheckpoint(store, 1, 'a', 3_000_000)
    expect(await chunks((await outsider(url)).manager)).toEqual([Math.ceil(3_000_000 / (65_536 - 1024))])
  })

  // Ten lives; in each it is killed at another moment of a checkpoint of 28 MB.
  it('nats states - killed at any moment, what was kept last or what was under way is there, whole', async () => {
    const { url } = await server()
    const bytes = 28_000_000
    let newest = 0
    let halfWritten = 0
    const { manager } = await outsider(url)
    for (let life = 0; life < 6; life++) {
      const child = spawn(
        process.execPath,
        ['--import', 'tsx', CHILD, url, String(newest + 1), String(bytes)],
        {
          stdio: ['ignore', 'pipe', 'inherit'],
        },
      )
      toClose.push(() => child.kill('SIGKILL'))
      const lines: string[] = []
      const reader = createInterface(child.stdout)
      const enough = new Promise<void>((resolve) => {
        reader.on('line', (line) => {
          lines.push(line)
          if (line === `begin ${newest + 1 + (life % 3)}`) setTimeout(resolve, (life * 97) % 450)
        })
      })
      await enough
      const read = once(reader, 'close')
      child.kill('SIGKILL')
      await read
      const kept = Math.max(
        newest,
        ...lines.filter((line) => line.startsWith('kept')).map((line) => Number(line.slice(5))),
      )
      const { store, damage } = await open(url)
      const checkpoints = await store.checkpoints('a')
      expect(damage).toEqual([])
      expect([kept, kept + 1]).toContain(checkpoints[0]?.position ?? 0)
      for (const { position, state } of checkpoints) {
        expect(Buffer.compare(state, stateOf(position, bytes))).toBe(0)
      }
      if ((await chunks(manager)).length > checkpoints.length) halfWritten++
      newest = checkpoints[0]?.position ?? 0
      expect(lines.filter((line) => line.startsWith('damage'))).toEqual([])
    }
    expect(newest).toBeGreaterThan(5)
    expect(halfWritten).toBeGreaterThan(0)
  })

  it('nats states - what a killed process left half written is dropped once it is old, and nothing else', async () => {
    const { url } = await server()
    const { store } = await open(url)
    await writeCheckpoint(store, 1, 'a', 1_000_000)
    const { nats, manager } = await outsider(url)
    const halfWrite = async (id: string) => {
      for (let n = 0; n < 4; n++)
        await nats.jetstream().publish(`$O.TICKCAST_STATES.C.${id}`, stateOf(n, 500_000))
    }
    await halfWrite('old1')
    await halfWrite('old2')
    await new Promise((resolve) => setTimeout(resolve, 1500))
    await halfWrite('young')
    expect((await chunks(manager)).length).toBe(4)
    // Its first call looks for them.
    await positionsIn((await open(url, { orphanAge: 1200 })).store)
    await until('the old ones are gone', async () => (await chunks(manager)).length === 2)
    // And once more when what was young is old.
    await until('the young one is gone', async () => (await chunks(manager)).length === 1)
    expect(await positionsIn(store)).toEqual([1])
  })

  it('nats states - where there is no room, what was left half written makes some', async () => {
    const { url } = await server()
    const { store } = await open(url, { maxBytes: 6_000_000, orphanAge: 1000 })
    await writeCheckpoint(store, 1, 'a', 1_000_000)
    const { nats } = await outsider(url)
    for (let n = 0; n < 4; n++)
      await nats.jetstream().publish('$O.TICKCAST_STATES.C.old', stateOf(n, 900_000))
    await new Promise((resolve) => setTimeout(resolve, 1300))
    await writeCheckpoint(store, 2, 'a', 2_000_000)
    expect(await positionsIn(store)).toEqual([2, 1])
  })

  it('nats states - a full bucket is said with the way out, leaves what was there, and the next call tries again', async () => {
    const { url } = await server()
    const { store, damage } = await open(url, { maxBytes: 3_000_000, tapeBytes: 2_000_000 })
    await writeCheckpoint(store, 1, 'a', 900_000)
    for (const row of [1, 2]) await writeTapeState(store, row, { bytes: 300_000 })
    const full = {
      name: 'TickcastError',
      code: 'store_full',
      message: expect.stringMatching(
        /^the bucket OBJ_TICKCAST_STATES of NATS at nats:.* is full: give it more room \(`nats stream edit OBJ_TICKCAST_STATES --max-bytes /,
      ),
    }
    await expect(writeCheckpoint(store, 2, 'a', 2_000_000)).rejects.toMatchObject(full)
    await expect(writeTapeState(store, 3, { bytes: 1_900_000 })).rejects.toMatchObject(full)
    expect(await positionsIn(store)).toEqual([1])
    expect(await rowsIn(store)).toEqual([1, 2])
    expect((await store.tapeStates('a')).samplesTo).toBe(2 * HOUR)
    const { manager } = await outsider(url)
    expect((await chunks(manager)).length).toBe(5)
    const { config } = await manager.streams.info(STREAM)
    await manager.streams.update(STREAM, { ...config, max_bytes: 6_000_000 })
    await writeCheckpoint(store, 2, 'a', 2_000_000)
    expect(await positionsIn(store)).toEqual([2, 1])
    expect(damage).toEqual([])
  })

  it('nats states - a JetStream without room for the bucket says so; one that is made by hand is left as it is', async () => {
    const { url } = await server({ config: 'jetstream { max_file_store: 1500MB }' })
    const { store } = await open(url)
    await expect(writeCheckpoint(store, 1)).rejects.toMatchObject({
      code: 'store_full',
      message: expect.stringMatching(
        /^JetStream of NATS at .* has no 2048 MiB for the bucket OBJ_TICKCAST_STATES \(.*max_file_store.*nats object add TICKCAST_STATES/,
      ),
    })
    const { nats, manager } = await outsider(url)
    await nats.jetstream().views.os('TICKCAST_STATES', { description: 'ours' })
    await writeCheckpoint(store, 1)
    expect(await positionsIn(store)).toEqual([1])
    const { config } = await manager.streams.info(STREAM)
    expect([config.description, config.max_bytes]).toEqual(['ours', -1])
  })

  // nats-server 2.9 goes on to count what is purged by subject, until it has no room left.
  it('nats states - what is let go of counts no more: neither in the bucket nor for the account', async () => {
    const { url } = await server()
    const { store } = await open(url)
    for (let position = 1; position <= 30; position++) await writeCheckpoint(store, position, 'a', 2_000_000)
    for (let row = 1; row <= 5; row++) await writeTapeState(store, row, { bytes: 1_000_000 })
    await store.forgetTapeStates('a', 0)
    const { manager } = await outsider(url)
    const { bytes } = (await manager.streams.info(STREAM)).state
    expect(bytes).toBeLessThan(4_010_000)
    expect((await manager.getAccountInfo()).storage).toBeLessThan(bytes + 10_000)
  })

  it('nats states - a JetStream that is full itself says so, and what was there is', async () => {
    const { url } = await server({ config: 'jetstream { max_file_store: 20MB }' })
    await (await outsider(url)).nats.jetstream().views.os('TICKCAST_STATES')
    await (await outsider(url)).nats.jetstream().views.kv('TICKCAST_TAPES')
    const { store } = await open(url)
    for (const position of [1, 2]) await writeCheckpoint(store, position, 'a', 8_000_000)
    await expect(writeCheckpoint(store, 3, 'a', 8_000_000)).rejects.toMatchObject({
      code: 'store_full',
      message: expect.stringMatching(
        /^JetStream of NATS at .* has no room left for the bucket OBJ_TICKCAST_STATES \(insufficient resources\)/,
      ),
    })
    expect(await positionsIn(store)).toEqual([2, 1])
    await writeCheckpoint(store, 3, 'a', 1000)
    expect(await positionsIn(store)).toEqual([3, 2])
  })

  it('nats states - a stream of that name that is no bucket is rejected by name', async () => {
    const { url } = await server()
    await (await outsider(url)).manager.streams.add({ name: STREAM, subjects: ['other'] })
    const { store } = await open(url)
    await expect(writeCheckpoint(store, 1)).rejects.toMatchObject({
      code: 'store_unwritable',
      message: expect.stringMatching(
        /the stream OBJ_TICKCAST_STATES of .* is no bucket .*: rename or remove it/,
      ),
    })
  })

  it('nats states - of a server that is away it is said within seconds, and the next call finds it back', async () => {
    const nats = await server()
    const { store } = await open(nats.url)
    await writeCheckpoint(store, 1)
    await nats.stop()
    const away = {
      name: 'TickcastError',
      code: 'bus_unreachable',
      message: expect.stringMatching(
        /^the bucket \w+ of NATS at nats:.* does not answer: the server is away or busy$/,
      ),
    }
    const began = performance.now()
    const results = await Promise.allSettled([
      writeCheckpoint(store, 2, 'a', 28_000_000),
      writeCheckpoint(store, 1, 'b'),
      store.keepTape('c', 1),
      store.checkpoints('d'),
    ])
    for (const result of results) expect(result).toMatchObject({ status: 'rejected', reason: away })
    expect(performance.now() - began).toBeLessThan(60_000)
    await nats.start()
    await until('it is back', () =>
      writeCheckpoint(store, 3).then(
        () => true,
        () => false,
      ),
    )
    expect(await positionsIn(store)).toEqual([3, 1])
  })

  it('nats states - a server that goes away amid a checkpoint: it is not kept, the one before is', async () => {
    const nats = await server()
    const { store, damage } = await open(nats.url)
    await writeCheckpoint(store, 1)
    const { manager } = await outsider(nats.url)
    const written = writeCheckpoint(store, 2, 'a', 100_000_000).then(
      () => 'kept',
      () => 'not kept',
    )
    await until('some chunks are there', async () => (await chunks(manager)).some((count) => count > 5))
    await nats.stop('SIGKILL')
    await nats.start()
    expect(await written).toBe('not kept')
    await until('it is back', () =>
      positionsIn(store).then(
        () => true,
        () => false,
      ),
    )
    expect(await positionsIn(store)).toEqual([1])
    await writeCheckpoint(store, 3)
    expect(await positionsIn(store)).toEqual([3, 1])
    expect(damage).toEqual([])
  })

  it('nats states - buckets that were removed meanwhile are made anew', async () => {
    const { url } = await server()
    const { store } = await open(url)
    await writeCheckpoint(store, 1)
    const { manager } = await outsider(url)
    await manager.streams.delete(STREAM)
    await expect(positionsIn(store)).rejects.toMatchObject({ code: 'bus_unreachable' })
    expect(await positionsIn(store)).toEqual([])
    await writeCheckpoint(store, 2)
    expect(await positionsIn(store)).toEqual([2])
  })

  it.each([
    ['with a byte turned over', flipped, 'its checksum is another'],
    ['cut short', (chunk: Uint8Array) => chunk.subarray(1), 'its checksum is another'],
  ])('nats states - a checkpoint %s is reported, and the one before given', async (_, change, why) => {
    const { url } = await server()
    await writeCheckpoint((await open(url)).store, 1)
    const { store, damage } = await open(url)
    await writeCheckpoint(store, 2)
    await damageChunk((await outsider(url)).nats, 'a/checkpoint/2', change)
    expect(await positionsIn(store)).toEqual([1])
    expect(damage).toEqual([`the checkpoint of a at position 2 is damaged: ${why}`])
    // It does not count among the two that stay.
    await writeCheckpoint(store, 3)
    expect(await positionsIn(store)).toEqual([3, 1])
  })

  it('nats states - a checkpoint whose chunks are gone or whose description is none is reported', async () => {
    const { url } = await server()
    const { store, damage } = await open(url)
    await writeCheckpoint(store, 1)
    await writeCheckpoint(store, 2)
    const { nats, manager } = await outsider(url)
    const info = await (await nats.jetstream().views.os('TICKCAST_STATES')).info('a/checkpoint/2')
    await manager.streams.purge(STREAM, { filter: `$O.TICKCAST_STATES.C.${info!.nuid}` })
    expect(await positionsIn(store)).toEqual([1])
    await writeCheckpoint(store, 3)
    const name = Buffer.from('a/checkpoint/3').toString('base64')
    await nats.jetstream().publish(`$O.TICKCAST_STATES.M.${name}`, '{')
    expect(await positionsIn(store)).toEqual([1])
    expect(damage).toEqual([
      'the checkpoint of a at position 2 is damaged: 1 of its 1 chunks are missing',
      'the checkpoint of a at position 3 is damaged: its checksum is another',
      'the checkpoint of a at position 2 is damaged: 1 of its 1 chunks are missing',
    ])
    await writeCheckpoint(store, 4)
    expect(await positionsIn(store)).toEqual([4, 1])
  })

  it('nats states - a checkpoint of one station is none of another', async () => {
    const { url } = await server()
    const { store, damage } = await open(url)
    await writeCheckpoint(store, 1)
    const { nats } = await outsider(url)
    const objects = await nats.jetstream().views.os('TICKCAST_STATES')
    const { metadata } = (await objects.info('a/checkpoint/1'))!
    await objects.putBlob(
      { name: 'b/checkpoint/1', metadata: metadata! },
      await objects.getBlob('a/checkpoint/1'),
    )
    expect(await positionsIn(store, 'b')).toEqual([])
    expect(damage.length).toBe(1)
    await store.remove('b')
    expect(await positionsIn(store)).toEqual([1])
  })

  it('nats states - a damaged tape state is reported and not offered again, its samples stay', async () => {
    const { url } = await server()
    const { store, damage } = await open(url)
    for (const row of [10, 20, 30, 40]) await writeTapeState(store, row)
    await damageChunk((await outsider(url)).nats, 'a/state/30', flipped)
    expect(await rowsIn(store)).toEqual([10, 20, 30, 40])
    expect(await store.tapeState('a', 30)).toBeUndefined()
    expect(damage).toEqual(['the state of the tape of a behind row 30 is damaged: its checksum is another'])
    expect(await rowsIn(store)).toEqual([10, 20, 40])
    expect((await store.tapeState('a', 40))?.samples.length).toBe(4)
    expect(damage.length).toBe(1)
  })

  it('nats states - damaged samples are reported, and no tape state that needs them is offered', async () => {
    const { url } = await server()
    const { store, damage } = await open(url)
    for (const row of [10, 20, 30, 40]) await writeTapeState(store, row, { samples: samplesOf(row, 1000) })
    await damageChunk((await outsider(url)).nats, 'a/samples/30', flipped)
    expect(await store.tapeState('a', 40)).toBeUndefined()
    expect(damage).toEqual([expect.stringMatching(/samples .* of a behind row 30 are damaged/)])
    expect(await rowsIn(store)).toEqual([10, 20])
    expect((await store.tapeState('a', 20))?.samples.length).toBe(2)
    expect(damage.length).toBe(1)
  })

  it.each([
    [20, /behind row 30 are damaged, .* some before them are missing/],
    [40, /the state .* behind row 40 is damaged: some of its samples are missing/],
  ])('nats states - samples that are not there any more are missed (row %s)', async (row, message) => {
    const { url } = await server()
    const { store, damage } = await open(url)
    for (const each of [10, 20, 30, 40]) await writeTapeState(store, each)
    const { nats } = await outsider(url)
    await (await nats.jetstream().views.os('TICKCAST_STATES')).delete(`a/samples/${row}`)
    expect(await store.tapeState('a', 40)).toBeUndefined()
    expect(damage).toEqual([expect.stringMatching(message)])
    expect(await rowsIn(store)).not.toContain(40)
  })

  it('nats states - of how a tape stands that is no JSON any more is reported, not given', async () => {
    const { url } = await server()
    const { store, damage } = await open(url)
    await store.keepTape('a', 1)
    await (await outsider(url)).nats.jetstream().publish('$KV.TICKCAST_TAPES.a', '{')
    expect(await store.tape('a')).toBeUndefined()
    expect(damage).toEqual([expect.stringContaining('the tape of a is damaged')])
  })
})
