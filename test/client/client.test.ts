import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { describe, expect, it, onTestFinished } from 'vitest'
import { WebSocketServer } from 'ws'
import { memoryBus } from '../../src/bus/memory.ts'
import type { Delivery, StreamClient } from '../../src/client/client.ts'
import {
  ConnectionClosed,
  NotConnected,
  RequestRefused,
  RequestTimedOut,
} from '../../src/client/client-errors.ts'
import type { Phase } from '../../src/client/connection-state.ts'
import {
  fetchHistory,
  fetchStations,
  HttpProblem,
  postTapeCommand,
  postTicks,
} from '../../src/client/http.ts'
import { connect as connectFromNode } from '../../src/client/node.ts'
import { startGateway } from '../../src/gateway/gateway.ts'
import { CLOSE_CODES } from '../../src/protocol/codes.ts'
import { pondMessage, pondWithTape, readingAt, score } from '../gateway/messages.ts'
import { started } from '../gateway/started.ts'

function connected(options: Parameters<typeof connectFromNode>[0]): StreamClient {
  const client = connectFromNode({ draw: () => 0, ...options })
  onTestFinished(() => client.close())
  return client
}

/** What happens, in order, to be waited for. */
function journal<T>() {
  const entries: T[] = []
  let wake = (): void => undefined
  return {
    add: (entry: T) => {
      entries.push(entry)
      wake()
    },
    async next(): Promise<T> {
      for (;;) {
        if (entries.length > 0) return entries.splice(0, 1)[0]!
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    },
  }
}

const phaseOf = (client: StreamClient, name: Phase['name']) =>
  new Promise<Phase>((resolve) => {
    const stop = client.onPhase((phase) => {
      if (phase.name !== name) return
      stop()
      resolve(phase)
    })
  })

describe('client', () => {
  it('client - says which stations there are, by whatever scheme it was given the server', async () => {
    const { gateway } = await started({ token: 'secret' })
    for (const url of [gateway.address, gateway.address.replace('http:', 'ws:')])
      expect(await connected({ url, token: 'secret' }).stations()).toEqual([pondMessage])
  })

  it('client - the messages of each topic come typed, the newest first', async () => {
    const { bus, gateway } = await started()
    bus.publish('pond', 'reading', readingAt(1))
    const client = connected({ url: gateway.address })
    const seen = journal<[string, number | null | undefined]>()
    client.subscribe('pond', {
      reading: (message, { kind }) => seen.add([kind, message.values['T (degC)']]),
      score: (message, { kind }) => seen.add([kind, message.models['mixture']?.mae['24']?.['7d']]),
    })
    expect(await seen.next()).toEqual(['snapshot', 1])
    bus.publish('pond', 'reading', readingAt(2))
    bus.publish('pond', 'score', score)
    expect([await seen.next(), await seen.next()]).toEqual([
      ['update', 2],
      ['update', 2.2],
    ])
  })

  it('client - a second subscriber gets a snapshot of its own, the last one to leave ends the topic', async () => {
    const { bus, gateway } = await started()
    bus.publish('pond', 'reading', readingAt(1))
    const client = connected({ url: gateway.address })
    const [first, second] = [journal<Delivery>(), journal<Delivery>()]
    const leaveFirst = client.subscribe('pond', { reading: (_message, delivery) => first.add(delivery) })
    await first.next()
    const leaveSecond = client.subscribe('pond', { reading: (_message, delivery) => second.add(delivery) })
    expect(await second.next()).toMatchObject({ kind: 'snapshot', offset: 1 })
    leaveFirst()
    bus.publish('pond', 'reading', readingAt(2))
    expect(await second.next()).toMatchObject({ kind: 'update', offset: 2, skipped: 0 })
    leaveSecond()
    await client.ping()
    bus.publish('pond', 'reading', readingAt(3))
    await client.ping()
    const metrics = await (await fetch(`${gateway.address}/metrics`)).text()
    // Two snapshots and one update: nothing was pushed after the last had left.
    expect(metrics).toContain('tickcast_pushes_total{topic="reading"} 3')
  })

  it('client - a server that was restarted is found again, and tells that the past is gone by a snapshot', async () => {
    const bus = memoryBus({ onError: () => undefined })
    await bus.publish('pond', 'station', pondMessage)
    const first = await startGateway({ bus, host: '127.0.0.1', port: 0 })
    const client = connected({ url: first.address })
    const seen = journal<Delivery>()
    client.subscribe('pond', { reading: (_message, delivery) => seen.add(delivery) })
    await client.opened()
    await client.ping()
    bus.publish('pond', 'reading', readingAt(1))
    expect(await seen.next()).toMatchObject({ kind: 'update', offset: 1 })

    const waiting = phaseOf(client, 'waiting')
    await first.close()
    expect(await waiting).toMatchObject({ reason: 'the server stops' })
    await expect(client.ping()).rejects.toThrow(NotConnected)
    const second = await startGateway({ bus, host: '127.0.0.1', port: first.port })
    onTestFinished(() => second.close())
    bus.publish('pond', 'reading', readingAt(2))
    expect(await seen.next()).toMatchObject({ kind: 'snapshot', offset: 1 })
  })

  it('client - the tape answers how it stands; a rejection is an error with its code', async () => {
    const { bus, gateway } = await started()
    const client = connected({ url: gateway.address })
    await client.opened()
    await expect(client.tape({ pause: true })).rejects.toMatchObject({
      name: 'RequestRefused',
      code: 'no_replay',
    })
    bus.publish('pond', 'station', pondWithTape)
    const stands = { session: 's1', speed: 3600, paused: true, loop: false, ended: false }
    const tape = { ...stands, position: null, first: null, last: null, rows: 0 }
    await bus.onControl('pond', async () => ({ result: tape }))
    expect(await client.tape({ pause: true })).toEqual(tape)
  })

  it('client - who asks for a station that is not there is told so', async () => {
    const { gateway } = await started()
    const client = connected({ url: gateway.address })
    const refused = await new Promise((resolve) => {
      client.subscribe('pool', { reading: () => undefined }, { onRefused: resolve })
    })
    expect(refused).toBeInstanceOf(RequestRefused)
    expect(refused).toMatchObject({ code: 'unknown_station', message: "no station 'pool' (known: pond)" })
  })

  it('client - with a wrong token it ends for good and says why, with the right one it opens', async () => {
    const { gateway } = await started({ token: 'sécret' })
    const wrong = connected({ url: gateway.address, token: 'wrong' })
    expect(await phaseOf(wrong, 'closed')).toEqual({
      name: 'closed',
      code: CLOSE_CODES.unauthorized,
      reason: 'wrong token',
    })
    await expect(wrong.ping()).rejects.toThrow(ConnectionClosed)
    const right = connected({ url: gateway.address, token: 'sécret' })
    await right.opened()
    await right.ping()
  })

  it('client - where nobody listens, opening fails with the reason and it goes on trying', async () => {
    const { gateway } = await started()
    const { address } = gateway
    await gateway.close()
    const client = connected({ url: address })
    await expect(client.opened()).rejects.toThrow('ECONNREFUSED')
    expect(client.phase).toMatchObject({ name: 'waiting', attempt: 1 })
  })

  it('client - a line gone dead without being closed is noticed, and left for another', async () => {
    // A server that takes lines and never answers: what a client sees of a peer behind a broken route.
    const server = createServer().listen(0, '127.0.0.1')
    const sockets = new WebSocketServer({ server })
    onTestFinished(() => {
      for (const socket of sockets.clients) socket.terminate()
      server.close()
    })
    await new Promise((resolve) => server.once('listening', resolve))
    const bound = server.address()
    const port = typeof bound === 'object' ? bound?.port : undefined
    const client = connected({ url: `http://127.0.0.1:${port}`, quietMs: 20, replyTimeoutMs: 20 })
    expect(await phaseOf(client, 'waiting')).toMatchObject({ reason: 'the server has gone silent' })
    await client.opened().catch(() => undefined)
    await phaseOf(client, 'open')
    await expect(client.ping()).rejects.toThrow(RequestTimedOut)
  })

  it('client - in Node too it opens the socket that it is given', () => {
    const asked: string[] = []
    connected({
      url: 'http://127.0.0.1:8080',
      openSocket: ({ url }) => {
        asked.push(url)
        return { send: () => undefined, close: () => undefined }
      },
    })
    expect(asked).toEqual(['ws://127.0.0.1:8080/v1/stream'])
  })

  it('client - bundles for the browser without ws, Node or the schemas', async () => {
    const { outputFiles, metafile } = await build({
      entryPoints: [fileURLToPath(new URL('../../src/client/client.ts', import.meta.url))],
      bundle: true,
      write: false,
      metafile: true,
      platform: 'browser',
      format: 'esm',
    })
    expect(Object.keys(metafile.inputs).filter((input) => input.includes('node_modules'))).toEqual([])
    expect(outputFiles[0]!.contents.byteLength).toBeLessThan(40_000)
  })
})

describe('client - http', () => {
  it('client - reads stations and history, sends ticks, and makes problems errors', async () => {
    const { bus, gateway } = await started()
    const url = gateway.address
    bus.publish('pond', 'reading', readingAt(1))
    expect(await fetchStations({ url })).toEqual([pondMessage])
    expect(await fetchHistory('pond', { url, hours: 24 })).toEqual({
      readings: [{ event_time: readingAt(1).event_time, value: 1, bridged: false }],
      forecasts: [],
    })
    const sent = { url, type: 'application/x-ndjson', body: '{"T (degC)":3}\n{"T (degC)":333}\n' }
    expect(await postTicks('pond', sent)).toMatchObject({ accepted: 1, rejected_count: 1 })
    const refused = postTapeCommand('pond', { url, command: { pause: true } })
    await expect(refused).rejects.toThrow(HttpProblem)
    await expect(refused).rejects.toMatchObject({ status: 409, code: 'no_replay' })
  })
})
