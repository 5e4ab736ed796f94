import { once } from 'node:events'
import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import type { Bus } from '../../src/bus/bus.ts'
import { memoryBus } from '../../src/bus/memory.ts'
import { type Gateway, type GatewayOptions, startGateway } from '../../src/gateway/gateway.ts'
import { noon, pondMessage } from './messages.ts'

export interface Started {
  readonly bus: Bus
  readonly gateway: Gateway
}

/** A gateway on a free port over a bus of its own, with the pond announced and somebody who takes its ticks; both go when the test is finished. */
export async function started({
  pipeline = true,
  ...options
}: Partial<GatewayOptions> & { readonly pipeline?: boolean } = {}): Promise<Started> {
  const bus =
    options.bus ??
    memoryBus({
      onError: (error) => {
        throw error
      },
    })
  await bus.publish('pond', 'station', pondMessage)
  if (pipeline) await bus.subscribe({ station: 'pond', topic: 'tick' }, () => undefined)
  const gateway = await startGateway({ bus, host: '127.0.0.1', port: 0, now: () => noon, ...options })
  onTestFinished(async () => {
    await gateway.close()
    await bus.close()
  })
  return { bus, gateway }
}

type Json = Readonly<Record<string, unknown>>

/** A bare WebSocket, to say exactly what travels. */
export interface Line {
  readonly socket: WebSocket
  send(frame: unknown): void
  /** The next frame, in the order received. */
  next(): Promise<Json>
  /** Close code and reason. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>
}

export async function openLine(
  gateway: Gateway,
  {
    path = '/v1/stream',
    protocols = [],
    headers = {},
  }: {
    readonly path?: string
    readonly protocols?: string[]
    readonly headers?: Readonly<Record<string, string>>
  } = {},
): Promise<Line> {
  const socket = new WebSocket(`ws://127.0.0.1:${gateway.port}${path}`, protocols, { headers })
  onTestFinished(() => socket.terminate())
  const received: Json[] = []
  let wake = (): void => undefined
  socket.on('message', (data) => {
    received.push(JSON.parse(data.toString()))
    wake()
  })
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }))
  })
  await once(socket, 'open')
  socket.on('error', () => undefined)
  return {
    socket,
    closed,
    send: (frame) => socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame)),
    async next() {
      for (;;) {
        const frame = received.shift()
        if (frame) return frame
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    },
  }
}
