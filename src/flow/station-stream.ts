import { auditTime, Subject, takeUntil, tap } from 'rxjs'
import type { Bus, SubscribeOptions } from '../bus/bus.ts'
import type { PipelineEvent, ReadingEvent } from '../core/events.ts'
import { healthMessage } from '../core/health/health-message.ts'
import type { StationModel } from '../core/station-model.ts'
import type { StationState } from '../core/station-state.ts'
import type { ClosedForecast } from '../core/truth-join.ts'
import { deferred } from '../domain/deferred.ts'
import { toError } from '../domain/errors.ts'
import type { Settlement } from '../domain/forecast.ts'
import { formatInstant, type Instant } from '../domain/instant.ts'
import type { Reading, Rejection } from '../domain/reading.ts'
import type { ReplayMarkMessage } from '../protocol/provenance.ts'
import type { SensorHealthMessage } from '../protocol/sensor-health.ts'
import type { StatusMessage } from '../protocol/status.ts'
import { scoreTable } from '../verify/rolling.ts'
import { type DayAhead, dayAhead } from './day-ahead.ts'
import { type AcceptTick, type JournalledTick, openDeliveries } from './deliveries.ts'
import { eventPublisher, type RecordKeeper } from './event-publisher.ts'
import { pipeline } from './pipeline.ts'
import { publishedBefore } from './published-before.ts'
import { type StatusContext, stationStatus } from './station-status.ts'
import { statusPublisher } from './status-publisher.ts'

/** How often the status is published at most while anything happens; wall time, for people. */
const STATUS_EVERY_MS = 500

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
export interface StationKeeper extends RecordKeeper {
  /** Between two ticks, when the state may be written out. */
  workedOff(state: StationState): void
  /** Keeps the state as it stands; nothing after that. */
  close(state: StationState): Promise<void>
  /** Keeps nothing any more: the station goes on from another state. */
  leave(): Promise<void>
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

export async function openStationStream(options: StationStreamOptions): Promise<StationStream> {
  const { bus, model, state, engine, network, keeper } = options
  const { station } = model.parts
  const openedAt = options.now()
  const earlier = await publishedBefore(bus, station.id, state.newest)

  let backlogged = options.backlog !== undefined
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

  const { othersUpTo, hindcast } = options
  const publisher = eventPublisher({ bus, station, state, earlier, othersUpTo, hindcast, keeper })
  const statuses = statusPublisher({
    ...{ bus, station, state, status },
    isCatchingUp: () => earlier.catchingUp,
  })

  /** Those that the bus retained from before are history. */
  const isLive = ({ bridged, replay, ingestTime }: Reading): boolean =>
    !bridged && replay === undefined && ingestTime >= openedAt

  let told = state.health.fault?.kind
  const tellHealth = (): void => {
    const kind = state.health.fault?.kind
    if (kind !== told) options.onHealth?.(healthMessage(state.health))
    told = kind
  }
  const tellReading = ({ reading, joined: { settlements, closed } }: ReadingEvent): void => {
    options.onReading?.(reading)
    if (isLive(reading)) {
      options.onLive(reading.eventTime)
      tellHealth()
    }
    if (settlements.length > 0) options.onSettled?.(settlements)
    if (closed.length > 0) options.onClosed?.(closed)
  }

  const out = (event: PipelineEvent): void => {
    if (event.kind === 'reading') tellReading(event)
    if (event.kind === 'accepted') tellHealth()
    publisher.publish(event)
    if (event.kind !== 'done') return
    deliveries.done(event.delivery, publisher.taken())
    keeper?.workedOff(state)
  }

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
      const isNews = backlogged && state.newest !== undefined
      backlogged = false
      if (isNews) statuses.publish()
      ready.resolve()
    },
  })
  const events$ = deliveries.ticks$.pipe(
    takeUntil(end$),
    pipeline(model, () => state, options.onNote),
    tap(out),
  )

  const running = events$.pipe(auditTime(STATUS_EVERY_MS)).subscribe({
    next: statuses.renew,
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
  if (catchingUp()) statuses.publish()
  else statuses.publishVerification()

  return {
    state,
    status,
    publishStatus: statuses.publish,
    ticks: (session) => (session === state.session ? state.ticks : 0),
    reject(tick, rejection) {
      const ingestTime = formatInstant(options.now())
      publisher.publish({ kind: 'rejected', tick, eventTime: '', ingestTime, rejection, replay: undefined })
    },
    dayAhead: () => dayAhead(scoreTable(state.verification.rolling, state.newest?.eventTime ?? 0)),
    async close() {
      statuses.stop()
      if (keeper) {
        // What waits for older readings, or for weights, goes on waiting in the state that is kept.
        running.unsubscribe()
        await keeper.close(state)
      } else {
        end$.next()
        await finished.promise
      }
      // Not awaited: the bus may be away, and flushes by itself when it closes.
      statuses.publish()
      statuses.publishVerification()
    },
    async leave() {
      statuses.stop()
      running.unsubscribe()
      await keeper?.leave()
    },
  }
}
