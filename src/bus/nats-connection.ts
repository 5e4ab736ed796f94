import {
  type ConnectionOptions,
  connect,
  ErrorCode,
  Events,
  type JetStreamManager,
  type NatsConnection,
  NatsError,
} from 'nats'
import { TickcastError } from '../domain/errors.ts'

/** A server that was reached and has JetStream. */
export interface NatsLink {
  readonly connection: NatsConnection
  readonly manager: JetStreamManager
  /** Its URL without credentials: may be printed. */
  readonly address: string
}

export const DEFAULT_NATS_PORT = 4222
/** A reachable server answers within milliseconds, so a mistyped address is reported soon. */
const CONNECT_MS = 2_500
const RECONNECT_MS = 250
const API_MS = 5_000

/**
 * Connects; rejects with what to do about it where that fails. From then on a lost connection is re-established for
 * as long as it takes.
 */
export async function connectNats(url: string, name: string): Promise<NatsLink> {
  const { options, address } = parseNatsUrl(url)
  const connection = await connect({
    ...options,
    name,
    timeout: CONNECT_MS,
    maxReconnectAttempts: -1,
    reconnectTimeWait: RECONNECT_MS,
    // The first attempt finds wrong credentials out; later ones may fall into a restart with another configuration.
    ignoreAuthErrorAbort: true,
    pingInterval: 20_000,
    noAsyncTraces: true,
  }).catch((error: unknown) => {
    throw unreachable(address, error)
  })
  try {
    const manager = await connection.jetstreamManager({ timeout: API_MS })
    return { connection, manager, address }
  } catch (error) {
    await connection.close()
    throw withoutJetStream(address, error)
  }
}

export interface ConnectionWatcher {
  readonly onDisconnect: () => void
  readonly onReconnect: () => void
}

/** Resolves when the connection is closed for good. */
export async function watchConnection(
  connection: NatsConnection,
  { onDisconnect, onReconnect }: ConnectionWatcher,
): Promise<void> {
  for await (const { type } of connection.status()) {
    if (type === Events.Disconnect) onDisconnect()
    else if (type === Events.Reconnect) onReconnect()
  }
}

interface ParsedUrl {
  readonly options: ConnectionOptions
  readonly address: string
}

/** The client takes no credentials from URLs, so they are taken out here, and `address` never holds them. */
export function parseNatsUrl(url: string): ParsedUrl {
  const withScheme = url.includes('://') ? url : `nats://${url}`
  const parsed = URL.canParse(withScheme) ? new URL(withScheme) : undefined
  if (!parsed?.hostname || !['nats:', 'tls:'].includes(parsed.protocol)) {
    throw new TickcastError(
      'usage',
      `a NATS address is nats://host:4222 or tls://host:4222; not '${url.replace(/^([a-z]+:\/\/)?.*@/i, '$1')}'`,
    )
  }
  const host = `${parsed.hostname}:${parsed.port || DEFAULT_NATS_PORT}`
  const user = decoded(parsed.username)
  const pass = decoded(parsed.password)
  return {
    address: `${parsed.protocol}//${host}`,
    options: {
      servers: host,
      ...(user && (pass ? { user, pass } : { token: user })),
      ...(parsed.protocol === 'tls:' && { tls: {} }),
    },
  }
}

/** A password with a bare % in it is taken as it stands. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

function unreachable(address: string, error: unknown): TickcastError {
  if (error instanceof NatsError && error.isAuthError()) {
    return new TickcastError(
      'bus_unreachable',
      `NATS at ${address} refuses the credentials: give them as nats://user:password@host:port or nats://token@host:port`,
      { cause: error },
    )
  }
  return new TickcastError(
    'bus_unreachable',
    `cannot reach NATS at ${address} (${reason(error)}): ` +
      'start one with `nats-server -js` (`tickcast start` without --nats needs none)',
    { cause: error },
  )
}

const REASONS: Record<string, string> = {
  [ErrorCode.ConnectionRefused]: 'connection refused',
  [ErrorCode.Timeout]: `no answer within ${CONNECT_MS / 1000} s`,
  [ErrorCode.ConnectionTimeout]: `no answer within ${CONNECT_MS / 1000} s`,
  [ErrorCode.ServerOptionNotAvailable]: 'it does not speak TLS',
  ENOTFOUND: 'no host of that name',
  EAI_AGAIN: 'no host of that name',
  EHOSTUNREACH: 'no route to that host',
  ENETUNREACH: 'no route to that host',
  ECONNRESET: 'the connection was cut',
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error ?? 'the connection was cut')
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  return REASONS[code] ?? error.message
}

/** Codes of the JetStream API from here on mean 'later', as HTTP's do. */
const TEMPORARY = 500

/** As the promise; what a server that has gone away meanwhile makes of it is said in words. */
export async function answered<T>(address: string, asked: Promise<T>): Promise<T> {
  try {
    return await asked
  } catch (error) {
    if (!(error instanceof NatsError) || (error.api_error && error.api_error.code < TEMPORARY)) throw error
    const why =
      error.api_error?.description ?? (error.code === ErrorCode.Timeout ? 'no answer' : reason(error))
    throw new TickcastError('bus_unreachable', `NATS at ${address} has gone away or is not ready (${why})`, {
      cause: error,
    })
  }
}

const NOT_FOR_ACCOUNT = 10039

function withoutJetStream(address: string, error: unknown): TickcastError {
  const off =
    error instanceof NatsError &&
    (error.code === ErrorCode.JetStreamNotEnabled || error.api_error?.err_code === NOT_FOR_ACCOUNT)
  return new TickcastError(
    'bus_unreachable',
    off
      ? `NATS at ${address} runs without JetStream: start it with \`nats-server -js\` (\`tickcast start\` without --nats needs none)`
      : `NATS at ${address} was reached, but its JetStream does not answer (${reason(error)})`,
    { cause: error },
  )
}
