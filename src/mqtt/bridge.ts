import { ulid } from 'ulid'
import type { Bus } from '../bus/bus.ts'
import { deferred } from '../domain/deferred.ts'
import { errorMessage, TickcastError } from '../domain/errors.ts'
import type { Instant } from '../domain/instant.ts'
import { listed } from '../ingest/bad-file.ts'
import { mqttAddress } from './address.ts'
import { openMqttInput } from './input.ts'
import { type MqttMessage, type MqttTraffic, openMqttLink } from './link.ts'
import { openMqttOutput } from './output.ts'
import { isRefusal, refusalTeller } from './refusals.ts'
import { retainedTopics } from './retained.ts'
import { mqttTopics } from './topics.ts'

export interface MqttBridgeOptions {
  readonly bus: Bus
  readonly url: string
  /** Under which our topics are; default `tickcast`, or `tickcast/mqtt` where the bus is NATS. */
  readonly prefix?: string | undefined
  /** Where Home Assistant looks for devices; undefined: it is told of none. */
  readonly discoveryPrefix: string | undefined
  readonly version: string
  readonly now: () => Instant
  /** What happens to the connection, what is left aside. */
  readonly onNotice: (text: string) => void
  /** A message that was refused, and why. */
  readonly onRefused: (text: string) => void
}

/** How a bridge stands; counts are since the start. */
export interface MqttStanding extends Readonly<MqttTraffic> {
  /** The broker's URL without credentials. */
  readonly address: string
  readonly isConnected: boolean
  /** Ticks of its messages that were refused, those that came twice not counted. */
  readonly refused: number
}

/** A broker beside the bus: its messages become ticks, what is published goes out retained. */
export interface MqttBridge {
  /** The broker's URL without credentials. */
  readonly address: string
  readonly prefix: string
  /** What is wrong, for `/readyz`; undefined where it works. */
  healthError(): string | undefined
  standing(): MqttStanding
  /** Takes no messages any more: what was taken is on the bus. */
  closeInput(): Promise<void>
  close(): Promise<void>
}

const ONLINE = 'online'
const OFFLINE = 'offline'
/** How long the broker may take for what is said last. */
const LAST_MS = 2_000

/** Rejects (`usage`) where the address or a prefix is none; a broker that is away is tried again for as long as it takes. */
export async function openMqttBridge(options: MqttBridgeOptions): Promise<MqttBridge> {
  const { bus, url, discoveryPrefix, version, now, onNotice, onRefused } = options
  const at = mqttAddress(url)
  const prefix = checkedPrefix(options.prefix ?? (bus.kind === 'nats' ? 'tickcast/mqtt' : 'tickcast'), bus)
  if (discoveryPrefix !== undefined) checkTopic('--discovery-prefix', discoveryPrefix)
  const topics = mqttTopics(prefix)
  const birthTopic = discoveryPrefix === undefined ? undefined : `${discoveryPrefix}/status`

  const ready = deferred<void>()
  let isReady = false
  const link = openMqttLink({
    at,
    clientId: `tickcast-${ulid().toLowerCase()}`,
    will: { topic: topics.availability, payload: OFFLINE },
    onNotice,
    onMessage: (message) => take(message),
    onConnect: () => {
      retained.set(topics.availability, () => ONLINE)
      retained.renew()
    },
  })
  const retained = retainedTopics(link, (error) =>
    onNotice(`MQTT at ${at.address} does not take what we publish: ${errorMessage(error)}`),
  )
  let heard: ReadonlySet<string> = new Set()
  const output = await openMqttOutput({ bus, topics, retained, discoveryPrefix, version })
  const input = await openMqttInput({
    bus,
    topics,
    now,
    onNote: onNotice,
    onFilters(filters) {
      const added = [...filters].filter((filter) => !heard.has(filter))
      heard = filters
      if (added.length > 0) onNotice(`listens to ${listed(added).replaceAll("'", '')}`)
      link.listen(new Set([...filters, ...(birthTopic === undefined ? [] : [birthTopic])]))
    },
  })
  const tellRefused = refusalTeller(onRefused, now)
  let refused = 0
  const rejections = await bus.subscribe({ topic: 'rejected' }, ({ message }) => {
    if (isRefusal(message)) refused++
    tellRefused(message)
  })
  isReady = true
  ready.resolve()

  function take(message: MqttMessage): Promise<void> | undefined {
    if (!isReady) return ready.promise.then(() => take(message))
    if (message.topic !== birthTopic) return input.take(message)
    if (Buffer.from(message.payload).toString() === ONLINE) output.discover()
    return undefined
  }

  return {
    address: at.address,
    prefix,
    healthError: () => link.healthError(),
    standing: () => ({ address: at.address, isConnected: link.isConnected, refused, ...link.traffic }),
    async closeInput() {
      link.deafen()
      await input.close()
    },
    async close() {
      link.deafen()
      await input.close()
      await rejections.close()
      await output.close()
      retained.set(topics.availability, () => OFFLINE)
      const enough = new Promise<void>((resolve) => setTimeout(resolve, LAST_MS).unref())
      await Promise.race([retained.flush(), enough])
      await link.close()
    },
  }
}

const PREFIX = 'levels of a topic such as tickcast or home/tickcast, without + and #'

/** Over NATS `tickcast/v1` is where the bus itself is: an MQTT listener of that server would give us our own messages back. */
function checkedPrefix(prefix: string, bus: Bus): string {
  checkTopic('--mqtt-prefix', prefix)
  if (bus.kind === 'nats' && prefix === 'tickcast') {
    throw new TickcastError(
      'usage',
      '--mqtt-prefix tickcast: with --nats that is where the bus is; expected another, such as tickcast/mqtt',
    )
  }
  return prefix
}

function checkTopic(flag: string, text: string): void {
  if (!/^[^+#\p{Cc}/$][^+#\p{Cc}]*$/u.test(text) || text.endsWith('/') || text.length > 128)
    throw new TickcastError('usage', `${flag} ${text}: expected ${PREFIX}`)
}
