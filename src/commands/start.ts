import type { Deck } from '../../replay/deck.ts'
import type { Tape } from '../../replay/tape.ts'
import type { Bus } from '../bus/bus.ts'
import { openBus } from '../bus/open-bus.ts'
import { TickcastError } from '../domain/errors.ts'
import { type Station, targetChannel } from '../domain/station.ts'
import type { Gateway } from '../gateway/gateway.ts'
import { jena } from '../ingest/jena.ts'
import { loadStation } from '../ingest/station-file.ts'
import { stationMessage } from '../protocol/encode.ts'
import { chooseTape } from './data.ts'
import { refuseNobody } from './experts.ts'
import { untilInterrupted } from './interrupt.ts'
import { errorTeller, type LogFlags, openLog } from './log.ts'
import { windowRows } from './network.ts'
import { openPage, type ServerFlags } from './page.ts'
import { deckFor, sayTape, type TapeFlags, workedOff } from './play.ts'
import { followProgress } from './progress-line.ts'
import { openStationHost, type PipelineFlags, refuseInvalid, type StationHost } from './station-host.ts'
import { runSummary, summaryLines } from './summary.ts'
import { openTerminal, type Terminal } from './terminal.ts'

export interface StartFlags extends PipelineFlags, ServerFlags, TapeFlags, LogFlags {
  readonly data?: string
  readonly station?: string
  readonly live?: true
  readonly nats?: string
  readonly untilEnd?: true
  readonly json?: true
}

/** What runs in the one process of a start; closed in the order in which messages flow. */
interface Running {
  readonly bus: Bus
  readonly host: StationHost
  readonly gateway: Gateway | undefined
  readonly deck: Deck | undefined
  readonly station: Station
  /** Rejects when a stage of a pipeline has thrown. */
  readonly failure: Promise<never>
}

type Closable = { [Part in 'bus' | 'host' | 'gateway' | 'deck']: Running[Part] | undefined }

/** Everything in one process. Returns when interrupted, or with `--until-end` when the tape is through. */
export async function start(flags: StartFlags): Promise<void> {
  const began = performance.now()
  refuseContradictions(flags)
  refuseNobody(flags)
  const terminal = openTerminal(flags.json ? process.stderr : process.stdout)
  const tape = flags.live ? undefined : await chooseTape(flags, terminal)
  const interrupted = untilInterrupted()
  const running = await run(flags, { tape, terminal })
  const ended = new AbortController()
  try {
    const { bus, host, deck, station } = running
    const progress = await followProgress({ bus, host, terminal })
    const through = flags.untilEnd && deck ? [workedOff(deck, { host, station, signal: ended.signal })] : []
    await Promise.race([running.failure, interrupted, ...through])
    await progress.close()
    const stream = host.stations.get(station.id)
    // What is held back is worked off before anything is added up.
    await deck?.close()
    await host.close()
    if (!stream || (!flags.untilEnd && !flags.json)) return
    const wallSeconds = (performance.now() - began) / 1000
    const summary = runSummary(stream.status(), { mae24h: stream.mae24h(), wallSeconds, bus: bus.kind })
    if (flags.json) process.stdout.write(`${JSON.stringify(summary)}\n`)
    else for (const line of summaryLines(summary, targetChannel(station).unit)) terminal.line(line)
  } finally {
    ended.abort()
    terminal.close()
    await close(running)
  }
}

async function run(
  flags: StartFlags,
  { tape, terminal }: { readonly tape: Tape | undefined; readonly terminal: Terminal },
): Promise<Running> {
  const log = openLog(flags, { terminal })
  const tellError = errorTeller({ terminal, log })
  const station = tape?.station ?? (flags.station === undefined ? jena : await loadStation(flags.station))
  if (flags.network) windowRows(station, flags)
  let fail: (error: unknown) => void = () => undefined
  const failure = new Promise<never>((_, reject) => {
    fail = reject
  })
  failure.catch(() => undefined)
  let host: StationHost | undefined
  let gateway: Gateway | undefined
  let deck: Deck | undefined

  const bus = await openBus({
    nats: flags.nats,
    name: 'start',
    onError: tellError,
    onNotice: (text) => terminal.fact('bus', text),
    onInvalid: (invalid) => refuseInvalid(invalid, { host, warn: terminal.warn }),
  })
  try {
    const played = tape && deckFor(tape, { bus, flags })
    deck = played?.deck
    // Listening comes before learning, and before any other word: a port that is taken is told at once.
    if (!flags.untilEnd || flags.port !== undefined) gateway = await openPage({ bus, flags, log })
    terminal.line('tickcast')
    if (tape) sayTape(tape, terminal)
    const busWords =
      bus.kind === 'nats' ? `NATS JetStream at ${bus.address}` : 'in process (--nats URL for NATS JetStream)'
    terminal.fact('bus', busWords)
    host = await openStationHost({
      bus,
      flags,
      from: 'retained',
      onStation: (_, { engine, network }) =>
        terminal.fact(
          'engine',
          network === 'none' ? 'none: no recurrent network' : `${network}, trained on ${engine}`,
        ),
      onUnfit: (id, error) =>
        id === station.id ? fail(error) : tellError(new Error(`${id} cannot be forecast`, { cause: error })),
      onLive: (id, eventTime) => {
        if (id === station.id) deck?.pauseBecause('live ticks arrived', eventTime)
      },
      tape: (id) => {
        if (id !== station.id || !deck) return undefined
        const { session, speed, paused } = deck.state()
        return { session, speed, paused }
      },
      onFailure: fail,
    })
    if (deck && played) {
      deck.state$.subscribe(() => host?.stations.get(station.id)?.publishStatus())
      await Promise.race([deck.announce(), failure])
      void deck.play()
      terminal.fact('speed', played.words)
    } else {
      await bus.publish(station.id, 'station', stationMessage(station, { source: 'live' }))
      await bus.flush()
      terminal.fact(
        'data',
        `live ticks of ${station.id}: POST /v1/stations/${station.id}/ticks, or \`tickcast feed --station ${station.id}\``,
      )
    }
    if (gateway) {
      terminal.fact('page', gateway.address)
      terminal.fact('', 'npx tickcast watch, npx tickcast tape --help in another terminal; Ctrl-C ends it')
    }
    return { bus, host, gateway, deck, station, failure }
  } catch (error) {
    await close({ bus, host, gateway, deck })
    throw error
  }
}

async function close({ bus, host, gateway, deck }: Closable): Promise<void> {
  await deck?.close()
  await host?.close()
  await gateway?.close()
  await bus?.close()
}

function refuseContradictions({ live, untilEnd, ...flags }: StartFlags): void {
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
