import type { Logger } from 'pino'
import type { ReplayController } from '../../replay/replay-controller.ts'
import type { Tape } from '../../replay/tape.ts'
import type { Bus } from '../bus/bus.ts'
import { openBus } from '../bus/open-bus.ts'
import { type Deferred, deferred } from '../domain/deferred.ts'
import { toError } from '../domain/errors.ts'
import type { Station } from '../domain/station.ts'
import type { Gateway } from '../gateway/gateway.ts'
import type { RecordSource } from '../gateway/record-source.ts'
import type { EngineChoice } from '../networks/engine-choice.ts'
import { openTrainerPool, type TrainerPool } from '../networks/trainer-pool.ts'
import { trainingEngine } from '../networks/training-engine.ts'
import { stationMessage } from '../protocol/encode.ts'
import { type Keep, openKeep } from '../store/keep.ts'
import { errorTeller, logError } from './log.ts'
import { openPage, type ServerFlags } from './page-files.ts'
import { type HostOptions, openStationHost, rejectInvalid, type StationHost } from './station-host.ts'
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
  /** The folder where live stations are kept; undefined: nowhere. */
  readonly keep?: string | undefined
  /** False where ticks can be had again, as from a file: they are not written down before they are handed on. */
  readonly journal?: boolean
}

export interface ForecastOptions extends Omit<HostOptions, 'bus' | 'pool' | 'onFailure' | 'keep'> {
  /** Ticks from one checkpoint to the next; default 500. */
  readonly keepEvery?: number
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
  /** `checks` each say what keeps the process from being ready, or undefined. */
  serve(flags: ServerFlags, checks?: readonly (() => string | undefined)[]): Promise<Gateway>
  /** Forecasts whatever stations are announced on the bus; the networks of all share one pool of training threads. */
  forecast(options: ForecastOptions): Promise<StationHost>
  /** A controller for the tape, not playing yet. */
  load(tape: Tape, flags: TapeFlags): ReplayController
  /** Announces the station of the tape that was loaded, and plays it. */
  play(): Promise<void>
  /** Announces a station whose ticks come from outside. */
  announce(station: Station): Promise<void>
  /** Any number of times. */
  close(): Promise<void>
}

interface Parts {
  /** Whose tape it is. */
  station?: string
  controller?: ReplayController
  host?: StationHost
  pool?: TrainerPool
  gateway?: Gateway
  keep?: Keep
}

export async function openApp({
  name,
  nats,
  terminal,
  log,
  busMustHold = false,
  keep,
  journal = true,
}: AppOptions): Promise<App> {
  const parts: Parts = {}
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

  /** What was published a moment ago is in it too. */
  const recordSource = (kept: Keep): RecordSource => ({
    folder: kept.folder,
    async records(station, topic, range) {
      await parts.host?.recorded(station)
      return kept.records(station, topic, range)
    },
  })

  let closing: Promise<void> | undefined
  const closed = async (): Promise<void> => {
    for (const part of [parts.controller, parts.host, parts.pool, parts.gateway, bus, parts.keep]) {
      // An error while closing one part must not keep the others from closing.
      await part?.close().catch(logError(log))
    }
  }

  return {
    bus,
    failure: failure.promise,
    fail,
    async serve(flags, checks = []) {
      const kept = () => parts.keep?.health()
      const records = parts.keep && recordSource(parts.keep)
      parts.gateway = await openPage({ bus, flags, log, checks: [...checks, kept], records })
      return parts.gateway
    },
    async forecast({ engine, keepEvery, ...options }) {
      parts.pool = await openTrainerPool(trainingEngine(engine))
      parts.host = await openStationHost({
        ...options,
        bus,
        pool: parts.pool,
        onFailure: fail,
        keep: parts.keep && {
          folder: parts.keep,
          warn: terminal.warn,
          ...(keepEvery !== undefined && { every: keepEvery }),
        },
      })
      return parts.host
    },
    load(tape, flags) {
      parts.controller = controllerFor(tape, { bus, flags })
      parts.station = tape.station.id
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
    async announce(station) {
      await bus.publish(station.id, 'station', stationMessage(station, { source: 'live' }))
      await bus.flush()
    },
    close() {
      closing ??= closed()
      return closing
    },
  }
}
