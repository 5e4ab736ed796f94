import { isIP } from 'node:net'
import { connect, ErrorWithReasonCode, type IClientOptions } from 'mqtt'
import { BURST_SLICE_MS, breather } from '../domain/breather.ts'
import { errorMessage } from '../domain/errors.ts'
import type { MqttAddress } from './address.ts'
import { accessRefused, unreachableReason } from './link-errors.ts'

export interface MqttMessage {
  readonly topic: string
  readonly payload: Uint8Array
  /** The broker held it from before we asked for it. */
  readonly retained: boolean
}

/** The connection to a broker, re-established for as long as it takes. */
export interface MqttLink {
  /** Fulfilled when the broker has it; rejects where it cannot be handed over now. */
  publish(topic: string, payload: string): Promise<void>
  readonly isConnected: boolean
  readonly traffic: Readonly<MqttTraffic>
  /** Which topics are listened to from now on, in place of those before. */
  listen(filters: ReadonlySet<string>): void
  /** Nothing is heard any more. */
  deafen(): void
  /** What is wrong, for `/readyz`; undefined where it works. */
  healthError(): string | undefined
  close(): Promise<void>
}

/** Since the start; counted in place. */
export interface MqttTraffic {
  /** Messages that the broker handed over on the topics that are listened to. */
  received: number
  /** Messages that the broker has taken from us. */
  published: number
}

export interface MqttLinkOptions {
  readonly at: MqttAddress
  readonly clientId: string
  readonly will: { readonly topic: string; readonly payload: string }
  /** The next message is handed over when the promise is settled, and no more are asked of the broker meanwhile. */
  readonly onMessage: (message: MqttMessage) => Promise<void> | undefined
  readonly onConnect: () => void
  /** The broker is away, back, or refuses something: for a person to read. */
  readonly onNotice: (text: string) => void
}

const FIRST_RETRY_MS = 500
const LAST_RETRY_MS = 30_000
const CONNECT_MS = 10_000
const CLOSE_MS = 2_000
/** A broker of MQTT 5 sends nothing larger: far above any reading. */
export const MOST_PACKET_BYTES = 1024 * 1024

export function openMqttLink(options: MqttLinkOptions): MqttLink {
  const { at, will, onMessage, onConnect, onNotice } = options
  const { address } = at
  let healthError: string | undefined = `MQTT at ${address} is not connected yet`
  let refused: string | undefined
  /** Subscriptions that the broker has not answered yet. */
  let subscribing = 0
  let filters: ReadonlySet<string> = new Set()
  let closing = false
  let connection = 0
  let isDeaf = false
  let wasThere = false
  const traffic: MqttTraffic = { received: 0, published: 0 }

  const settings: IClientOptions = {
    host: at.host,
    port: at.port,
    protocol: at.isTls ? 'mqtts' : 'mqtt',
    ...(at.isTls && isIP(at.host) === 0 && { servername: at.host }),
    ...(at.username !== undefined && { username: at.username }),
    ...(at.password !== undefined && { password: at.password }),
    clientId: options.clientId,
    // What a broker had kept for us while we were away would be taken for measured now.
    clean: true,
    resubscribe: false,
    queueQoSZero: false,
    reconnectOnConnackError: true,
    reconnectPeriod: FIRST_RETRY_MS,
    connectTimeout: CONNECT_MS,
    keepalive: 30,
    protocolVersion: 5,
    properties: { maximumPacketSize: MOST_PACKET_BYTES },
    will: { topic: will.topic, payload: Buffer.from(will.payload), qos: 1, retain: true },
  }
  const client = connect(settings)

  /** Each reason is told once, however often it is tried again. */
  const away = (why: string): void => {
    if (healthError !== why && !closing) onNotice(why)
    healthError = why
  }

  client.on('connect', () => {
    client.options.reconnectPeriod = FIRST_RETRY_MS
    if (wasThere || healthError?.endsWith(TRYING))
      onNotice(`MQTT at ${address} is ${wasThere ? 'back' : 'there'}`)
    wasThere = true
    healthError = undefined
    refused = undefined
    subscribing = 0
    connection++
    subscribe([...filters])
    onConnect()
  })
  client.on('error', (error) => {
    if (error instanceof ErrorWithReasonCode && UNKNOWN_VERSION.has(error.code)) {
      // nats-server and older brokers speak 3.1.1.
      client.options.protocolVersion = 4
      client.options.properties = {}
      return
    }
    const access = error instanceof ErrorWithReasonCode && accessRefused(error.code)
    away(
      access
        ? `MQTT at ${address} ${access}${TRYING}`
        : `MQTT at ${address} cannot be reached (${unreachableReason(error)})${TRYING}`,
    )
  })
  client.on('close', () => {
    const before = client.options.reconnectPeriod ?? FIRST_RETRY_MS
    client.options.reconnectPeriod = Math.min(2 * before, LAST_RETRY_MS)
    if (healthError === undefined) away(`disconnected from MQTT at ${address}${TRYING}`)
  })

  const breath = breather(BURST_SLICE_MS)
  client.handleMessage = (packet, done) => {
    if (isDeaf) return done()
    traffic.received++
    const payload = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload
    const taken = handed({ topic: packet.topic, payload, retained: packet.retain })
    const wait = taken ?? (breath.isDue ? breath.pause() : undefined)
    if (wait) void wait.then(() => done())
    else done()
  }

  /** A defect of ours costs the message, not the process. */
  function handed(message: MqttMessage): Promise<void> | undefined {
    const lost = (error: unknown): void =>
      onNotice(`a message on ${message.topic} is lost to a defect of ours: ${errorMessage(error)}`)
    try {
      return onMessage(message)?.catch(lost)
    } catch (error) {
      lost(error)
      return undefined
    }
  }

  function subscribe(topics: string[]): void {
    if (topics.length === 0) return
    subscribing++
    const asked = connection
    client.subscribe(topics, { qos: 1 }, (error, granted) => {
      if (asked === connection) subscribing--
      const denied = granted?.filter(({ qos }) => qos >= 128).map(({ topic }) => topic) ?? []
      if (closing || !client.connected || (!error && denied.length === 0)) return
      refused = `MQTT at ${address} does not let us listen to ${(denied.length > 0 ? denied : topics).join(', ')}`
      onNotice(refused)
    })
  }

  return {
    traffic,
    get isConnected() {
      return client.connected
    },
    publish: (topic, payload) =>
      new Promise((resolve, reject) => {
        if (!client.connected) return reject(new Error(healthError ?? 'not connected'))
        client.publish(topic, payload, { qos: 1, retain: true }, (error) => {
          if (error) return reject(error)
          traffic.published++
          resolve()
        })
      }),
    listen(wanted) {
      const [added, gone] = [difference(wanted, filters), difference(filters, wanted)]
      filters = wanted
      if (!client.connected) return
      subscribe(added)
      if (gone.length > 0) client.unsubscribe(gone)
    },
    deafen() {
      isDeaf = true
    },
    healthError: () =>
      healthError ??
      refused ??
      (subscribing > 0 ? `MQTT at ${address} is there, and does not let us listen yet` : undefined),
    async close() {
      closing = true
      isDeaf = true
      const enough = new Promise<void>((resolve) => setTimeout(resolve, CLOSE_MS).unref())
      if (client.connected) await Promise.race([client.endAsync(), enough])
      await Promise.race([client.endAsync(true), enough])
    },
  }
}

const TRYING = '; trying again'
/** Unacceptable or unsupported protocol version, as 3.1.1 and as 5 says it. */
const UNKNOWN_VERSION: ReadonlySet<number> = new Set([1, 132])

function difference(one: ReadonlySet<string>, other: ReadonlySet<string>): string[] {
  return [...one].filter((each) => !other.has(each))
}
