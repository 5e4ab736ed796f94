import type { Bus } from '../bus/bus.ts'
import type { OutsideEvent, PipelineEvent, ReadingEvent, RejectedEvent } from '../core/events.ts'
import { countRejected } from '../core/ingest-statistics.ts'
import { renewDigest, scoreMessage } from '../core/score-message.ts'
import type { StationState } from '../core/station-state.ts'
import { formatInstant, type Instant } from '../domain/instant.ts'
import type { Reading, ReplayMark } from '../domain/reading.ts'
import { type Station, targetChannel } from '../domain/station.ts'
import { differenceUnit } from '../domain/unit.ts'
import { forecastMessage, provenanceOf, readingMessage } from '../protocol/encode.ts'
import type { MessageOf } from '../protocol/message-of.ts'
import { outsidePlace } from '../protocol/outside.ts'
import type { Topic } from '../protocol/topics.ts'
import { monthsAt } from '../verify/monthly.ts'
import { scoreTable } from '../verify/rolling.ts'
import type { PublishedBefore } from './published-before.ts'

/** Where what is published is kept. */
export interface RecordKeeper {
  keep(what: KeptTopic, record: PublishedRecord): void
}

type KeptTopic = 'reading' | 'forecast' | 'score' | 'outside'

/** As it was published. */
export interface PublishedRecord {
  /** Of a replay; empty for live readings. */
  readonly session: string
  readonly eventTime: Instant
  readonly message: unknown
}

export interface EventPublisherOptions {
  readonly bus: Bus
  readonly station: Station
  readonly state: StationState
  /** Of an earlier run: it is not published again. */
  readonly earlier: PublishedBefore
  /** What was published up to here was by other models, and stays: it is not published again. */
  readonly othersUpTo?: Instant | undefined
  readonly hindcast?: boolean | undefined
  readonly keeper?: RecordKeeper | undefined
}

/** Publishes what a station's events say: readings, scores, forecasts, rejections, and what came from outside. */
export interface EventPublisher {
  publish(event: PipelineEvent): void
  /** Fulfilled when the bus has taken on all since it was asked last; undefined where it has. */
  taken(): Promise<void> | undefined
}

export function eventPublisher(options: EventPublisherOptions): EventPublisher {
  const { bus, station, state, earlier, keeper } = options
  const unit = differenceUnit(targetChannel(station).unit)
  /** What the bus has yet to take on. */
  let pending: Promise<void>[] = []
  /** The first moment comes again, with more of it: a server would take it for what it has. */
  let isAgain = false
  let again = 0

  const send = <T extends Topic>(topic: T, message: MessageOf[T], id: string): void => {
    const taken = bus.publish(station.id, topic, message, id)
    if (taken) pending.push(taken)
  }
  const idOf = (topic: Topic, eventTime: Instant, replay: ReplayMark | undefined): string =>
    `${station.id}/${replay?.session ?? 'live'}/${topic}/${eventTime}${isAgain ? `/${++again}` : ''}`

  /** To whoever listens and whoever keeps; where there is neither, the message is not even built. */
  const sendKept = <T extends KeptTopic>(
    topic: T,
    { eventTime, replay }: Reading,
    message: () => MessageOf[T],
  ): void => {
    const heard = bus.hasSubscribers(station.id, topic)
    if (!heard && !keeper) return
    const built = message()
    keeper?.keep(topic, { session: replay?.session ?? '', eventTime, message: built })
    if (heard) send(topic, built, idOf(topic, eventTime, replay))
  }

  const table = (asOf: Instant) => scoreTable(state.verification.rolling, asOf)
  const months = () => monthsAt(state.verification.months, state.verification.rolling.sinceStart)

  const publishReading = ({ reading, forecast }: ReadingEvent): void => {
    const { eventTime, replay } = reading
    if (options.othersUpTo !== undefined && eventTime <= options.othersUpTo) return
    if (replay?.unsaid) {
      if (forecast) renewDigest(state.scoreDigest, table(eventTime), months)
      return
    }
    const provenance = provenanceOf(station, replay)
    const already = earlier.of(reading)
    // Most of a backtest has no subscribers, and building the messages would take a twentieth of its time.
    if (!already.reading) sendKept('reading', reading, () => readingMessage(station, reading))
    if (!forecast) return
    if (already.score) renewDigest(state.scoreDigest, table(eventTime), months)
    else
      sendKept('score', reading, () =>
        scoreMessage(state.scoreDigest, { table: table(eventTime), unit, months, provenance }),
      )
    if (already.forecast) return
    sendKept('forecast', reading, () => ({
      ...forecastMessage(station, forecast, provenance),
      ...(options.hindcast && { hindcast: true as const }),
    }))
  }

  const publishRejected = ({ tick, eventTime, ingestTime, rejection, replay }: RejectedEvent): void => {
    const message = {
      tick,
      event_time: eventTime,
      ...rejection,
      rejected_at: ingestTime,
      ...provenanceOf(station, replay),
    }
    countRejected(state.ingestStatistics, message)
    if (!earlier.catchingUp) send('rejected', message, `${tick}/rejected`)
  }

  const publishOutside = ({ forecast, said, ingestTime, replay }: OutsideEvent): void => {
    if (!said || replay?.unsaid || earlier.catchingUp) return
    const session = outsidePlace(said, replay?.session ?? '')
    const eventTime = forecast.availableAt
    const message = {
      ...said,
      available_at: formatInstant(eventTime),
      came_at: ingestTime,
      ...provenanceOf(station, replay),
    }
    keeper?.keep('outside', { session, eventTime, message })
    send('outside', message, `${station.id}/${session}/outside/${eventTime}`)
  }

  return {
    publish(event) {
      switch (event.kind) {
        case 'reading':
          publishReading(event)
          isAgain = false
          return
        case 'rejected':
          return publishRejected(event)
        case 'outside':
          return publishOutside(event)
        case 'session':
          isAgain = event.again === true
          return
        case 'accepted':
        case 'neighbour':
        case 'gap':
        case 'masked':
        case 'done':
          return
      }
    },
    taken() {
      if (pending.length === 0) return undefined
      const all = Promise.all(pending)
      pending = []
      return all.then(() => undefined)
    },
  }
}
