import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Libsql from 'libsql'
import { openApp } from '../src/app/app.ts'
import type { PipelineFlags } from '../src/app/assemble-model.ts'
import { openLog } from '../src/app/log.ts'
import type { Terminal } from '../src/app/terminal.ts'
import { parseInstant } from '../src/domain/instant.ts'
import type { Station } from '../src/domain/station.ts'
import type { TickMessage } from '../src/protocol/tick.ts'
import { bareLoop, type Inserts, type PublishedRow } from './durable-bare.ts'
import type { Measure, Way } from './durable-rounds.ts'

/** As the gateway hands them to the bus (`src/gateway/tick-routes.ts`). */
const UNDER_WAY = 256

const nothing = (): void => undefined
const TERMINAL: Terminal = {
  ...{ fact: nothing, line: nothing, status: nothing, close: nothing },
  above: (write) => write(),
  warn: (error) => void process.stderr.write(`${error}\n`),
}

export const KEEPING = 'start --live, keeping'
export const NOT_KEEPING = 'start --live --no-keep'
export const BARE = `a bare loop, ${UNDER_WAY} ticks a transaction`
export const BARE_SINGLE = 'a bare loop, a tick a transaction'

export interface EmbeddedOptions {
  readonly station: Station
  readonly flags: PipelineFlags
  /** As many as `lived` + `timed` + `single`. */
  readonly ticks: readonly TickMessage[]
  /** Of these so many are lived before the time runs, so that the models are all at work; */
  readonly lived: number
  /** so many are timed as a feed hands them in; */
  readonly timed: number
  /** and so many one at a time. */
  readonly single: number
}

/** All that `start --live` joins, in this process, with and without a folder; and bare loops of the same inserts. */
export function embeddedWays(options: EmbeddedOptions): readonly Way[] {
  const { station, ticks, lived, timed } = options
  const texts = ticks.slice(lived, lived + timed).map((tick) => JSON.stringify(tick))
  /** As the first, uncounted pass left it. */
  let published: readonly PublishedRow[] = []
  const inserts = (withPublished: boolean) => (): Inserts => ({
    station: station.id,
    ticks: texts,
    published: withPublished ? published : [],
  })
  return [
    {
      name: KEEPING,
      async measure() {
        const folder = await mkdtemp(join(tmpdir(), 'tickcast-keep-'))
        const measured = await liveThrough(options, folder)
        if (published.length === 0) published = publishedIn(folder, options)
        await rm(folder, { recursive: true, force: true })
        return measured
      },
    },
    { name: NOT_KEEPING, measure: () => liveThrough(options, undefined) },
    bareLoop(`${BARE}, what was published too`, { inserts: inserts(true), group: UNDER_WAY }),
    bareLoop(BARE, { inserts: inserts(false), group: UNDER_WAY }),
    bareLoop(BARE_SINGLE, { inserts: inserts(false), group: 1 }),
  ]
}

async function liveThrough(
  { station, flags, ticks, lived, timed, single }: EmbeddedOptions,
  keep: string | undefined,
): Promise<Measure> {
  const log = openLog({ logLevel: 'warn' }, { terminal: TERMINAL })
  const app = await openApp({ name: 'bench', terminal: TERMINAL, log, keep })
  const { bus } = app
  await app.serve({ host: '127.0.0.1', port: 0 })
  const host = await app.forecast({
    engine: 'auto',
    flags,
    from: 'retained',
    onStation: nothing,
    onUnsuitable: (_, error) => app.fail(error),
    onLive: nothing,
  })
  const fed = async (from: number, to: number): Promise<void> => {
    for (let first = from; first < to; first += UNDER_WAY) {
      const batch = ticks.slice(first, Math.min(first + UNDER_WAY, to))
      await Promise.all(batch.map((tick) => bus.publish(station.id, 'tick', tick, tick.id)))
    }
    await bus.flush()
    await host.recorded(station.id)
  }
  const work = async (): Promise<Measure> => {
    await app.announce(station)
    await fed(0, lived)
    const began = performance.now()
    await fed(lived, lived + timed)
    const perSecond = timed / ((performance.now() - began) / 1000)
    const milliseconds: number[] = []
    // Without a folder a tick is acknowledged when it is handed on, which tells nothing.
    for (const tick of keep === undefined ? [] : ticks.slice(lived + timed, lived + timed + single)) {
      const at = performance.now()
      await bus.publish(station.id, 'tick', tick, tick.id)
      milliseconds.push(performance.now() - at)
    }
    const taken = host.stations.get(station.id)?.status().intake
    if (taken?.rejected) throw new Error(`ticks were rejected: ${JSON.stringify(taken.rejected_by_reason)}`)
    return { perSecond, milliseconds }
  }
  try {
    return await Promise.race([work(), app.failure])
  } finally {
    await app.close()
  }
}

/** What a station has published of the timed ticks, oldest first. */
function publishedIn(folder: string, { ticks, lived, timed }: EmbeddedOptions): readonly PublishedRow[] {
  const from = parseInstant(ticks[lived]!.event_time)!
  const to = parseInstant(ticks[lived + timed - 1]!.event_time)!
  const database = new Libsql(join(folder, 'tickcast.db'), { readonly: true })
  const tables = ['readings', 'forecasts', 'scores'] as const
  const rows = tables.flatMap((table) =>
    database
      .prepare(`SELECT event_time, message FROM ${table} WHERE event_time BETWEEN ? AND ?`)
      .all([from, to])
      .map((row) => {
        const { event_time: eventTime, message } = row as { event_time: number; message: string }
        return { table, eventTime, message }
      }),
  )
  database.close()
  return rows.sort((a, b) => a.eventTime - b.eventTime)
}
