import { ulid } from 'ulid'
import type { Bus, BusSubscription } from '../bus/bus.ts'
import { errorMessage } from '../domain/errors.ts'
import type { Instant } from '../domain/instant.ts'
import type { Station } from '../domain/station.ts'
import { ignoredTeller } from '../ingest/json-ticks.ts'
import { type NamingState, noNames, toldRows } from '../ingest/named-rows.ts'
import { type RawRow, tickOf } from '../ingest/raw-row.ts'
import { stationOf } from '../protocol/encode.ts'
import type { StationMessage } from '../protocol/station-message.ts'
import type { MqttMessage } from './link.ts'
import { channelsOn, MOST_MESSAGE_BYTES, messageRows } from './message-rows.ts'
import { type MomentGatherer, momentGatherer } from './moment.ts'
import { issuersOn, outsideRows } from './outside-rows.ts'
import { isMatch, type MqttTopics } from './topics.ts'

export interface MqttInputOptions {
  readonly bus: Bus
  readonly topics: MqttTopics
  readonly now: () => Instant
  /** Told which topics are wanted, whenever that changes. */
  readonly onFilters: (filters: ReadonlySet<string>) => void
  /** Something that a person should know, a sentence. */
  readonly onNote: (note: string) => void
}

/** Messages of a broker as ticks of the live stations on the bus. */
export interface MqttInput {
  /** A promise where the next message is to wait for it. */
  take(message: MqttMessage): Promise<void> | undefined
  /** Hands on what waits for the rest of its moment, and takes nothing more. */
  close(): Promise<void>
}

interface Fed {
  readonly station: Station
  readonly filters: readonly string[]
  readonly moments: MomentGatherer
  readonly naming: NamingState
  readonly tellIgnored: (ignored: Iterable<string>) => void
  /** It was said that a retained message without a time is passed over. */
  toldRetained: boolean
}

/** Ticks on their way into the bus before the broker is made to wait. */
const MOST_PENDING = 256
/** A pipeline that is being built is waited for, ticks of a station without one are lost. */
const LOOK_MS = 50
const LONGEST_LOOK_MS = 10_000

export async function openMqttInput({
  bus,
  topics,
  now,
  onFilters,
  onNote,
}: MqttInputOptions): Promise<MqttInput> {
  const run = `mqtt/${ulid()}`
  const fed = new Map<string, Fed>()
  const pending = new Set<Promise<void>>()
  let count = 0
  let isClosed = false
  let trouble: string | undefined

  /** What goes wrong again and again is told once, until something has gone well. */
  const failed = (why: string): void => {
    if (why !== trouble) onNote(why)
    trouble = why
  }

  function publish(station: string, row: RawRow): void {
    const place = `${++count}/${row.place}`.slice(0, 200)
    const tick = tickOf({ ...row, place }, { run, ingestTime: now() })
    const taken = bus.publish(station, 'tick', tick, tick.id)
    if (taken === undefined) return
    const settled: Promise<void> = taken
      .then(() => {
        trouble = undefined
      })
      .catch((error: unknown) => failed(`a tick of ${station} may be lost: ${errorMessage(error)}`))
      .then(() => void pending.delete(settled))
    pending.add(settled)
  }

  function announced(id: string, message: StationMessage): void {
    const before = fed.get(id)
    before?.moments.flush()
    fed.delete(id)
    // Of a tape the ticks are those of its file.
    if (!message.removed && !message.tape) fed.set(id, fedStation(stationOf(message), before?.naming))
    onFilters(new Set([...fed.values()].flatMap(({ filters }) => filters)))
  }

  function fedStation(station: Station, naming = noNames()): Fed {
    const mapped = station.channels.filter(({ topic }) => topic !== undefined)
    return {
      station,
      filters: [
        ...new Set([
          topics.tick(station.id),
          ...mapped.map(({ topic }) => topic!),
          ...(station.outside ?? []).flatMap(({ topic }) => topic ?? []),
        ]),
      ],
      moments: momentGatherer({
        station,
        channels: mapped.map(({ name }) => name),
        release: (row) => publish(station.id, row),
      }),
      naming,
      tellIgnored: ignoredTeller(onNote, ` (${station.id})`),
      toldRetained: false,
    }
  }

  function read(one: Fed, { topic, payload, retained }: MqttMessage): void {
    const { station, moments } = one
    const passOver = (): void => {
      if (!one.toldRetained)
        onNote(`what was retained on ${topic} names no time, so it is no reading of now: it is passed over`)
      one.toldRetained = true
    }
    const issuers = issuersOn(topic, station)
    if (issuers.length > 0 && payload.length <= MOST_MESSAGE_BYTES) {
      for (const row of outsideRows(payload, { station, issuers, topic, now: now() })) {
        if (retained && row.isTimeless) passOver()
        else publish(station.id, row)
      }
      return
    }
    const isTick = topic === topics.tick(station.id)
    const channels = isTick ? station.channels : channelsOn(topic, station)
    const { rows, ignored } = messageRows(payload, { station, channels, topic, now: now(), isTick })
    one.tellIgnored(ignored)
    for (const row of toldRows(rows, one.naming, station)) {
      // The broker held it from before: of when it is, nobody knows.
      if (retained && row.isTimeless) passOver()
      else moments.add(row)
    }
  }

  /** Messages that come while a pipeline is being built are held, and so is all behind them. */
  async function onceReady(waiting: readonly Fed[], message: MqttMessage): Promise<void> {
    const isReady = () =>
      waiting.every(({ station }) => bus.hasSubscribers(station.id, 'tick') || !isFed(station))
    const began = performance.now()
    while (!isClosed && !isReady() && performance.now() - began < LONGEST_LOOK_MS)
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
    if (isClosed) return
    for (const one of waiting) {
      if (bus.hasSubscribers(one.station.id, 'tick')) read(one, message)
      else failed(`nobody takes ticks of ${one.station.id}: what comes on ${message.topic} is lost`)
    }
    await room()
  }

  const isFed = ({ id }: Station): boolean => fed.has(id)

  async function room(): Promise<void> {
    while (pending.size >= MOST_PENDING) await Promise.race(pending)
  }

  const subscription: BusSubscription = await bus.subscribe(
    { topic: 'station' },
    ({ station, message }) => announced(station, message),
    { from: 'retained' },
  )

  return {
    take(message) {
      if (isClosed || topics.isOurs(message.topic)) return undefined
      const meant = [...fed.values()].filter(({ filters }) =>
        filters.some((filter) => isMatch(filter, message.topic)),
      )
      if (meant.some(({ station }) => !bus.hasSubscribers(station.id, 'tick')))
        return onceReady(meant, message)
      for (const one of meant) read(one, message)
      return pending.size >= MOST_PENDING ? room() : undefined
    },
    async close() {
      for (const { moments } of fed.values()) moments.flush()
      isClosed = true
      await subscription.close()
      await Promise.all(pending)
    },
  }
}
