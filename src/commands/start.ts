import { type App, type AppOptions, openApp } from '../app/app.ts'
import { describeModel, type PipelineFlags } from '../app/assemble-model.ts'
import { untilInterrupted } from '../app/interrupt.ts'
import { errorTeller, type LogFlags, openLog } from '../app/log.ts'
import type { MqttFlags } from '../app/mqtt.ts'
import type { ServerFlags } from '../app/page-files.ts'
import { withPlugins } from '../app/plugins.ts'
import type { StationHost } from '../app/station-host.ts'
import { keptText } from '../app/station-keeper.ts'
import {
  livedAgain,
  playingText,
  printStanding,
  printTape,
  speedText,
  type TapeFlags,
  tapeIdentity,
  workedOff,
} from '../app/tapes.ts'
import { openTerminal } from '../app/terminal.ts'
import { TickcastError } from '../domain/errors.ts'
import type { Span } from '../domain/instant.ts'
import { type Station, targetChannel } from '../domain/station.ts'
import { checkStationNames, chosenEntries } from '../experts/choose.ts'
import { windowRows } from '../experts/window-rows.ts'
import { type Place, withOpenMeteo } from '../ingest/asked-issuer.ts'
import { jena } from '../ingest/jena.ts'
import type { EngineChoice } from '../networks/engine-choice.ts'
import { dataFolder, tapeDataFolder } from '../store/data-folder.ts'
import { checkSomethingRead } from './nothing-read.ts'
import { followProgress } from './progress-line.ts'
import { runSummary, summaryLines } from './summary.ts'

export interface StartFlags extends PipelineFlags, ServerFlags, MqttFlags, TapeFlags, LogFlags {
  readonly engine: EngineChoice
  readonly data?: readonly string[]
  readonly station?: string
  readonly live?: true
  readonly outside?: readonly string[]
  readonly openMeteo?: Place
  /** Of a tape each with its readings, `STATION:FILE`; live the station files alone. */
  readonly neighbour?: readonly string[]
  /** A folder; true or absent: the usual one. False: nothing is kept. */
  readonly keep?: string | boolean
  readonly keepFor?: Span
  readonly nats?: string
  readonly untilEnd?: true
  readonly json?: true
}

/** Everything in one process. Returns when interrupted, or with `--until-end` when the tape is through. */
export async function start(given: StartFlags): Promise<void> {
  const flags = await withPlugins(given)
  const began = performance.now()
  checkContradictions(flags)
  chosenEntries(flags)
  const terminal = openTerminal(flags.json ? process.stderr : process.stdout)
  const log = openLog(flags, { terminal })
  // Loaded only where a file is read: a live start is sooner ready without it.
  const tape = flags.live ? undefined : await (await import('../app/data.ts')).chooseTape(flags, terminal)
  const station =
    tape?.station ?? withOpenMeteo((await describedStation(flags.station)) ?? jena, flags.openMeteo)
  checkStationNames(station, flags)
  if (flags.network) windowRows(station, flags)
  const neighbours = flags.live ? await liveNeighbours(station, flags) : []
  const ended = new AbortController()
  const lived = tape && tapeIdentity(tape, { from: flags.from, model: describeModel(station, flags) })
  const folder = keptIn(flags, lived?.folder)
  const interrupted = untilInterrupted()
  const { app, keep } = await openKept({
    ...{ name: 'start', nats: flags.nats, terminal, log },
    ...{ keep: folder, journal: tape === undefined, mustKeep: flags.keep !== undefined },
    keepOnBus: flags.keep !== false,
  })
  try {
    const { bus, failure } = app
    let host: StationHost | undefined
    let stood = false
    // Once it stood it may be removed, and is not to come any more.
    const standing = () => {
      stood ||= [station, ...neighbours].every(({ id }) => host?.stations.has(id))
      return stood ? undefined : `the pipeline of '${station.id}' is not ready yet`
    }
    const controller = tape && (await app.load(tape, flags, lived?.identity))
    const checks = [standing, ...(controller ? [livedAgain(controller, { host: () => host, station })] : [])]
    // Listens first, so that a port in use is reported at once.
    const gateway =
      !flags.untilEnd || flags.port !== undefined ? await app.serve(flags, checks, standing) : undefined
    terminal.line('tickcast')
    if (tape) printTape(tape, terminal)
    const busText =
      bus.kind === 'nats' ? `NATS JetStream at ${bus.address}` : 'in process (--nats URL for NATS JetStream)'
    terminal.fact('bus', busText)
    // Ahead of the pipeline: what it knows from before goes out too.
    await app.mqtt(flags)
    host = await app.forecast({
      engine: flags.engine,
      flags,
      from: 'retained',
      keepFor: flags.keepFor,
      onStation: ({ id }, { engine, network }) => {
        const text = network === 'none' ? 'none: no recurrent network' : `${network}, trained on ${engine}`
        terminal.fact('engine', neighbours.length > 0 ? `${text} (${id})` : text)
      },
      onUnsuitable: (id, error) =>
        id === station.id
          ? app.fail(error)
          : errorTeller({ terminal, log })(new Error(`${id} cannot be forecast`, { cause: error })),
      onLive: (id, eventTime) => {
        if (id === station.id) controller?.pauseBecause('live ticks arrived', eventTime)
      },
      tape: (id) => {
        if (id !== station.id || !controller) return undefined
        const { session, speed, paused } = controller.state()
        return { session, speed, paused }
      },
    })
    const tellKept = () => {
      if (keep !== undefined) terminal.fact('kept', tape ? keep : keptText(keep, flags.keepFor))
      else if (flags.keep === false) terminal.fact('kept', 'nothing, as --no-keep says')
    }
    if (tape) tellKept()
    if (controller) printStanding(controller, terminal)
    if (station.outside?.some(({ asked }) => asked) && tape && flags.outside === undefined)
      terminal.fact(
        'outside',
        'nobody is asked of a tape: `tickcast download --out FILE`, then --outside FILE',
      )
    if (tape && controller) {
      const stands = controller.state()
      await app.play()
      terminal.fact('speed', stands.rows > 0 ? playingText(stands) : speedText(flags))
    } else {
      // Refused where the folder is a tape's.
      await app.announce(station, ...neighbours)
      standing()
      tellKept()
      for (const each of [station, ...neighbours]) await app.ask(each)
      terminal.fact(
        'data',
        `live ticks of ${station.id}: POST /v1/stations/${station.id}/ticks, or \`tickcast feed --station ${station.id}\``,
      )
      for (const { id } of neighbours) terminal.fact('', `and of ${id}`)
    }
    if (gateway) {
      terminal.fact('page', gateway.address)
      terminal.fact('', 'npx tickcast watch, npx tickcast tape --help in another terminal; Ctrl-C ends it')
    }
    const progress = await followProgress({ bus, host, terminal })
    const through =
      flags.untilEnd && controller ? [workedOff(controller, { host, station, signal: ended.signal })] : []
    // A file that turns out to be no good ends the process, later too: a page would go on as if nothing were amiss.
    const unreadable = controller ? [controller.failure] : []
    await Promise.race([failure, interrupted, ...unreadable, ...through])
    await progress.close()
    const stream = host.stations.get(station.id)
    await app.close()
    if (!stream || (!flags.untilEnd && !flags.json)) return
    const wallSeconds = (performance.now() - began) / 1000
    const summary = runSummary(stream.status(), { dayAhead: stream.dayAhead(), wallSeconds, bus: bus.kind })
    if (flags.json) process.stdout.write(`${JSON.stringify(summary)}\n`)
    else for (const line of summaryLines(summary, targetChannel(station).unit)) terminal.line(line)
    checkSomethingRead(stream.status().intake, { name: tape?.name ?? station.id, station: flags.station })
  } finally {
    ended.abort()
    terminal.close()
    await app.close()
  }
}

async function describedStation(path: string | undefined): Promise<Station | undefined> {
  return path === undefined
    ? undefined
    : (await import('../ingest/station-file.ts')).loadStation(path, {
        onNote: (note) => void process.stderr.write(`tickcast: ${note}\n`),
      })
}

/** Stations that are live beside it; whether any is told of another is for their station files to say. */
async function liveNeighbours(
  station: Station,
  { neighbour = [] }: Pick<StartFlags, 'neighbour'>,
): Promise<readonly Station[]> {
  const neighbours: Station[] = []
  for (const path of neighbour) {
    const fail = (rule: string) => new TickcastError('usage', `--neighbour ${path}: ${rule}`)
    if ((await import('../../replay/neighbour-tape.ts')).isStationAndData(path))
      throw fail('with --live the station file alone: its ticks come as those of the station do')
    const described = (await describedStation(path))!
    if ([station, ...neighbours].some(({ id }) => id === described.id))
      throw fail(`'${described.id}' is there already: expected stations with ids of their own`)
    neighbours.push(described)
  }
  return neighbours
}

/**
 * Where it is kept; undefined: nowhere. What is gone through to its end at once is kept only where that is asked for, and
 * NATS keeps its own ticks.
 */
function keptIn(
  { nats, keep, keepFor, untilEnd }: StartFlags,
  tapeFolder: string | undefined,
): string | undefined {
  if (keep && nats !== undefined) {
    throw new TickcastError('usage', '--keep keeps the stations of one process, without --nats')
  }
  const keeps = keep !== false && nats === undefined && !(untilEnd && keep === undefined)
  // By itself, TICKCAST_KEEP_FOR concerns a live station that is kept alone.
  if (
    keepFor !== undefined &&
    (!keeps || tapeFolder !== undefined) &&
    process.env['TICKCAST_KEEP_FOR'] === undefined
  ) {
    throw new TickcastError('usage', '--keep-for says how long the record of a live station is kept')
  }
  if (!keeps) return undefined
  const asked = keep === true ? undefined : keep || undefined
  return tapeFolder === undefined ? dataFolder('live', asked) : tapeDataFolder(tapeFolder, asked)
}

const WITHOUT_KEEPING: ReadonlySet<string> = new Set(['store_unwritable', 'store_full'])

/** Where nobody asked for a folder, one that cannot be written to costs the memory, not the start. */
async function openKept({ mustKeep, ...options }: AppOptions & { readonly mustKeep: boolean }): Promise<{
  readonly app: App
  readonly keep: string | undefined
}> {
  const { keep, terminal } = options
  try {
    return { app: await openApp(options), keep }
  } catch (error) {
    if (error instanceof TickcastError && error.code === 'store_in_use') {
      const message = `${error.message}: keep this one elsewhere (--keep FOLDER), or not at all (--no-keep)`
      throw new TickcastError('store_in_use', message, { cause: error })
    }
    const isOptional = error instanceof TickcastError && WITHOUT_KEEPING.has(error.code)
    if (mustKeep || !isOptional) throw error
    terminal.warn(`${error.message}; NOTHING IS KEPT: --keep FOLDER, or --no-keep to have it so`)
    return { app: await openApp({ ...options, keep: undefined }), keep: undefined }
  }
}

function checkContradictions({ live, untilEnd, ...flags }: StartFlags): void {
  if (live && flags.data !== undefined) {
    throw new TickcastError('usage', '--live waits for ticks and --data replays a file: one of them')
  }
  if (live && untilEnd)
    throw new TickcastError('usage', '--until-end needs a tape with an end: not with --live')
  if (flags.loop && untilEnd) throw new TickcastError('usage', '--until-end never comes with --loop')
  const ofTape = TAPE_FLAGS.find((name) => live && flags[name] !== undefined)
  if (ofTape) {
    const name = ofTape.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
    throw new TickcastError('usage', `--${name} is for a tape, and with --live none is played: one of them`)
  }
}

const TAPE_FLAGS = ['speed', 'paused', 'loop', 'from', 'until', 'leadIn', 'anew', 'outside'] as const
