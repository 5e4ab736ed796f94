import type { Bus, SubscribeOptions } from '../bus/bus.ts'
import { describeInvalid, type Invalid } from '../bus/wire.ts'
import type { StationModel } from '../core/station-model.ts'
import type { ClosedForecast } from '../core/truth-join.ts'
import { errorMessage } from '../domain/errors.ts'
import type { Settlement } from '../domain/forecast.ts'
import { DAY, type Instant } from '../domain/instant.ts'
import type { Station } from '../domain/station.ts'
import { openStationStream, type StationStream } from '../flow/station-stream.ts'
import type { TrainerPool } from '../networks/trainer-pool.ts'
import { stationMessage, stationOf } from '../protocol/encode.ts'
import type { MessageOf } from '../protocol/message-of.ts'
import type { ReadingMessage, ReplayMarkMessage, StationMessage } from '../protocol/messages.ts'
import type { Keep } from '../store/keep.ts'
import { assembleModel, type Instruments, type PipelineFlags } from './assemble-model.ts'
import { keptState, stationKeeper } from './station-keeper.ts'

/**
 * Anyone may publish to a subject: an invalid tick counts as a rejected one, any other invalid message is only
 * reported.
 */
export function rejectInvalid(
  invalid: Invalid,
  { host, warn }: { readonly host: StationHost | undefined; readonly warn: (error: string) => void },
): void {
  const { topic, station, id, field, text, rule } = invalid
  if (topic !== 'tick') warn(describeInvalid(invalid))
  else host?.stations.get(station)?.reject(id, { field, value: text, rule, reason: 'malformed' })
}

export interface HostOptions {
  readonly bus: Bus
  /** Trains the networks of all stations. */
  readonly pool: Pick<TrainerPool, 'trainer'>
  readonly flags: PipelineFlags
  readonly from: NonNullable<SubscribeOptions['from']>
  /** A station's pipeline stands. */
  readonly onStation: (station: Station, parts: { readonly engine: string; readonly network: string }) => void
  /** A station that was announced cannot be forecast: the flags do not fit it, or its description makes no sense. */
  readonly onUnsuitable: (station: string, error: unknown) => void
  /** A live tick was read. */
  readonly onLive: (station: string, eventTime: Instant) => void
  /** How a station's tape stands, where it is played in this process. */
  readonly tape?: (station: string) => ReplayMarkMessage | undefined
  readonly onFailure: (error: unknown) => void
  /** Forecasts that a reading has settled, for whoever keeps a record of them. */
  readonly onSettled?: (station: string, settlements: readonly Settlement[]) => void
  /** Forecasts beside all that came of what they are of, for whoever writes them down. */
  readonly onClosed?: (station: string, closed: readonly ClosedForecast[]) => void
  readonly instruments?: Instruments
  /** Where live stations are kept; default: nowhere. */
  readonly keep?: StationsKept | undefined
}

export interface StationsKept {
  readonly folder: Keep
  /** Ticks from one checkpoint to the next; default 500. */
  readonly every?: number
  /** Something of a station is not kept, or cannot be gone on with. */
  readonly warn: (reason: string) => void
}

/** Forecasts every station that is announced on the bus, each in a pipeline of its own. */
export interface StationHost {
  readonly stations: ReadonlyMap<string, StationStream>
  /** Fulfilled when all that a station has published so far is where it is kept. */
  recorded(station: string): Promise<void>
  close(): Promise<void>
}

interface Hosted {
  readonly stream: StationStream
  /** What the pipeline was built for; another one needs another pipeline. */
  readonly built: string
  /** The newest replay session announced; ULIDs sort by time, so a smaller one is over. */
  session: string
  recorded(): Promise<void>
  close(): Promise<void>
}

export async function openStationHost(options: HostOptions): Promise<StationHost> {
  const { bus } = options
  const hosted = new Map<string, Hosted>()
  const stations = new Map<string, StationStream>()
  let closing = false
  /** The announcement under way; they are handed on one at a time. */
  let opening = Promise.resolve()

  const announced = async (message: StationMessage): Promise<void> => {
    const station = stationOf(message)
    const built = JSON.stringify(station)
    const known = hosted.get(station.id)
    const session = message.tape?.session ?? ''
    if (closing) return
    if (message.removed) {
      await known?.close()
      hosted.delete(station.id)
      stations.delete(station.id)
      await options.keep?.folder.remove(station.id)
      // What its pipeline published last goes too, unless the station was announced anew meanwhile.
      if ((await bus.newest(station.id, 'station')) === undefined) await bus.forget(station.id)
      return
    }
    if (known?.built === built) {
      if (session > known.session) known.session = session
      return
    }
    await known?.close()
    hosted.delete(station.id)
    stations.delete(station.id)
    const next = await host(station, options, { built, session })
    hosted.set(station.id, next)
    stations.set(station.id, next.stream)
  }

  const subscription = await bus.subscribe(
    { topic: 'station' },
    ({ station, message }) => {
      opening = announced(message).catch((error: unknown) => options.onUnsuitable(station, error))
      return opening
    },
    { from: 'retained' },
  )

  return {
    stations,
    recorded: async (station) => hosted.get(station)?.recorded(),
    async close() {
      closing = true
      await subscription.close()
      // A pool that is partly open has threads already, which would keep the process alive.
      await opening
      await Promise.all([...hosted.values()].map((each) => each.close()))
    },
  }
}

async function host(
  station: Station,
  {
    bus,
    flags,
    pool,
    from,
    onStation,
    onLive,
    onFailure,
    onSettled,
    onClosed,
    tape,
    instruments,
    keep,
  }: HostOptions,
  { built, session }: { readonly built: string; readonly session: string },
): Promise<Hosted> {
  const { model, network, description } = assembleModel(station, flags, {
    trainerOf: pool.trainer,
    ...(instruments && { instruments }),
  })
  const engine = engineOf(model)
  onStation(station, { engine, network })

  const kept = keep && (await keptState(keep.folder, { station: station.id, description, warn: keep.warn }))
  const shown = keep && (await showRecord(bus, keep.folder, station.id))
  if (keep) await describe(keep, station)
  const keeper =
    keep &&
    stationKeeper({
      keep: keep.folder,
      station: station.id,
      description,
      onError: (error) => keep.warn(error.message),
      every: keep.every,
      recordedUpTo: kept ? undefined : shown,
    })
  const current: { session: string } = { session }
  const stream = await openStationStream({
    model,
    state: kept?.state ?? model.initial(),
    backlog: keep?.folder.journal(station.id, kept?.position ?? 0),
    keeper,
    engine,
    network,
    bus,
    from,
    accept: ({ replay }) => replay === undefined || replay.session >= current.session,
    now: Date.now,
    onLive: (eventTime) => onLive(station.id, eventTime),
    tape: () => tape?.(station.id),
    onFailure,
    onSettled: (settlements) => onSettled?.(station.id, settlements),
    onClosed: (closed) => onClosed?.(station.id, closed),
  })

  return {
    stream,
    built,
    get session() {
      return current.session
    },
    set session(newest) {
      current.session = newest
    },
    recorded: async () => keeper?.recorded(),
    close: () => stream.close(),
  }
}

/** So that whoever reads the folder later knows what its record is of. */
async function describe({ folder, warn }: StationsKept, station: Station): Promise<void> {
  try {
    await folder.describe(stationMessage(station, { source: station.simulated ? 'simulated' : 'live' }))
  } catch (error) {
    warn(`what ${station.id} is cannot be kept: ${errorMessage(error)}`)
  }
}

/** As far back as a page looks. */
const SHOWN = 14 * DAY
const MOST_SHOWN = 5000

/**
 * Publishes the newest of what was kept, so that a page shows what it showed before the restart. Gives the event time
 * of the newest reading on record.
 */
async function showRecord(bus: Bus, folder: Keep, station: string): Promise<Instant | undefined> {
  const [newest] = await folder.records(station, 'reading', { limit: 1, newestFirst: true })
  if (!newest) return undefined
  const readings = await folder.records(station, 'reading', {
    from: newest.eventTime - SHOWN,
    limit: MOST_SHOWN,
  })
  for (const { message } of readings) await bus.publish(station, 'reading', message as ReadingMessage)
  for (const topic of ['score', 'forecast'] as const) {
    for (const { message } of await folder.records(station, topic, { limit: 1, newestFirst: true })) {
      await bus.publish(station, topic, message as MessageOf[typeof topic])
    }
  }
  return newest.eventTime
}
/** What trains the recurrent networks, in words; `none` without any. */
function engineOf({ parts: { trained } }: StationModel): string {
  return trained.find(({ learnsFrom }) => learnsFrom === 'lookbacks')?.trainer.engine ?? 'none'
}
