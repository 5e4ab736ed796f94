import { auditTime, Subject, takeUntil, tap } from 'rxjs'
import type { Bus, SubscribeOptions } from '../bus/bus.ts'
import type { OutsideEvent, PipelineEvent, ReadingEvent, RejectedEvent } from '../core/events.ts'
import { healthMessage } from '../core/health/health-message.ts'
import { countRejected } from '../core/ingest-statistics.ts'
import { renewDigest, scoreMessage } from '../core/score-message.ts'
import type { StationModel } from '../core/station-model.ts'
import type { StationState } from '../core/station-state.ts'
import type { ClosedForecast } from '../core/truth-join.ts'
import { deferred } from '../domain/deferred.ts'
import { toError } from '../domain/errors.ts'
import type { Settlement } from '../domain/forecast.ts'
import { formatInstant, type Instant } from '../domain/instant.ts'
import type { Reading, Rejection, ReplayMark } from '../domain/reading.ts'
import { targetChannel } from '../domain/station.ts'
import { differenceUnit } from '../domain/unit.ts'
import { forecastMessage, provenanceOf, readingMessage } from '../protocol/encode.ts'
import type { MessageOf } from '../protocol/message-of.ts'
import { outsidePlace } from '../protocol/outside.ts'
import type { ReplayMarkMessage } from '../protocol/provenance.ts'
import type { SensorHealthMessage } from '../protocol/sensor-health.ts'
import type { StatusMessage } from '../protocol/status.ts'
import type { Topic } from '../protocol/topics.ts'
import { monthsAt } from '../verify/monthly.ts'
import { scoreTable } from '../verify/rolling.ts'
import { type DayAhead, dayAhead } from './day-ahead.ts'
import { type AcceptTick, type JournalledTick, openDeliveries } from './deliveries.ts'
import { pipeline } from './pipeline.ts'
import { publishedBefore } from './published-before.ts'
import { type StatusContext, stationStatus } from './station-status.ts'
import { verificationMessage } from './verification-message.ts'

/** How often the status is published at most while anything happens; wall time, for people. */
const STATUS_EVERY_MS = 500
/** The verification message is large, and few read it. */
const STATUSES_A_VERIFICATION = 10
/** Where nothing more comes for so long, as at the end of a tape, what there was has its verification. */
const QUIET_MS = 2_000

export interface StationStreamOptions {
  readonly model: StationModel
  /** What the pipeline begins with, and goes on to keep up to date. */
  readonly state: StationState
  readonly bus: Bus
  readonly from: NonNullable<SubscribeOptions['from']>
  /** What trains the recurrent networks, for the status: `fused kernel (relaxed SIMD)`, say. */
  readonly engine: string
  /** Description of the recurrent networks, for the status; `none` without one. */
  readonly network: string
  readonly now: () => Instant
  /** A measurement without replay mark has come in, now and not before this stream was opened. */
  readonly onLive: (eventTime: Instant) => void
  /** Told of each reading as the models take it. */
  readonly onReading?: (reading: Reading) => void
  /** A fault of the sensor begins, is of another kind, or is over; told of live readings. */
  readonly onHealth?: (health: SensorHealthMessage) => void
  /** A stage has thrown: a defect, after which this station's stream has ended. */
  readonly onFailure: (error: unknown) => void
  /** Told of keys of ticks that the station does not know, each once. */
  readonly onNote?: ((note: string) => void) | undefined
  /** Forecasts that a reading has settled. */
  readonly onSettled?: (settlements: readonly Settlement[]) => void
  /** Forecasts of which no lead is open any more. */
  readonly onClosed?: (closed: readonly ClosedForecast[]) => void
  /** How the tape stands where it is known, which a pause between two readings changes; else as at the last reading. */
  readonly tape?: () => ReplayMarkMessage | undefined
  /** By issuer outside, how asking it goes, where this process asks. */
  readonly asked?: () => StatusContext['asked']
  /** Which ticks are taken. Default: all. */
  readonly accept?: AcceptTick
  /** Journalled ticks that the state does not hold yet. */
  readonly backlog?: AsyncIterable<readonly JournalledTick[]> | undefined
  /** Event time of the newest reading that is on record from before, to which the backlog leads. */
  readonly recordedUpTo?: Instant | undefined
  /** What was published up to here was by other models, and stays: it is not published again. */
  readonly othersUpTo?: Instant | undefined
  /** Its readings come from a file of the past: no forecast was there when it would have been of use, and each says so. */
  readonly hindcast?: boolean
  /** Keeps what is published, and is told of every tick that was worked off. Default: nothing is kept. */
  readonly keeper?: StationKeeper | undefined
}

/** Keeps a station's record and state. */
export interface StationKeeper {
  keep(what: 'reading' | 'forecast' | 'score' | 'outside', record: PublishedRecord): void
  /** Between two ticks, when the state may be written out. */
  workedOff(state: StationState): void
  /** Keeps the state as it stands; nothing after that. */
  close(state: StationState): Promise<void>
  /** Keeps nothing any more: the station goes on from another state. */
  leave(): Promise<void>
}

/** As it was published. */
export interface PublishedRecord {
  /** Of a replay; empty for live readings. */
  readonly session: string
  readonly eventTime: Instant
  readonly message: unknown
}

/** A station's pipeline joined to the bus: ticks in; readings, scores, forecasts, rejections and status out. */
export interface StationStream {
  /** All that the pipeline knows, up to date. */
  readonly state: StationState
  status(): StatusMessage
  /** Publishes the status now, without a reading. */
  publishStatus(): void
  /** Ticks worked off in this replay session; 0 while it is not the one that runs. */
  ticks(session: string): number
  /** Something on the tick subject that is not even a tick: counted and kept like any other rejection. */
  reject(tick: string, rejection: Rejection): void
  /** How each model did at +24 h since the session began. */
  dayAhead(): Record<string, DayAhead>
  /** Works off what is held back, publishes the last status, and ends. */
  close(): Promise<void>
  /** Ends at once: what it knows is given up for another state of the station. */
  leave(): Promise<void>
}

type KeptTopic = Parameters<StationKeeper['keep']>[0]

function sessionOf(replay: ReplayMark | undefined): string {
  return replay?.session ?? 'live'
}

export async function openStationStream(options: StationStreamOptions): Promise<StationStream> {
  const { bus, model, state, engine, network } = options
  const { station } = model.parts
  const { unit } = targetChannel(station)
  const openedAt = options.now()
  const earlier = await publishedBefore(bus, station.id, state.newest)
  /** What the bus has yet to take on of the delivery under way. */
  let pending: Promise<void>[] = []

  const publish = <T extends Topic>(topic: T, message: MessageOf[T], id?: string): void => {
    const taken = bus.publish(station.id, topic, message, id)
    if (taken) pending.push(taken)
  }
  /** To whoever listens and whoever keeps; where there is neither, the message is not even built. */
  const publishKept = <T extends KeptTopic>(
    topic: T,
    { eventTime, replay }: Reading,
    message: () => MessageOf[T],
  ): void => {
    const heard = bus.hasSubscribers(station.id, topic)
    if (!heard && !options.keeper) return
    const built = message()
    options.keeper?.keep(topic, { session: replay?.session ?? '', eventTime, message: built })
    if (heard) publish(topic, built, idOf(topic, eventTime, replay))
  }

  /** Those that the bus retained from before are history. */
  const isLive = ({ bridged, replay, ingestTime }: Reading): boolean =>
    !bridged && replay === undefined && ingestTime >= openedAt

  /** The first moment comes again, with more of it: a server would take it for what it has. */
  let isAgain = false
  let again = 0

  const idOf = (topic: Topic, eventTime: Instant, replay: ReplayMark | undefined): string =>
    `${station.id}/${sessionOf(replay)}/${topic}/${eventTime}${isAgain ? `/${++again}` : ''}`

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
    if (!already.reading) publishKept('reading', reading, () => readingMessage(station, reading))
    if (!forecast) return
    if (already.score) renewDigest(state.scoreDigest, table(eventTime), months)
    else
      publishKept('score', reading, () =>
        scoreMessage(state.scoreDigest, {
          table: table(eventTime),
          unit: differenceUnit(unit),
          months,
          provenance,
        }),
      )
    if (already.forecast) return
    publishKept('forecast', reading, () => ({
      ...forecastMessage(station, forecast, provenance),
      ...(options.hindcast && { hindcast: true as const }),
    }))
  }

  let told = state.health.fault?.kind
  const tellHealth = (): void => {
    const kind = state.health.fault?.kind
    if (kind !== told) options.onHealth?.(healthMessage(state.health))
    told = kind
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
    if (!earlier.catchingUp) publish('rejected', message, `${tick}/rejected`)
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
    options.keeper?.keep('outside', { session, eventTime, message })
    publish('outside', message, `${station.id}/${session}/outside/${eventTime}`)
  }

  const out = (event: PipelineEvent): void => {
    switch (event.kind) {
      case 'reading':
        options.onReading?.(event.reading)
        if (isLive(event.reading)) {
          options.onLive(event.reading.eventTime)
          tellHealth()
        }
        if (event.joined.settlements.length > 0) options.onSettled?.(event.joined.settlements)
        if (event.joined.closed.length > 0) options.onClosed?.(event.joined.closed)
        publishReading(event)
        isAgain = false
        return
      case 'rejected':
        publishRejected(event)
        return
      case 'done': {
        const taken = pending
        pending = []
        deliveries.done(
          event.delivery,
          taken.length > 0 ? Promise.all(taken).then(() => undefined) : undefined,
        )
        options.keeper?.workedOff(state)
        return
      }
      case 'accepted':
        tellHealth()
        return
      case 'outside':
        publishOutside(event)
        return
      case 'session':
        isAgain = event.again === true
        return
      case 'neighbour':
      case 'gap':
      case 'masked':
        return
    }
  }

  /** Until where it is brought back to, of what is kept; undefined once it is there. */
  const catchingUp = (): StatusMessage['catching_up'] => {
    const upTo = earlier.catchingUp ? earlier.upTo : backlogged ? options.recordedUpTo : undefined
    if (upTo === undefined && !backlogged) return undefined
    const at = state.newest ? formatInstant(state.newest.eventTime) : null
    return { at, to: upTo === undefined ? null : formatInstant(upTo) }
  }
  const status = (): StatusMessage =>
    stationStatus(model, state, {
      ...{ engine, network, catchingUp: catchingUp() },
      ...{ tape: options.tape?.(), asked: options.asked?.() },
    })
  const publishStatus = () => bus.publish(station.id, 'status', status())
  const publishVerification = () => {
    const { newest } = state
    if (!newest || !bus.hasSubscribers(station.id, 'verification')) return undefined
    const message = verificationMessage(table(newest.eventTime), {
      unit: differenceUnit(unit),
      months: months(),
      provenance: provenanceOf(station, newest.replay),
    })
    return bus.publish(station.id, 'verification', message)
  }
  let statuses = 0
  let quiet: NodeJS.Timeout | undefined
  const publishStanding = (): void => {
    void publishStatus()
    if (earlier.catchingUp) return
    clearTimeout(quiet)
    if (statuses++ % STATUSES_A_VERIFICATION === 0) void publishVerification()
    else quiet = setTimeout(() => void publishVerification(), QUIET_MS).unref()
  }

  let backlogged = options.backlog !== undefined
  const end$ = new Subject<void>()
  const finished = deferred<void>()
  const ready = deferred<void>()
  const deliveries = openDeliveries(bus, {
    station: station.id,
    from: options.from,
    backlog: options.backlog,
    accept: options.accept ?? (() => true),
    ready: () => {
      // The last status may be of before, and without a tick there is none after it. One of nothing would say nothing.
      if (backlogged && state.newest) {
        backlogged = false
        void publishStatus()
      }
      backlogged = false
      ready.resolve()
    },
  })
  const events$ = deliveries.ticks$.pipe(
    takeUntil(end$),
    pipeline(model, () => state, options.onNote),
    tap(out),
  )

  const running = events$.pipe(auditTime(STATUS_EVERY_MS)).subscribe({
    next: publishStanding,
    error(error: unknown) {
      ready.reject(toError(error))
      finished.resolve()
      options.onFailure(error)
    },
    complete: () => finished.resolve(),
  })
  await ready.promise
  // Ahead of the first tick: the newest status that is known elsewhere is of before, and says that all is well; and after a
  // restart nobody knows a verification.
  if (catchingUp()) void publishStatus()
  else void publishVerification()

  return {
    state,
    status,
    publishStatus: () => void publishStatus(),
    ticks: (session) => (session === state.session ? state.ticks : 0),
    reject(tick, rejection) {
      out({
        kind: 'rejected',
        tick,
        eventTime: '',
        ingestTime: formatInstant(options.now()),
        rejection,
        replay: undefined,
      })
    },
    dayAhead: () => dayAhead(table(state.newest?.eventTime ?? 0)),
    async close() {
      clearTimeout(quiet)
      if (options.keeper) {
        // What waits for older readings, or for weights, goes on waiting in the state that is kept.
        running.unsubscribe()
        await options.keeper.close(state)
      } else {
        end$.next()
        await finished.promise
      }
      // Not awaited: the bus may be away, and flushes by itself when it closes.
      void publishStatus()
      void publishVerification()
    },
    async leave() {
      clearTimeout(quiet)
      running.unsubscribe()
      await options.keeper?.leave()
    },
  }
}
