import { open, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Random } from '../../../src/domain/random.ts'
import type { Station } from '../../../src/domain/station.ts'
import type { ForecastMessage } from '../../../src/protocol/forecast.ts'
import type { TickMessage } from '../../../src/protocol/tick.ts'
import { ticksOfFile } from '../../core/station-run.ts'

export interface KillRun {
  /** A file of hourly rows. */
  readonly data: string
  /** For whatever is written on the way. */
  readonly folder: string
  readonly kills: number
  readonly random: Random
}

/** Of everything: what learns in the stream, and networks that are trained beside it. */
export const MODEL = [
  ...['--experts', 'persistence,damped_anomaly,rls_hour,mlp,gru'],
  ...['--train-every', '4h', '--batch', '16'],
]

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** The beginning of a file as a file of its own: header and so many rows. */
export async function beginningOf(
  data: string,
  { folder, rows }: { readonly folder: string; readonly rows: number },
) {
  const path = join(folder, `beginning-${rows}.csv`)
  const file = await open(data)
  const lines: string[] = []
  for await (const line of file.readLines()) {
    if (lines.push(line) > rows) break
  }
  await file.close()
  await writeFile(path, `${lines.join('\n')}\n`)
  return path
}

export interface LiveTicks {
  /** A station file. */
  readonly station: string
  readonly ticks: readonly Pick<TickMessage, 'event_time' | 'values'>[]
  /** Some rows each, as a sensor sends them. */
  readonly batches: readonly (readonly Pick<TickMessage, 'event_time' | 'values'>[])[]
}

/** The beginning of a file as a sensor would send it. */
export async function liveTicks(
  data: string,
  { folder, rows, batch }: { readonly folder: string; readonly rows: number; readonly batch: number },
): Promise<LiveTicks> {
  const { station, ticks: all } = await ticksOfFile(data, rows)
  const path = join(folder, 'station.json')
  await writeFile(path, stationFile(station))
  const ticks = all.map(({ event_time, values }) => ({ event_time, values }))
  const batches = Array.from({ length: Math.ceil(rows / batch) }, (_, index) =>
    ticks.slice(index * batch, (index + 1) * batch),
  )
  return { station: path, ticks, batches }
}

/** The hourly station as a user describes it. */
function stationFile({ id, title, target, channels }: Station): string {
  return JSON.stringify({
    ...{ id, title, target, cadence: '1h', time: { column: 'time', format: 'iso', utc_offset: '+01:00' } },
    channels: channels.map(({ name, unit, limits }) => ({ name, column: name, unit, ...limits })),
  })
}

/** False where the server is away or does not take it. */
export async function post(url: string, ticks: readonly object[]): Promise<boolean> {
  try {
    const reply = await fetch(`${url}/v1/stations/jena/ticks`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      body: ticks.map((tick) => JSON.stringify(tick)).join('\n'),
      signal: AbortSignal.timeout(10_000),
    })
    await reply.body?.cancel()
    return reply.status === 202
  } catch {
    return false
  }
}

/** When the newest forecast that a server knows was issued; undefined where it has none, or is away. */
export async function newestIssue(url: string): Promise<string | undefined> {
  try {
    const reply = await fetch(`${url}/v1/stations/jena/forecast`, { signal: AbortSignal.timeout(10_000) })
    const body = (await reply.json()) as Partial<ForecastMessage>
    return body.issued_at
  } catch {
    return undefined
  }
}

/**
 * Until a round of training that is under way has come to its end, of which nothing tells: how far it is when the process
 * ends is up to the moment, and so would be the state that is left.
 */
export const untilTrained = (): Promise<void> => pause(3000)

/** `count` numbers below `bound`, each once. */
export function drawn(
  random: Random,
  { count, bound }: { readonly count: number; readonly bound: number },
): ReadonlySet<number> {
  const numbers = new Set<number>()
  while (numbers.size < Math.min(count, bound)) numbers.add(random.below(bound))
  return numbers
}
