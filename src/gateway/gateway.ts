import type { FastifyBaseLogger } from 'fastify'
import { ulid } from 'ulid'
import type { Bus, ControlReply } from '../bus/bus.ts'
import { errorMessage, TickcastError } from '../domain/errors.ts'
import type { Instant } from '../domain/instant.ts'
import { replyError } from '../protocol/codes.ts'
import type { TapeCommand } from '../protocol/tape.ts'
import { acceptRoute } from './accept-route.ts'
import { accessRules } from './access.ts'
import { arenaRoutes } from './arena-routes.ts'
import { BodyRoom } from './body-room.ts'
import type { BrokerStanding } from './broker-metrics.ts'
import { chartRoutes } from './chart-routes.ts'
import { consoleRoutes } from './console-routes.ts'
import { EventStreams, eventRoutes } from './event-routes.ts'
import { healthRoutes } from './health-routes.ts'
import { httpApp, type Route } from './http-app.ts'
import { indexRoute } from './index-route.ts'
import { type GatewayLimits, LIMITS } from './limits.ts'
import { lineRoutes } from './line-routes.ts'
import { gatewayMetrics } from './metrics.ts'
import { outsideRoute } from './outside-route.ts'
import { receiptRoutes } from './receipt-routes.ts'
import { recordRoutes } from './record-routes.ts'
import type { RecordSource } from './record-source.ts'
import { StationCache } from './station-cache.ts'
import { stationRoutes } from './station-routes.ts'
import { openStream } from './stream-server.ts'
import { tickIntake } from './tick-intake.ts'
import { tickRoutes } from './tick-routes.ts'
import { openVerdicts } from './verdicts.ts'

export interface GatewayOptions {
  readonly bus: Bus
  /** Address to listen on; one that is not loopback needs a token. */
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  readonly token?: string | undefined
  /** Origins of pages elsewhere that may ask and read; and of those that may frame the page. Default: none. */
  readonly allowOrigins?: readonly string[] | undefined
  readonly allowFrames?: readonly string[] | undefined
  /** Folder of the page's files, served at `/`. */
  readonly pageDir?: string | undefined
  /** What was published and is kept; undefined: nothing is. */
  readonly records?: RecordSource | undefined
  /** Of the program, for whoever asks. */
  readonly version?: string
  /** Each returns what keeps the process from being ready, or undefined; the bus is asked in any case. */
  readonly checks?: readonly (() => string | undefined)[]
  /** Says which station is still being taken up, while one is: ticks of one that is not known yet are to be sent again. */
  readonly starting?: (() => string | undefined) | undefined
  /** How the MQTT broker beside the bus stands; undefined: there is none. */
  readonly broker?: (() => BrokerStanding | undefined) | undefined
  readonly now?: () => Instant
  readonly logger?: FastifyBaseLogger | undefined
  readonly limits?: Partial<GatewayLimits>
}

export interface Gateway {
  /** `http://127.0.0.1:8080` */
  readonly address: string
  readonly port: number
  /** Every route of the router, HEAD and the page's files among them. */
  readonly routes: readonly Route[]
  /** WebSocket clients connected. */
  clients(): number
  close(): Promise<void>
}

/**
 * Serves what is on the bus, to browsers and programs: WebSocket, HTTP and the page. It knows the bus and nothing of
 * the pipeline. Throws a `TickcastError` with `usage` or `port_in_use` where it cannot listen as asked.
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { bus, host, token, records, starting, now = Date.now, logger } = options
  const { allowOrigins, allowFrames } = options
  const access = accessRules({ host, token, allowOrigins })
  const limits = { ...LIMITS, ...options.limits }
  const cache = new StationCache(ulid())
  const streams = new EventStreams()
  const metrics = gatewayMetrics(cache, {
    clients: () => stream.clients() + streams.count,
    broker: options.broker ?? (() => undefined),
    now,
  })
  const verdicts = await openVerdicts(bus)
  const control = (station: string, command: TapeCommand) => controlled({ bus, cache }, station, command)

  const { app, bounds, routes } = await httpApp({
    access,
    pageDir: options.pageDir,
    limits,
    logger,
    version: options.version,
    allowOrigins,
    allowFrames,
  })
  const checks = [() => bus.healthError(), () => catchingUp(cache), ...(options.checks ?? [])]
  await app.register(healthRoutes, { metrics, checks })
  await app.register(indexRoute, { cache, version: options.version ?? 'unknown', keep: records?.folder })
  await app.register(recordRoutes, { cache, records })
  await app.register(chartRoutes, { cache, records, now })
  await app.register(receiptRoutes, { cache, records })
  await app.register(arenaRoutes, { cache, records })
  await app.register(stationRoutes, { cache, bus, control })
  await app.register(eventRoutes, { cache, limits, metrics, streams })
  const intake = tickIntake({ bus, cache, verdicts, now, starting })
  const waysIn = { intake, room: new BodyRoom(limits), limits, now }
  await app.register(tickRoutes, waysIn)
  await app.register(outsideRoute, waysIn)
  await app.register(acceptRoute, { intake, cache })
  await app.register(lineRoutes, waysIn)
  await app.register(consoleRoutes, waysIn)
  const stream = openStream(app.server, {
    access,
    bounds,
    cache,
    limits,
    metrics,
    control,
    clock: () => performance.now(),
  })

  const close = async (): Promise<void> => {
    streams.close()
    await stream.close()
    await app.close()
    await cache.close()
    await verdicts.close()
  }
  try {
    await cache.open(bus)
    await app.listen({ host, port: options.port })
  } catch (error) {
    await close()
    throw listenError(error, options)
  }
  const bound = app.server.address()
  const port = typeof bound === 'object' && bound !== null ? bound.port : options.port
  return {
    address: `http://${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}:${port}`,
    port,
    routes: routes(),
    clients: () => stream.clients(),
    close,
  }
}

/** Stations whose models are not yet where they were before a restart. */
function catchingUp(cache: StationCache): string | undefined {
  const behind = cache.stations().flatMap(({ id, logs }) => {
    const status = logs.status.newest?.message
    if (!status?.catching_up) return []
    const { at, to } = status.catching_up
    return `'${id}' is catching up: at ${at ?? 'the beginning'}${to ? ` on the way to ${to}` : ''}`
  })
  return behind.length > 0 ? behind.join('; ') : undefined
}

/** A tape that cannot be asked is an answer too. */
async function controlled(
  { bus, cache }: { readonly bus: Bus; readonly cache: StationCache },
  station: string,
  command: TapeCommand,
): Promise<ControlReply> {
  try {
    const reply = await bus.control(station, command)
    const away =
      'error' in reply && reply.error.code === 'no_replay' && cache.station(station)?.description.tape
    // Announced with a tape that nobody plays at the moment: its process is away, and may come back.
    return away ? { error: replyError('busy', `nobody plays the tape of '${station}' at the moment`) } : reply
  } catch (error) {
    const why = errorMessage(error)
    return { error: replyError('busy', `the tape of '${station}' could not be asked: ${why}`) }
  }
}

function listenError(cause: unknown, { host, port }: GatewayOptions): unknown {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  switch (code) {
    case 'EADDRINUSE':
      return new TickcastError(
        'port_in_use',
        `port ${port} on ${host} is taken: choose another with --port`,
        { cause },
      )
    case 'EACCES':
      return new TickcastError(
        'usage',
        `port ${port} on ${host} is not allowed: choose one above 1023 with --port`,
        {
          cause,
        },
      )
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new TickcastError('usage', `--host ${host} is no address of this machine`, { cause })
    default:
      return cause
  }
}
