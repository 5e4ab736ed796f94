import { connect, headers } from 'nats'
import type { Random } from '../../../src/domain/random.ts'
import { startNatsServer } from '../nats-server.ts'
import { freePort } from '../process.ts'
import { until } from '../until.ts'
import { stateDifferences } from './differences.ts'
import { deployment, killed } from './nats-tape.ts'
import type { KillOutcome } from './outcome.ts'
import { drawn, type KillRun, type LiveTicks, liveTicks, MODEL, pause, post, untilTrained } from './runs.ts'
import { newestState, recordDifferences, recordStreams } from './stream-record.ts'

const BATCH = 6
/** A tick that is sent again over HTTP is a duplicate: counted as refused, which it would not have been. */
const SENT_AGAIN = ['ingestStatistics', 'ticks', 'position']

/** Measurements over NATS: every other batch over HTTP, the others straight to the subject, each tick with an id. */
export async function killLiveOnNats({ data, folder, kills, random }: KillRun): Promise<KillOutcome> {
  const rows = BATCH * Math.max(60, kills * 3)
  const live = await liveTicks(data, { folder, rows, batch: BATCH })
  const was = await run(live, { killedAt: new Set(), random })
  const killedAt = drawn(random, { count: kills, bound: live.batches.length })
  const is = await run(live, { killedAt, random })
  // A tick may well be there twice: what was not acknowledged is sent again. The pipeline takes one.
  const { unequal, lost, doubled } = recordDifferences(
    { ...is.record, ticks: firstOfEach(is.record.ticks) },
    { ...was.record, ticks: firstOfEach(was.record.ticks) },
    { sessions: 1 },
  )
  return {
    scenario: 'NATS, live',
    kills: is.done,
    forecasts: is.record.forecasts.length,
    scores: is.record.scores.length,
    lost,
    doubled,
    unequal: [...unequal, ...is.said, ...stateDifferences(is.state, was.state, { leftOut: SENT_AGAIN })],
    backMs: is.backMs,
  }
}

function firstOfEach<T extends { readonly event_time: string; readonly id: string }>(
  ticks: readonly T[],
): readonly T[] {
  const found = new Map<string, T>()
  for (const tick of ticks) if (!found.has(tick.event_time)) found.set(tick.event_time, { ...tick, id: '' })
  return [...found.values()]
}

function victimsOf(random: Random): readonly string[] {
  const one = random.below(100)
  if (one < 50) return ['forecast']
  if (one < 70) return ['serve']
  if (one < 85) return ['forecast', 'serve']
  if (one < 93) return ['nats']
  return ['nats', 'forecast', 'serve']
}

async function run(
  { station, batches, ticks }: LiveTicks,
  { killedAt, random }: { readonly killedAt: ReadonlySet<number>; readonly random: Random },
) {
  const nats = await startNatsServer()
  const record = await recordStreams(nats.url)
  const port = String(await freePort())
  const url = `http://127.0.0.1:${port}`
  const parts = deployment(nats.url, { forecast: [...MODEL, '--station', station], serve: ['--port', port] })
  const sensor = await connect({ servers: nats.url, maxReconnectAttempts: -1, reconnectTimeWait: 50 })
  const js = sensor.jetstream({ timeout: 2000 })
  const overHttp = (batch: readonly object[]): Promise<boolean> => post(url, batch)
  const overNats = async (batch: LiveTicks['ticks']): Promise<boolean> => {
    try {
      for (const tick of batch) {
        const head = headers()
        head.set('Nats-Msg-Id', `sensor/${tick.event_time}`)
        await js.publish('tickcast.v1.jena.tick', JSON.stringify(tick), { headers: head })
      }
      return true
    } catch {
      return false
    }
  }
  await until('the station is known', async () => {
    const reply = await fetch(`${url}/v1/stations/jena`).catch(() => undefined)
    await reply?.body?.cancel()
    return reply?.status === 200
  })
  const backMs: number[] = []
  let done = 0
  for (const [index, batch] of batches.entries()) {
    const send = index % 2 === 0 ? overHttp : overNats
    const before = record.newest.issuedAt
    const at = performance.now()
    const killing = killedAt.has(index)
      ? pause(random.below(40)).then(() => killed(victimsOf(random), { parts, nats }))
      : undefined
    const taken = await send(batch)
    await killing
    if (!taken) await until('the batch is taken', () => send(batch))
    if (!killing) continue
    done++
    if (random.below(5) === 0 && done < killedAt.size) {
      await pause(random.below(1500))
      await killed(['forecast'], { parts, nats })
      done++
    } else if (before !== '') {
      await until('a forecast that is new', () => record.newest.issuedAt > before)
      backMs.push(record.newest.heardAt - at)
    }
  }
  await until('all is worked off', () => record.readings.at(-1)?.event_time === ticks.at(-1)!.event_time)
  await untilTrained()
  for (const role of ['forecast', 'serve']) await parts.stop(role)
  await record.complete()
  const state = await newestState(record)
  await sensor.close()
  await record.close()
  await nats.remove()
  return { record, state, backMs, done, said: parts.said }
}
