import { openTape } from '../../replay/open-tape.ts'
import { openApp } from '../app/app.ts'
import type { PipelineFlags } from '../app/assemble-model.ts'
import { untilInterrupted } from '../app/interrupt.ts'
import { openLog } from '../app/log.ts'
import { withPlugins } from '../app/plugins.ts'
import { keptText } from '../app/station-keeper.ts'
import { printTape } from '../app/tapes.ts'
import { openTerminal } from '../app/terminal.ts'
import { TickcastError } from '../domain/errors.ts'
import { formatInstant, formatSpan, type Instant, type Span } from '../domain/instant.ts'
import { checkStationNames, chosenEntries } from '../experts/choose.ts'
import { type Place, withOpenMeteo } from '../ingest/asked-issuer.ts'
import { jena } from '../ingest/jena.ts'
import { mergedRows } from '../ingest/merge-rows.ts'
import { tickOf } from '../ingest/raw-row.ts'
import { loadStation } from '../ingest/station-file.ts'
import type { EngineChoice } from '../networks/engine-choice.ts'
import { dataFolder } from '../store/data-folder.ts'
import { checkSomethingRead } from './nothing-read.ts'

export interface LearnFlags extends PipelineFlags {
  readonly engine: EngineChoice
  readonly data?: readonly string[]
  readonly station?: string
  readonly outside?: readonly string[]
  readonly openMeteo?: Place
  readonly neighbour?: readonly string[]
  readonly keep?: string | true
  readonly keepFor?: Span
}

/** A state weighs megabytes, and a file can be read again. */
const TICKS_A_CHECKPOINT = 10_000
/** How often it is told how far it has come. */
const ROWS_A_LINE = 1000

/**
 * Lives through a file as if its rows had come live, and leaves a station that goes on with live ticks: `start --live`
 * with the same station file, folder and flags. Rows up to the newest reading that the station knows are passed over,
 * so that the same command on a file that has grown goes on where it was.
 */
export async function learn(given: LearnFlags): Promise<void> {
  const flags = await withPlugins(given)
  if (flags.data === undefined) {
    throw new TickcastError('usage', '--data FILE: the history that the station is to learn from')
  }
  chosenEntries(flags)
  const described = flags.station === undefined ? jena : await loadStation(flags.station)
  const station = withOpenMeteo(described, flags.openMeteo)
  checkStationNames(station, flags)
  const terminal = openTerminal(process.stdout)
  const log = openLog({ logLevel: 'warn' }, { terminal })
  const tape = await openTape({
    data: flags.data,
    ...(flags.station !== undefined && { station: flags.station }),
    ...(flags.outside !== undefined && { outside: flags.outside }),
    ...(flags.openMeteo && { openMeteo: flags.openMeteo }),
    ...(flags.neighbour && { neighbour: flags.neighbour }),
  })
  const interrupted = untilInterrupted()
  let stopped = false
  void interrupted.then(() => {
    stopped = true
  })
  const keep = dataFolder('live', flags.keep === true ? undefined : flags.keep)
  const app = await openApp({ name: 'learn', terminal, log, busMustHold: true, keep, journal: false })
  try {
    printTape({ ...tape, station }, terminal)
    if (tape.station.cadence !== station.cadence) {
      const [file, own] = [tape.station, station].map(({ cadence }) => formatSpan(cadence))
      terminal.warn(
        `${station.id} learns as a station with a row every ${own}, from a file with one every ${file}: where its sensor ` +
          `is to send one every ${file} too, say so in its station file (cadence: ${file}; --station FILE)`,
      )
    }
    const host = await app.forecast({
      engine: flags.engine,
      flags,
      from: 'new',
      keepEvery: TICKS_A_CHECKPOINT,
      hindcast: true,
      keepFor: flags.keepFor,
      onStation: () => undefined,
      onUnsuitable: (_, error) => app.fail(error),
      onLive: () => undefined,
    })
    await app.announce(station)
    terminal.fact('kept', keptText(keep, flags.keepFor))
    const stream = host.stations.get(station.id)
    if (!stream) throw new Error(`no pipeline of ${station.id} stood`)
    const known = stream.state.newest?.eventTime ?? Number.NEGATIVE_INFINITY
    const before = { ...stream.status().intake.rejected_by_reason }
    const now = Date.now()
    let [rows, skipped] = [0, 0]
    for await (const batch of tape.rows()) {
      // As a live station would have them: those of one moment as one.
      for (const row of mergedRows(batch, station).rows) {
        if (stopped) break
        if (row.eventTime !== undefined && row.eventTime <= known) {
          skipped++
          continue
        }
        // As if it had come at its time; but of a time to come nothing has, and it would make what is measured now late.
        const ingestTime = Math.min(row.eventTime ?? now, now)
        const tick = tickOf(row, { run: `learn/${tape.name}`, ingestTime })
        await Promise.race([app.bus.publish(station.id, 'tick', tick), app.failure])
        if (++rows % ROWS_A_LINE === 0)
          terminal.status(`${stream.status().as_of?.slice(0, 10)}  ${rows} rows`)
      }
      if (stopped) break
    }
    await app.bus.flush()
    const { as_of, intake } = stream.status()
    const rejected = Object.entries(intake.rejected_by_reason).flatMap(([reason, count]) => {
      const added = count - (before[reason] ?? 0)
      return added > 0 ? [`${added} ${reason}`] : []
    })
    terminal.line(learntText({ name: tape.name, station: station.id, rows, skipped, known, as_of, rejected }))
    if (!stopped) checkSomethingRead(intake, { name: tape.name, station: flags.station })
    if (stopped) {
      terminal.line('interrupted before its end: the same command goes on from there')
      process.exitCode = INTERRUPTED
    }
  } finally {
    terminal.close()
    await app.close()
  }
}

/** As a shell has it of what SIGINT ended: what follows by `&&` does not begin on half a history. */
const INTERRUPTED = 130

/** What came of a file, for people. */
function learntText({
  name,
  station,
  rows,
  skipped,
  known,
  as_of,
  rejected,
}: {
  readonly name: string
  readonly station: string
  /** Those that were handed on. */
  readonly rows: number
  /** Those that are no newer than what the station knew before. */
  readonly skipped: number
  readonly known: Instant
  readonly as_of: string | null
  /** By reason, in words. */
  readonly rejected: readonly string[]
}): string {
  const stood = `${formatInstant(Number.isFinite(known) ? known : 0)}, where ${station} stood`
  if (rows === 0 && skipped > 0) {
    return (
      `nothing new in ${name}: none of its ${skipped} rows is newer than ${stood}. What is older is never learnt from, ` +
      'known or not: an earlier history is to be learnt first, in a folder of its own (--keep FOLDER)'
    )
  }
  const passedOver = skipped > 0 ? `, ${skipped} more passed over (up to ${stood})` : ''
  const reached = as_of === null ? `${station} has learnt nothing` : `${station} has learnt up to ${as_of}`
  return `${rows} rows${passedOver}: ${reached}; ${rejected.join(', ') || 'none'} rejected`
}
