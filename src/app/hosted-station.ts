import type { Bus, SubscribeOptions } from '../bus/bus.ts'
import type { StationModel } from '../core/station-model.ts'
import type { ClosedForecast } from '../core/truth-join.ts'
import { within } from '../domain/deadline.ts'
import type { Settlement } from '../domain/forecast.ts'
import type { Instant, Span } from '../domain/instant.ts'
import type { StateStore } from '../domain/state-store.ts'
import type { Station } from '../domain/station.ts'
import { openStationStream, type StationStream } from '../flow/station-stream.ts'
import type { TrainerPool } from '../networks/trainer-pool.ts'
import type { AskedMessage } from '../protocol/asked.ts'
import type { ReplayMarkMessage } from '../protocol/provenance.ts'
import type { SensorHealthMessage } from '../protocol/sensor-health.ts'
import type { StationMessage } from '../protocol/station-message.ts'
import type { Keep } from '../store/keep.ts'
import { assembleModel, type Instruments, type PipelineFlags } from './assemble-model.ts'
import type { NeighbourTeller } from './neighbour-teller.ts'
import { type SessionGate, sessionGate } from './session-gate.ts'
import type { StateMemory } from './state-memory.ts'
import { SHOWN, stationKeeper } from './station-keeper.ts'
import { takeUp } from './station-start.ts'
import type { TapeSpan, TapeStates } from './tape-states.ts'

/** How long a server may take to keep the last state. */
export const LAST = { ms: 3_000, why: 'the last state is not kept' }
/** How long a server may take to store what was published. */
const STORED_MS = 5_000

/** What the pipelines of all stations of a process share, and whom they tell. */
export interface HostingOptions {
  readonly bus: Bus
  /** Trains the networks of all stations. */
  readonly pool: Pick<TrainerPool, 'trainer'>
  readonly flags: PipelineFlags
  readonly from: NonNullable<SubscribeOptions['from']>
  /** A station's pipeline stands. */
  readonly onStation: (station: Station, parts: { readonly engine: string; readonly network: string }) => void
  /** A live tick was read. */
  readonly onLive: (station: string, eventTime: Instant) => void
  /** How the sensor of a station stands, whenever that changes with a live reading. */
  readonly onHealth?: (station: string, health: SensorHealthMessage) => void
  /** How a station's tape stands, where it is played in this process. */
  readonly tape?: (station: string) => ReplayMarkMessage | undefined
  /** How asking the issuers outside of a station goes, where this process asks. */
  readonly asked?: (station: string) => Readonly<Record<string, AskedMessage>> | undefined
  readonly onFailure: (error: unknown) => void
  /** Told of keys of ticks that a station does not know, each once. */
  readonly onNote?: (note: string) => void
  /** Forecasts that a reading has settled, for whoever keeps a record of them. */
  readonly onSettled?: (station: string, settlements: readonly Settlement[]) => void
  /** Forecasts beside all that came of what they are of, for whoever writes them down. */
  readonly onClosed?: (station: string, closed: readonly ClosedForecast[]) => void
  /** Readings come from a file of the past: forecasts say that they were made afterwards. */
  readonly hindcast?: boolean
  readonly instruments?: Instruments
  /** Where live stations are kept; default: nowhere. */
  readonly keep?: StationsKept | undefined
}

export interface StationsKept {
  readonly states: StateStore
  /** Where live ticks are journalled and what is published is kept; undefined: the bus keeps both. */
  readonly folder: Keep | undefined
  /** Ticks from one checkpoint to the next; default 200. */
  readonly every?: number
  /** How long what a station published is kept; default: for ever. */
  readonly keepFor?: Span
  /** The states along the tape that is played of a station. */
  readonly tapeStates?: (station: Station, tape: TapeSpan) => Promise<TapeStates | undefined>
  /** Something of a station is not kept, or cannot be gone on with. */
  readonly warn: (reason: string) => void
}

/** A station's pipeline, joined to what is kept of it. */
export interface HostedStation {
  readonly stream: StationStream
  /** What the pipeline was built for; another one needs another pipeline. */
  readonly built: string
  readonly sessions: SessionGate
  recorded(): Promise<void>
  close(): Promise<void>
  /** As `close`, but what it knows is given up. */
  leave(): Promise<void>
}

export async function openHostedStation(
  station: Station,
  {
    bus,
    flags,
    pool,
    from,
    onStation,
    onLive,
    onHealth,
    onFailure,
    onNote,
    onSettled,
    onClosed,
    tape,
    asked,
    hindcast = false,
    instruments,
    keep,
  }: HostingOptions,
  {
    built,
    session,
    goesOn,
    tape: announced,
    memory,
    reached,
    teller,
  }: {
    readonly built: string
    readonly session: string
    /** It stood here already, and goes on from another state. */
    readonly goesOn: boolean
    readonly tape: StationMessage['tape']
    /** Of all stations. */
    readonly memory: StateMemory
    /** How far the ticks had been taken in, where they have positions. */
    readonly reached: number | undefined
    readonly teller: NeighbourTeller
  },
): Promise<HostedStation> {
  const { model, network, description } = assembleModel(station, flags, {
    trainerOf: pool.trainer,
    ...(instruments && { instruments }),
  })
  const engine = engineOf(model)
  if (!goesOn) onStation(station, { engine, network })

  const tapeStates = announced && (await keep?.tapeStates?.(station, spanOf(announced)))
  tapeStates?.follow(session)
  // Others may have kept or forgotten some meanwhile.
  await tapeStates?.look()
  const start =
    keep &&
    (await takeUp(bus, keep, {
      ...{ station, description, initial: model.initial },
      ...{ session, after: announced?.after, goesOn, reached, tapeStates },
    }))
  const keeper =
    keep &&
    stationKeeper({
      states: keep.states,
      record: keep.folder,
      station: station.id,
      description,
      onError: (error) => keep.warn(error.message),
      every: keep.every,
      keepFor: tapeStates ? SHOWN : keep.keepFor,
      newest: start?.recordedUpTo,
      published: async () => {
        await teller.told()
        if (bus.kind === 'nats') await stored(bus)
      },
      memory,
      tapeStates,
    })
  const state = start?.kept?.state ?? model.initial()
  const sessions = sessionGate(session, () => state)
  const behind = start?.kept?.position
  const stream = await openStationStream({
    model,
    state,
    backlog: tapeStates ? undefined : keep?.folder?.journal(station.id, behind ?? 0),
    recordedUpTo: start?.recordedUpTo,
    othersUpTo: start?.othersUpTo,
    keeper,
    engine,
    network,
    bus,
    from: bus.kind === 'nats' && behind !== undefined ? { after: behind } : from,
    accept: sessions.accept,
    now: Date.now,
    onLive: (eventTime) => onLive(station.id, eventTime),
    onReading: teller.of(station),
    onHealth: (health) => onHealth?.(station.id, health),
    tape: () => tape?.(station.id),
    asked: () => asked?.(station.id),
    hindcast,
    onFailure,
    onNote,
    onSettled: (settlements) => onSettled?.(station.id, settlements),
    onClosed: (closed) => onClosed?.(station.id, closed),
  })

  return {
    stream,
    built,
    sessions,
    recorded: async () => keeper?.recorded(),
    async close() {
      if (!keep || keep.folder) return stream.close()
      // While the server is away nothing more can be kept there: it goes on from what was, as after a crash.
      if (bus.healthError() !== undefined) return stream.leave()
      await within(stream.close(), LAST).catch(() => undefined)
    },
    leave: () => stream.leave(),
  }
}

function stored(bus: Bus): Promise<void> {
  return within(bus.flush(), {
    ms: STORED_MS,
    why: `what it published is not stored after ${STORED_MS / 1000} s`,
  })
}

function spanOf({ first, last }: NonNullable<StationMessage['tape']>): TapeSpan {
  return { first: Date.parse(first), last: last === null ? null : Date.parse(last) }
}

/** What trains the recurrent networks, in words; `none` without any. */
function engineOf({ parts: { trained } }: StationModel): string {
  return trained.find(({ learnsFrom }) => learnsFrom === 'lookbacks')?.trainer.engine ?? 'none'
}
