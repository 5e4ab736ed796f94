import { openTape } from '../../replay/open-tape.ts'
import { openApp } from '../app/app.ts'
import type { PipelineFlags } from '../app/assemble-model.ts'
import { untilInterrupted } from '../app/interrupt.ts'
import { openLog } from '../app/log.ts'
import { printTape } from '../app/tapes.ts'
import { openTerminal } from '../app/terminal.ts'
import { TickcastError } from '../domain/errors.ts'
import { formatInstant } from '../domain/instant.ts'
import { chosenEntries } from '../experts/choose.ts'
import { jena } from '../ingest/jena.ts'
import { tickOf } from '../ingest/raw-row.ts'
import { loadStation } from '../ingest/station-file.ts'
import type { EngineChoice } from '../networks/engine-choice.ts'
import { dataFolder } from '../store/data-folder.ts'

export interface LearnFlags extends PipelineFlags {
  readonly engine: EngineChoice
  readonly data?: string
  readonly station?: string
  readonly keep?: string | true
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
export async function learn(flags: LearnFlags): Promise<void> {
  if (flags.data === undefined) {
    throw new TickcastError('usage', '--data FILE: the history that the station is to learn from')
  }
  chosenEntries(flags)
  const station = flags.station === undefined ? jena : await loadStation(flags.station)
  const terminal = openTerminal(process.stdout)
  const log = openLog({ logLevel: 'warn' }, { terminal })
  const tape = await openTape({
    data: flags.data,
    ...(flags.station !== undefined && { station: flags.station }),
  })
  const interrupted = untilInterrupted()
  let stopped = false
  void interrupted.then(() => {
    stopped = true
  })
  const keep = dataFolder('live', flags.keep === true ? undefined : flags.keep)
  const app = await openApp({ name: 'learn', terminal, log, busMustHold: true, keep, journal: false })
  try {
    printTape(tape, terminal)
    terminal.fact('kept', keep)
    const host = await app.forecast({
      engine: flags.engine,
      flags,
      from: 'new',
      keepEvery: TICKS_A_CHECKPOINT,
      onStation: () => undefined,
      onUnsuitable: (_, error) => app.fail(error),
      onLive: () => undefined,
    })
    await app.announce(station)
    const stream = host.stations.get(station.id)
    if (!stream) throw new Error(`no pipeline of ${station.id} stood`)
    const known = stream.state.newest?.eventTime ?? Number.NEGATIVE_INFINITY
    let [rows, skipped] = [0, 0]
    for await (const batch of tape.rows()) {
      for (const row of batch) {
        if (stopped) break
        if (row.eventTime !== undefined && row.eventTime <= known) {
          skipped++
          continue
        }
        const tick = tickOf(row, { run: `learn/${tape.name}`, ingestTime: row.eventTime ?? 0 })
        await Promise.race([app.bus.publish(station.id, 'tick', tick), app.failure])
        if (++rows % ROWS_A_LINE === 0)
          terminal.status(`${stream.status().as_of?.slice(0, 10)}  ${rows} rows`)
      }
      if (stopped) break
    }
    await app.bus.flush()
    const { as_of, intake } = stream.status()
    const earlier = skipped > 0 ? `, ${skipped} known already` : ''
    terminal.line(
      `${rows} rows${earlier}: ${station.id} has learnt up to ${as_of ?? formatInstant(tape.first)}; ${intake.rejected} rejected`,
    )
  } finally {
    terminal.close()
    await app.close()
  }
}
