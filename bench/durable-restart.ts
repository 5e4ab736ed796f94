import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { natsBus } from '../src/bus/nats.ts'
import { formatInstant } from '../src/domain/instant.ts'
import type { RawRow } from '../src/ingest/raw-row.ts'
import { openKeep } from '../src/store/keep.ts'
import { startNatsServer } from '../test/support/nats-server.ts'
import { copied, folderBytes, type Length, type Pasts, stateBytes } from './durable-pasts.ts'
import { serve } from './durable-process.ts'
import { HOURLY } from './durable-station.ts'
import type { Restarts } from './durable-table.ts'

/** Behind the last checkpoint, of which there is one every 200. */
const BEHIND = 170
/** So many more, one each, fit in before the next checkpoint. */
export const MOST_RESTARTS = 20

export interface RestartOptions {
  readonly pasts: Pasts
  readonly length: Length
  readonly station: string
  /** Where the copy is lived on. */
  readonly folder: string
  readonly restarts: number
}

const TICKS = `/v1/stations/${HOURLY}/ticks`

const bodyOf = ({ eventTime, values }: RawRow) => ({ event_time: formatInstant(eventTime!), values })

/** Begun anew after `kill -9` each time; it is there once the forecast of a tick that was posted can be read. */
export async function liveRestarts(options: RestartOptions): Promise<Restarts> {
  const { pasts, length, station } = options
  const keep = join(options.folder, 'restarts')
  await rm(keep, { recursive: true, force: true })
  await copied(await pasts.live(length), keep)
  const times = await restarted(['start', '--live', '--station', station, '--keep', keep], options)
  return { past: length.name, ...(await sizes(keep)), ...times }
}

/** The same beside a server that keeps state and ticks: the newest state of the past was brought there before. */
export async function natsRestarts(options: RestartOptions): Promise<Restarts> {
  const { pasts, length, station } = options
  const folder = join(options.folder, 'restarts')
  await rm(folder, { recursive: true, force: true })
  await copied(await pasts.live(length), folder)
  const keep = await openKeep(folder)
  const [newest] = await keep.checkpoints(HOURLY)
  await keep.close()
  if (!newest) throw new Error(`nothing is kept of the past of ${length.name}`)
  const server = await startNatsServer()
  try {
    const bus = await natsBus({
      url: server.url,
      onError(error) {
        throw error
      },
    })
    const { eventTime } = pasts.rows[pasts.count(length) - 1]!
    await bus.states!.checkpoint(HOURLY, { position: 0, eventTime, state: newest.state, records: [] })
    await bus.close()
    const times = await restarted(['start', '--live', '--nats', server.url, '--station', station], options)
    return { past: length.name, stateBytes: newest.state.length, ...times }
  } finally {
    await server.remove()
  }
}

async function restarted(
  args: readonly string[],
  { pasts, length, restarts }: RestartOptions,
): Promise<Pick<Restarts, 'ready' | 'there'>> {
  const next = pasts.rows.slice(pasts.count(length))
  const before = await serve(args)
  await before.ready()
  await before.post(TICKS, next.slice(0, BEHIND).map(bodyOf))
  await before.kill()
  const ready: number[] = []
  const there: number[] = []
  for (const row of next.slice(BEHIND, BEHIND + restarts)) {
    const program = await serve(args)
    ready.push(await program.ready())
    const tick = bodyOf(row)
    await program.post(TICKS, [tick])
    await program.until(`/v1/stations/${HOURLY}/forecast`, ({ issued_at }) => issued_at === tick.event_time)
    there.push(performance.now() - program.began)
    await program.kill()
  }
  return { ready, there }
}

/** The same of a tape that stands paused; it is there once its models stand where they stood before. */
export async function tapeRestarts(
  { pasts, length, station, restarts, folder }: RestartOptions,
  data: string,
): Promise<Restarts> {
  const keep = join(folder, 'restarts')
  await rm(keep, { recursive: true, force: true })
  await copied(await pasts.tape(length), keep)
  const args = ['start', '--data', data, '--station', station, '--paused', '--keep', keep]
  const status = `/v1/stations/${HOURLY}/status`
  const asOf = formatInstant(pasts.rows[pasts.count(length) + BEHIND - 1]!.eventTime!)

  const before = await serve(args)
  await before.ready()
  await before.post(`/v1/stations/${HOURLY}/replay`, { step: BEHIND })
  await before.until(status, ({ as_of }) => as_of === asOf)
  await before.kill()
  const ready: number[] = []
  const there: number[] = []
  for (let restart = 0; restart < restarts; restart++) {
    const program = await serve(args)
    ready.push(await program.ready())
    await program.until(status, ({ as_of }) => as_of === asOf)
    there.push(performance.now() - program.began)
    await program.kill()
  }
  return { past: length.name, ...(await sizes(keep)), ready, there }
}

async function sizes(keep: string): Promise<Pick<Restarts, 'stateBytes' | 'folderBytes'>> {
  return { stateBytes: stateBytes(keep), folderBytes: await folderBytes(keep) }
}
