import { openApp } from '../app/app.ts'
import type { PipelineFlags } from '../app/assemble-model.ts'
import { untilInterrupted } from '../app/interrupt.ts'
import { errorTeller, type LogFlags, openLog } from '../app/log.ts'
import type { ServerFlags } from '../app/page-files.ts'
import type { StationHost } from '../app/station-host.ts'
import { printTape, speedText, type TapeFlags, workedOff } from '../app/tapes.ts'
import { openTerminal } from '../app/terminal.ts'
import { TickcastError } from '../domain/errors.ts'
import { type Station, targetChannel } from '../domain/station.ts'
import { chosenEntries } from '../experts/choose.ts'
import { windowRows } from '../experts/window-rows.ts'
import { jena } from '../ingest/jena.ts'
import type { EngineChoice } from '../networks/engine-choice.ts'
import { dataFolder } from '../store/data-folder.ts'
import { followProgress } from './progress-line.ts'
import { runSummary, summaryLines } from './summary.ts'

export interface StartFlags extends PipelineFlags, ServerFlags, TapeFlags, LogFlags {
  readonly engine: EngineChoice
  readonly data?: string
  readonly station?: string
  readonly live?: true
  /** True: in the usual folder. False: nothing is kept. Absent: in TICKCAST_KEEP, where that is set. */
  readonly keep?: string | boolean
  readonly nats?: string
  readonly untilEnd?: true
  readonly json?: true
}

/** Everything in one process. Returns when interrupted, or with `--until-end` when the tape is through. */
export async function start(flags: StartFlags): Promise<void> {
  const began = performance.now()
  checkContradictions(flags)
  chosenEntries(flags)
  const terminal = openTerminal(flags.json ? process.stderr : process.stdout)
  const log = openLog(flags, { terminal })
  // Loaded only where a file is read: a live start is sooner ready without it.
  const tape = flags.live ? undefined : await (await import('../app/data.ts')).chooseTape(flags, terminal)
  const interrupted = untilInterrupted()
  const station = tape?.station ?? (await describedStation(flags.station)) ?? jena
  if (flags.network) windowRows(station, flags)
  const ended = new AbortController()
  const keep = keptIn(flags)
  const app = await openApp({ name: 'start', nats: flags.nats, terminal, log, keep })
  try {
    const { bus, failure } = app
    let host: StationHost | undefined
    const standing = () =>
      host?.stations.has(station.id) ? undefined : `the pipeline of '${station.id}' is not ready yet`
    const controller = tape && app.load(tape, flags)
    // Listens first, so that a port in use is reported at once.
    const gateway =
      !flags.untilEnd || flags.port !== undefined ? await app.serve(flags, [standing]) : undefined
    terminal.line('tickcast')
    if (tape) printTape(tape, terminal)
    const busText =
      bus.kind === 'nats' ? `NATS JetStream at ${bus.address}` : 'in process (--nats URL for NATS JetStream)'
    terminal.fact('bus', busText)
    host = await app.forecast({
      engine: flags.engine,
      flags,
      from: 'retained',
      onStation: (_, { engine, network }) =>
        terminal.fact(
          'engine',
          network === 'none' ? 'none: no recurrent network' : `${network}, trained on ${engine}`,
        ),
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
    if (keep !== undefined) terminal.fact('kept', keep)
    if (tape && controller) {
      await app.play()
      terminal.fact('speed', speedText(flags))
    } else {
      await app.announce(station)
      terminal.fact(
        'data',
        `live ticks of ${station.id}: POST /v1/stations/${station.id}/ticks, or \`tickcast feed --station ${station.id}\``,
      )
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
    const summary = runSummary(stream.status(), { mae24h: stream.mae24h(), wallSeconds, bus: bus.kind })
    if (flags.json) process.stdout.write(`${JSON.stringify(summary)}\n`)
    else for (const line of summaryLines(summary, targetChannel(station).unit)) terminal.line(line)
  } finally {
    ended.abort()
    terminal.close()
    await app.close()
  }
}

async function describedStation(path: string | undefined): Promise<Station | undefined> {
  return path === undefined ? undefined : (await import('../ingest/station-file.ts')).loadStation(path)
}

/** Where a live station is kept. A tape can be played again, and NATS keeps its own ticks. */
function keptIn({ live, nats, keep }: StartFlags): string | undefined {
  const keeps = live && nats === undefined
  if (keep && !keeps) {
    throw new TickcastError(
      'usage',
      '--keep keeps live stations of one process: with --live, and without --nats',
    )
  }
  const wanted = keep ?? process.env['TICKCAST_KEEP'] !== undefined
  return keeps && wanted ? dataFolder('live', keep === true ? undefined : keep || undefined) : undefined
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

const TAPE_FLAGS = ['speed', 'paused', 'loop', 'from', 'until', 'leadIn'] as const
