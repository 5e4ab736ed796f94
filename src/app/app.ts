import type { Logger } from 'pino'
import type { ReplayController } from '../../replay/replay-controller.ts'
import type { Tape } from '../../replay/tape.ts'
import type { Bus } from '../bus/bus.ts'
import { openBus } from '../bus/open-bus.ts'
import { type Deferred, deferred } from '../domain/deferred.ts'
import { TickcastError, toError } from '../domain/errors.ts'
import type { Span } from '../domain/instant.ts'
import type { StateStore } from '../domain/state-store.ts'
import type { Station } from '../domain/station.ts'
import type { Gateway } from '../gateway/gateway.ts'
import type { RecordSource } from '../gateway/record-source.ts'
import type { Issuers } from '../issuers/issuers.ts'
import type { MqttBridge } from '../mqtt/bridge.ts'
import type { EngineChoice } from '../networks/engine-choice.ts'
import { openTrainerPool, type TrainerPool } from '../networks/trainer-pool.ts'
import { trainingEngine } from '../networks/training-engine.ts'
import { stationMessage } from '../protocol/encode.ts'
import { type Keep, openKeep } from '../store/keep.ts'
import { healthText } from './health-text.ts'
import { openStationIssuers } from './issuers.ts'
import { errorTeller, logError } from './log.ts'
import { type MqttFlags, openMqtt } from './mqtt.ts'
import { openPage, type ServerFlags } from './page-files.ts'
import { openRecorder, type Recorder } from './recorder.ts'
import { type HostOptions, openStationHost, rejectInvalid, type StationHost } from './station-host.ts'
import { openTapeStates, type TapeSpan, type TapeStates } from './tape-states.ts'
import { controllerFor, type TapeFlags } from './tapes.ts'
import type { Terminal } from './terminal.ts'

export interface AppOptions {
  /** What NATS knows this process by. */
  readonly name: string
  /** The server's URL; undefined: a bus within this process. */
  readonly nats?: string | undefined
  readonly terminal: Terminal
  readonly log: Logger
  /** True where the process is to end if the bus fails. Default: the error is logged. */
  readonly busMustHold?: boolean
  /** The folder where stations are kept; undefined: nowhere, but for the states that NATS keeps. */
  readonly keep?: string | undefined
  /** False where NATS is to keep no states either. Default: it does. */
  readonly keepOnBus?: boolean
  /** False where ticks can be had again, as from a file: they are not written down before they are handed on. */
  readonly journal?: boolean
}

export interface ForecastOptions
  extends Omit<HostOptions, 'bus' | 'pool' | 'onFailure' | 'onNote' | 'asked' | 'keep'> {
  /** Ticks from one checkpoint to the next; default 200. */
  readonly keepEvery?: number
  /** How long what stations published is kept; default: for ever. */
  readonly keepFor?: Span | undefined
  readonly engine: EngineChoice
}

/**
 * What joins the parts of a process: the bus, and whichever of forecasting, serving and replaying it is for. Commands
 * open the parts they want and close the whole: in the order in which messages flow, so that what one part still has
 * under way the next one takes.
 */
export interface App {
  readonly bus: Bus
  /** Rejects when a stage of a pipeline has thrown; never fulfilled. */
  readonly failure: Promise<never>
  fail(error: unknown): void
  /** `checks` each say what keeps the process from being ready, or undefined; `starting`, which station is still to come. */
  serve(
    flags: ServerFlags,
    checks?: readonly (() => string | undefined)[],
    starting?: () => string | undefined,
  ): Promise<Gateway>
  /** Joins the broker of the flags to the bus; nothing where they name none. */
  mqtt(flags: MqttFlags): Promise<void>
  /** Keeps what other processes publish in the folder; nothing where there is none. */
  record(keepFor: Span | undefined): Promise<void>
  /** Forecasts whatever stations are announced on the bus; the networks of all share one pool of training threads. */
  forecast(options: ForecastOptions): Promise<StationHost>
  /**
   * A controller for the tape, not playing yet. `identity`: what makes it another one than was kept before; absent: it is
   * not kept.
   */
  load(tape: Tape, flags: TapeFlags, identity?: string): Promise<ReplayController>
  /** Announces the station of the tape that was loaded, and plays it. */
  play(): Promise<void>
  /** Announces stations whose ticks come from outside. Rejects (`usage`) where a tape of one is kept in the folder. */
  announce(...stations: readonly Station[]): Promise<void>
  /** Asks the issuers of a live station, from when it stands; nothing where its file names none that is asked. */
  ask(station: Station): Promise<void>
  /** Any number of times. */
  close(): Promise<void>
}

interface Parts {
  /** Whose tape it is. */
  station?: string
  controller?: ReplayController
  host?: StationHost
  pool?: TrainerPool
  recorder?: Recorder
  gateway?: Gateway
  mqtt?: MqttBridge
  /** By the station that they are asked for. */
  readonly issuers: Map<string, Issuers>
  keep?: Keep
}

export async function openApp({
  name,
  nats,
  terminal,
  log,
  busMustHold = false,
  keep,
  keepOnBus = true,
  journal = true,
}: AppOptions): Promise<App> {
  const parts: Parts = { issuers: new Map() }
  const failure: Deferred<never> = deferred<never>()
  const fail = (error: unknown): void => failure.reject(toError(error))
  if (keep !== undefined) {
    parts.keep = await openKeep(keep, { onDamage: (damage) => terminal.warn(damage.message) })
  }
  const bus = await openBus({
    journal: journal ? parts.keep : undefined,
    nats,
    name,
    onError: busMustHold ? fail : errorTeller({ terminal, log }),
    onNotice: (text) => terminal.fact('bus', text),
    onInvalid: (invalid) => rejectInvalid(invalid, { host: parts.host, warn: terminal.warn }),
  })

  const states: StateStore | undefined = parts.keep ?? (keepOnBus ? bus.states : undefined)
  const { warn } = terminal
  /** By station: of the tape that is played here, or of one that others play. */
  const tapeStates = new Map<string, TapeStates>()
  const statesAlong = async (station: Station, tape: TapeSpan): Promise<TapeStates | undefined> => {
    const known = tapeStates.get(station.id)
    if (known || !states) return known
    const opened = await openTapeStates({ store: states, tape: { station, ...tape }, warn })
    tapeStates.set(station.id, opened)
    return opened
  }

  /** What was published a moment ago is in it too. */
  const recordSource = (kept: Keep): RecordSource => ({
    folder: kept.folder,
    async records(station, topic, range) {
      await Promise.all([parts.host?.recorded(station), parts.recorder?.recorded(station)])
      return kept.records(station, topic, range)
    },
  })

  let closing: Promise<void> | undefined
  const closed = async (): Promise<void> => {
    for (const part of [
      // What comes from outside stops first.
      parts.mqtt && { close: async () => parts.mqtt?.closeInput() },
      ...parts.issuers.values(),
      parts.controller,
      parts.host,
      parts.pool,
      parts.recorder,
      parts.gateway,
      parts.mqtt,
      bus,
      // What is on its way to the store is to be there before that closes.
      parts.keep && {
        close: async () =>
          void (await Promise.all([...tapeStates.values()].map((states) => states.settled()))),
      },
      parts.keep,
    ]) {
      // An error while closing one part must not keep the others from closing.
      await part?.close().catch(logError(log))
    }
  }

  return {
    bus,
    failure: failure.promise,
    fail,
    async serve(flags, checks = [], starting) {
      const kept = () => parts.keep?.health()
      const mqtt = () => parts.mqtt?.healthError()
      const records = parts.keep && recordSource(parts.keep)
      const broker = () => parts.mqtt?.standing()
      parts.gateway = await openPage({
        ...{ bus, flags, log, starting, records, broker },
        checks: [...checks, kept, mqtt],
      })
      return parts.gateway
    },
    async mqtt(flags) {
      if (flags.mqtt !== undefined) parts.mqtt = await openMqtt(flags.mqtt, { flags, bus, terminal })
    },
    async record(keepFor) {
      if (parts.keep) parts.recorder = await openRecorder({ bus, folder: parts.keep, keepFor, warn })
    },
    async forecast({ engine, keepEvery, keepFor, ...options }) {
      parts.pool = await openTrainerPool(trainingEngine(engine))
      parts.host = await openStationHost({
        ...options,
        bus,
        pool: parts.pool,
        onFailure: fail,
        asked: (id) => parts.issuers.get(id)?.state(),
        onNote: (note) => terminal.fact('ticks', note),
        onHealth: (station, health) => log.warn({ station, ...health }, healthText(health)),
        keep: states && {
          states,
          folder: parts.keep,
          warn,
          tapeStates: statesAlong,
          ...(keepEvery !== undefined && { every: keepEvery }),
          ...(keepFor !== undefined && { keepFor }),
        },
      })
      return parts.host
    },
    async load(tape, flags, identity) {
      const { id } = tape.station
      parts.station = id
      const along =
        states && identity !== undefined
          ? await openTapeStates({ store: states, tape, identity, anew: flags.anew ?? false, warn })
          : undefined
      if (along) tapeStates.set(id, along)
      parts.controller = controllerFor(tape, {
        bus,
        flags,
        tapeStates: along,
        standing: (session) =>
          bus.kind === 'nats' ? rowPlayed(bus, id, session) : Promise.resolve(rowKnown(parts.host, id)),
      })
      return parts.controller
    },
    async play() {
      const { controller, host, station = '' } = parts
      if (!controller) throw new Error('no tape was loaded')
      // A pause between two readings is told at once.
      controller.state$.subscribe(() => host?.stations.get(station)?.publishStatus())
      await Promise.race([controller.announce(), failure.promise])
      void controller.play()
    },
    async announce(...stations) {
      for (const { id } of stations) {
        if ((await parts.keep?.tape(id)) === undefined) continue
        throw new TickcastError(
          'usage',
          `the tape of '${id}' is kept in ${keep}: keep the live station elsewhere (--keep FOLDER)`,
        )
      }
      await Promise.all(
        stations.map((each) => bus.publish(each.id, 'station', stationMessage(each, { source: 'live' }))),
      )
      await bus.flush()
    },
    async ask(station) {
      const opened = await openStationIssuers(station, { bus, host: () => parts.host, terminal })
      if (opened) parts.issuers.set(station.id, opened)
    },
    close() {
      closing ??= closed()
      return closing
    },
  }
}

/** The row of a tape that the models of this process know. */
function rowKnown(host: StationHost | undefined, station: string): number {
  return host?.stations.get(station)?.state.tapeRow ?? 0
}

/** The row of a session that the stream has taken in last; undefined where there is none yet. */
async function rowPlayed(bus: Bus, station: string, session: string): Promise<number | undefined> {
  const replay = (await bus.newest(station, 'tick'))?.message.replay
  return replay?.session === session ? replay.row : undefined
}
