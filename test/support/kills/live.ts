import { join } from 'node:path'
import { openKeep } from '../../../src/store/keep.ts'
import { freePort, type Running, startTickcast } from '../process.ts'
import { until } from '../until.ts'
import { messageDifferences, stateDifferences } from './differences.ts'
import type { KillOutcome } from './outcome.ts'
import {
  drawn,
  type KillRun,
  type LiveTicks,
  liveTicks,
  MODEL,
  newestIssue,
  pause,
  post,
  untilTrained,
} from './runs.ts'

const BATCH = 6
/** A tick that is sent again is a duplicate: counted as refused, which it would not have been. */
const SENT_AGAIN = ['ingestStatistics', 'ticks', 'position']

/** One process, ticks over HTTP, everything kept in a folder. */
export async function killLive({ data, folder, kills, random }: KillRun): Promise<KillOutcome> {
  const rows = BATCH * Math.max(60, kills * 3)
  const live = await liveTicks(data, { folder, rows, batch: BATCH })
  const unbroken = join(folder, 'live-unbroken')
  await run(unbroken, live, { killedAt: new Set() })

  const killed = join(folder, 'live-killed')
  const killedAt = drawn(random, { count: kills, bound: live.batches.length })
  const { backMs, done } = await run(killed, live, {
    killedAt,
    moment: () => random.below(40),
    again: () => (random.below(5) === 0 ? random.below(1500) : undefined),
  })
  const [is, was] = [await kept(killed), await kept(unbroken)]
  const readings = messageDifferences(is.readings, was.readings, {
    what: 'reading',
    nameOf: (m) => m.event_time,
  })
  const forecasts = messageDifferences(is.forecasts, was.forecasts, {
    what: 'forecast',
    nameOf: (m) => m.issued_at,
  })
  const scores = messageDifferences(is.scores, was.scores, { what: 'score', nameOf: (m) => m.as_of })
  const all = [readings, forecasts, scores]
  return {
    scenario: 'one process, live',
    kills: done,
    forecasts: is.forecasts.length,
    scores: is.scores.length,
    lost: all.reduce((sum, { lost }) => sum + lost, rows - was.readings.length),
    doubled: all.reduce((sum, { doubled }) => sum + doubled, 0),
    unequal: [
      ...all.flatMap(({ unequal }) => unequal),
      ...stateDifferences(is.state, was.state, { leftOut: SENT_AGAIN }),
    ],
    backMs,
  }
}

/** Posts all batches, each until it is taken; killed during some of them. */
async function run(
  keep: string,
  { station, batches, ticks }: LiveTicks,
  {
    killedAt,
    moment = () => 0,
    again = () => undefined,
  }: {
    readonly killedAt: ReadonlySet<number>
    /** Milliseconds into the request. */
    readonly moment?: () => number
    /** Milliseconds into the start that follows, where that is killed too. */
    readonly again?: () => number | undefined
  },
): Promise<{ readonly backMs: readonly number[]; readonly done: number }> {
  const port = String(await freePort())
  const url = `http://127.0.0.1:${port}`
  const begin = (): Running =>
    startTickcast(['start', '--live', '--port', port, '--keep', keep, '--station', station, ...MODEL])
  const backMs: number[] = []
  let done = 0
  let server = begin()
  await server.address()
  for (const [index, batch] of batches.entries()) {
    const kill = async (): Promise<number> => {
      await pause(moment())
      const at = performance.now()
      await server.stop('SIGKILL')
      done++
      return at
    }
    const before = killedAt.has(index) ? await newestIssue(url) : undefined
    const killing = killedAt.has(index) ? kill() : undefined
    const taken = await post(url, batch)
    const at = await killing
    if (at === undefined) {
      if (!taken) throw new Error(`a batch was not taken: ${server.stdout}${server.stderr}`)
      continue
    }
    server = begin()
    const early = again()
    if (early !== undefined && done < killedAt.size) {
      await pause(early)
      await server.stop('SIGKILL')
      done++
      server = begin()
    }
    await server.address()
    // What was not acknowledged is sent again, as any sensor would.
    if (!taken) await until('the batch is taken', () => post(url, batch))
    // Early on there is none yet.
    if (before === undefined) continue
    await until('a forecast that is new', async () => ((await newestIssue(url)) ?? '') > before)
    if (early === undefined) backMs.push(performance.now() - at)
  }
  await until('all is worked off', async () => {
    const reply = await fetch(`${url}/v1/stations/jena/status`)
    return ((await reply.json()) as { as_of?: string }).as_of === ticks.at(-1)!.event_time
  })
  await untilTrained()
  await server.stop()
  return { backMs, done }
}

/** A reading, a forecast or a score. */
export interface OnRecord {
  readonly event_time: string
  readonly issued_at: string
  readonly as_of: string
}

/** What a folder holds of the station. */
export async function kept(folder: string) {
  const keep = await openKeep(folder)
  const of = async (what: 'reading' | 'forecast' | 'score') =>
    (await keep.records('jena', what, { limit: 100_000 })).map(({ message }) => message as OnRecord)
  const found = {
    readings: await of('reading'),
    forecasts: await of('forecast'),
    scores: await of('score'),
    state: (await keep.checkpoints('jena'))[0]!.state,
  }
  await keep.close()
  return found
}
