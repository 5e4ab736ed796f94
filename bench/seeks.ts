import { cp, mkdtemp, rm, stat } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { formatInstant, HOUR, type Instant } from '../src/domain/instant.ts'
import { seededRandom } from '../src/domain/random.ts'
import type { StationMessage } from '../src/protocol/station-message.ts'
import { markdownTable } from '../src/report/markdown-table.ts'
import { openDatabase } from '../src/store/database.ts'
import { openRecords } from '../src/store/records.ts'
import { databasePath } from '../src/store/store.ts'
import { type Json, run, serve } from './durable-process.ts'
import { median } from './harness.ts'

/*
 * How long a seek takes on a tape that was lived through: from the command until the forecast of the time that was
 * sought can be read. What was lived stays in `keep`, where one is given, and is used again.
 */

export interface SeekFlags {
  readonly data: string
  readonly seeks: number
  readonly seed: number
  readonly keep?: string
}

interface Seek {
  readonly seconds: number
  /** Between the nearest kept state and there, by the station's cadence. */
  readonly rows: number
}

interface Lived {
  readonly station: StationMessage
  /** Event times of the kept states, rising. */
  readonly states: readonly Instant[]
  /** Of states and samples. */
  readonly bytes: number
  readonly fileBytes: number
}

const POLL_MS = 5

export async function benchSeeks({ data, seeks, seed, keep }: SeekFlags): Promise<void> {
  const folder = keep ?? (await mkdtemp(join(tmpdir(), 'tickcast-seeks-')))
  const copy = `${folder}-copy`
  const args = ['start', '--data', data, '--speed', 'max']
  try {
    process.stderr.write('living through it\n')
    await run([...args, '--keep', folder, '--until-end'])
    const lived = await livedIn(folder)
    process.stdout.write(`load ${loadavg()[0]!.toFixed(1)} before the first; seed ${seed}\n\n`)
    const times = drawnTimes(lived, { seeks, seed })
    /** A seek keeps states on its way: every process has the folder as it was. */
    const sought = async (to: readonly Instant[]): Promise<readonly Seek[]> => {
      await cp(folder, copy, { recursive: true })
      try {
        return await seeking([...args, '--paused', '--keep', copy], { lived, to })
      } finally {
        await rm(copy, { recursive: true, force: true })
      }
    }
    const cold: Seek[] = []
    for (const to of times.slice(0, Math.ceil(seeks / 5))) cold.push(...(await sought([to])))
    const warm = await sought(times)
    const table = markdownTable({
      head: ['', 'seeks', 'rows lived again, median', 'most', 'seconds, median', 'most'],
      rows: [line('first thing after a start', cold), line('one after the other', warm)],
      figures: true,
    })
    const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`
    process.stdout.write(
      `${table}\n\n${lived.states.length} states and their samples: ${megabytes(lived.bytes)}; the whole file: ${megabytes(lived.fileBytes)}\n`,
    )
  } finally {
    if (keep === undefined) await rm(folder, { recursive: true, force: true })
  }
}

async function livedIn(folder: string): Promise<Lived> {
  const records = openRecords(folder)
  const station = records.stations()[0]
  records.close()
  if (!station) throw new Error(`${folder}: no tape was kept`)
  const path = databasePath(folder)
  const database = openDatabase(path)
  try {
    const numbers = (sql: string): number[] => database.all(sql).map((row) => Number(row['number']))
    return {
      station,
      states: numbers('SELECT event_time AS number FROM tape_states ORDER BY row'),
      bytes: [
        ...numbers('SELECT SUM(length(state)) AS number FROM tape_states'),
        ...numbers('SELECT SUM(length(samples)) AS number FROM tape_samples'),
      ].reduce((sum, bytes) => sum + bytes, 0),
      fileBytes: (await stat(path)).size,
    }
  } finally {
    database.close()
  }
}

/** Whole hours between the first state and the last. */
function drawnTimes(
  { states }: Lived,
  { seeks, seed }: { readonly seeks: number; readonly seed: number },
): readonly Instant[] {
  const random = seededRandom(seed)
  const [first, last] = [states[0]!, states.at(-1)!]
  const hours = Math.floor((last - first) / HOUR)
  return Array.from({ length: seeks }, () => Math.ceil(first / HOUR) * HOUR + random.below(hours) * HOUR)
}

async function seeking(
  args: readonly string[],
  { lived: { station, states }, to }: { readonly lived: Lived; readonly to: readonly Instant[] },
): Promise<readonly Seek[]> {
  const served = await serve(args)
  const seeks: Seek[] = []
  try {
    await served.ready()
    for (const time of to) {
      const began = performance.now()
      await served.post(`/v1/stations/${station.id}/replay`, { seek: formatInstant(time) })
      // The reading before it is the last that is lived.
      await served.until(`/v1/stations/${station.id}/forecast`, (forecast) => isThere(forecast, time))
      const from = states.findLast((state) => state < time) ?? time
      seeks.push({
        seconds: (performance.now() - began) / 1000,
        rows: (time - from) / 1000 / station.cadence_seconds,
      })
      process.stderr.write(`${formatInstant(time)}: ${seeks.at(-1)!.seconds.toFixed(1)} s\n`)
      await setTimeout(POLL_MS)
    }
  } finally {
    await served.end()
  }
  return seeks
}

function isThere({ issued_at }: Json, time: Instant): boolean {
  return Math.abs(Date.parse(String(issued_at)) - time) < 3 * HOUR
}

function line(name: string, seeks: readonly Seek[]): readonly string[] {
  const rows = seeks.map((one) => one.rows)
  const seconds = seeks.map((one) => one.seconds)
  const whole = (value: number): string => Math.round(value).toLocaleString('en-US')
  return [
    name,
    String(seeks.length),
    whole(median(rows)),
    whole(Math.max(...rows)),
    median(seconds).toFixed(1),
    Math.max(...seconds).toFixed(1),
  ]
}
