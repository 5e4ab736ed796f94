import type { Bus, BusSubscription } from '../bus/bus.ts'
import type { Station } from '../domain/station.ts'
import { stationOf } from '../protocol/encode.ts'
import type { MessageOf } from '../protocol/message-of.ts'
import type { StationMessage } from '../protocol/station-message.ts'
import { deviceConfig, discoveryTopic } from './discovery.ts'
import { attributesOf, type Known, outlookOf } from './outlook.ts'
import { quantityOf } from './quantity.ts'
import type { RetainedTopics } from './retained.ts'
import { type MqttTopics, PUBLISHED, type PublishedTopic } from './topics.ts'

export interface MqttOutputOptions {
  readonly bus: Bus
  readonly topics: MqttTopics
  readonly retained: RetainedTopics
  /** Where Home Assistant looks for devices; undefined: it is told of none. */
  readonly discoveryPrefix: string | undefined
  readonly version: string
}

/** What is on the bus, as retained messages: forecast, score and status, and what Home Assistant shows of them. */
export interface MqttOutput {
  /** Tells Home Assistant of the stations again. */
  discover(): void
  close(): Promise<void>
}

interface Shown {
  readonly station: Station
  /** Of a tape nothing is of now: its messages go out marked as such, and Home Assistant hears nothing of it. */
  readonly isLive: boolean
}

export async function openMqttOutput(options: MqttOutputOptions): Promise<MqttOutput> {
  const { bus, topics, retained, discoveryPrefix, version } = options
  const shown = new Map<string, Shown>()
  const known = new Map<string, Known>()

  function discover(id: string): void {
    const one = shown.get(id)
    if (discoveryPrefix === undefined || !one?.isLive) return
    const { station } = one
    retained.set(discoveryTopic(discoveryPrefix, id), () =>
      JSON.stringify(deviceConfig(station, { topics, version })),
    )
  }

  async function announced(id: string, message: StationMessage): Promise<void> {
    if (message.removed) return forget(id)
    const isKnown = shown.has(id)
    shown.set(id, { station: stationOf(message), isLive: message.tape === undefined })
    discover(id)
    if (bus.kind !== 'nats' || isKnown) return
    const reading = (await bus.newest(id, 'reading'))?.message
    if (reading) know(id, { reading })
    for (const topic of PUBLISHED) await catchUp(id, topic)
  }

  /** What a server still holds of before. */
  async function catchUp<T extends PublishedTopic>(id: string, topic: T): Promise<void> {
    const newest = await bus.newest(id, topic)
    if (newest) take(id, topic, newest.message)
  }

  function forget(id: string): void {
    const one = shown.get(id)
    shown.delete(id)
    known.delete(id)
    if (!one) return
    const all = [
      ...PUBLISHED.map((topic) => topics.published(id, topic)),
      topics.state(id),
      topics.attributes(id),
    ]
    for (const topic of all) retained.set(topic, undefined)
    if (discoveryPrefix !== undefined) retained.set(discoveryTopic(discoveryPrefix, id), undefined)
  }

  function take<T extends PublishedTopic>(id: string, topic: T, message: MessageOf[T]): void {
    if (!shown.has(id)) return
    retained.set(topics.published(id, topic), () => JSON.stringify(message))
    if (topic !== 'status') know(id, { [topic]: message })
  }

  function know(id: string, news: Known): void {
    const one = shown.get(id)
    if (!one?.isLive) return
    const now = { ...known.get(id), ...news }
    known.set(id, now)
    const { station } = one
    retained.set(topics.state(id), () => JSON.stringify(outlookOf(now, station)))
    const { forecast } = news
    if (!forecast) return
    const isTemperature =
      quantityOf({ name: station.target, unit: forecast.unit }).deviceClass === 'temperature'
    retained.set(topics.attributes(id), () => JSON.stringify(attributesOf(forecast, { isTemperature })))
  }

  const announcements = await bus.subscribe(
    { topic: 'station' },
    ({ station, message }) => announced(station, message),
    { from: 'retained' },
  )
  const subscriptions: BusSubscription[] = [
    announcements,
    await bus.subscribe({ topic: 'reading' }, ({ station, message }) => {
      // Held over from the last measurement it is nothing new, and without the target nothing to show.
      const value = message.values[shown.get(station)?.station.target ?? '']
      if (!message.bridged && typeof value === 'number') know(station, { reading: message })
    }),
  ]
  for (const topic of PUBLISHED) {
    subscriptions.push(
      await bus.subscribe({ topic }, ({ station, message }) => take(station, topic, message)),
    )
  }

  return {
    discover() {
      for (const id of shown.keys()) discover(id)
    },
    async close() {
      await Promise.all(subscriptions.map((each) => each.close()))
    },
  }
}
