import { formatInstant, HOUR } from '../../../src/domain/instant.ts'
import type { Random } from '../../../src/domain/random.ts'
import type { TapeMessage } from '../../../src/protocol/tape.ts'
import { type NatsServer, startNatsServer } from '../nats-server.ts'
import { freePort, type Running, startTickcast } from '../process.ts'
import { until } from '../until.ts'
import { stateDifferences } from './differences.ts'
import { follow } from './follow.ts'
import type { KillOutcome } from './outcome.ts'
import { beginningOf, type KillRun, MODEL, pause, untilTrained } from './runs.ts'
import { newestState, recordDifferences, recordStreams, type StreamRecord } from './stream-record.ts'

const HOURS_A_SECOND = 3600
/** Wall time that the tape is given for a kill and what comes after it. */
const SECONDS_A_KILL = 2.5

type Role = 'forecast' | 'replay' | 'serve'

/** What a process says whose start falls into an outage of NATS; whoever runs it starts it again. */
const NATS_AWAY = /cannot reach NATS|has gone away|was reached, but|does not answer/
/** Ticks that were posted while the server was away: their sender tries again. */
const REFUSED_MEANWHILE = /"code":"busy"/

/** The processes of a deployment, each of which may be killed and is started again as it was. */
export function deployment(url: string, commands: Readonly<Record<string, readonly string[]>>) {
  const running = new Map<string, Running>()
  const said: string[] = []
  const begin = (role: string): void => {
    const begun = startTickcast([role, ...commands[role]!, '--nats', url])
    running.set(role, begun)
    void begun.ended.then(({ code, stderr }) => {
      const unexpected = stderr.split('\n').filter((line) => line !== '' && !REFUSED_MEANWHILE.test(line))
      if (unexpected.length > 0 && !(code && NATS_AWAY.test(stderr)))
        said.push(`${role}: ${unexpected.join('\n')}`)
      // Ended by itself.
      if (code && running.get(role) === begun)
        setTimeout(() => running.get(role) === begun && begin(role), 200)
    })
  }
  for (const role of Object.keys(commands)) begin(role)
  return {
    begin,
    async kill(role: string): Promise<void> {
      await running.get(role)!.stop('SIGKILL')
    },
    /** As an operator does. */
    async stop(role: string): Promise<void> {
      // One that was begun just now does not listen to signals yet.
      await running.get(role)!.prints(/^ +bus /m)
      const { code, stdout, stderr } = await running.get(role)!.stop()
      if (code !== 0) throw new Error(`${role} ended with ${code}: ${stdout}${stderr}`)
    },
    /** On standard error, by those that have ended. */
    said: said as readonly string[],
  }
}

export interface NatsKills extends KillRun {
  /** Now and then it is wound back meanwhile: what it lives again must be what it was. */
  readonly windsBack?: boolean
}

/** A tape over NATS: three processes, killed one or two at a time, and now and then the server between them. */
export async function killOnNats({
  data,
  folder,
  kills,
  random,
  windsBack = false,
}: NatsKills): Promise<KillOutcome> {
  const rows = Math.min(4500, 450 + kills * 50)
  const file = await beginningOf(data, { folder, rows })
  const was = await unbrokenRun(file, rows)

  const nats = await startNatsServer()
  const port = await freePort()
  const record = await recordStreams(nats.url)
  const speed = String(HOURS_A_SECOND * 20)
  const parts = deployment(nats.url, {
    serve: ['--port', String(port)],
    forecast: MODEL,
    replay: ['--data', file, '--speed', speed],
  })
  await until('a forecast', () => record.forecasts.length > 0)
  const { bus } = record
  const page = follow(`http://127.0.0.1:${port}`)
  const backMs: number[] = []
  const rowsPlayed = (): number => record.ticks.at(-1)?.replay?.row ?? 0
  let woundBack = 0
  let done = 0
  while (done < kills) {
    const left = Math.max(1, rows - rowsPlayed())
    const even = left / ((kills - done) * SECONDS_A_KILL)
    await setSpeed(record, HOURS_A_SECOND * Math.max(5, even * [0.4, 0.8, 4][random.below(3)]!))
    await pause(random.below(1200))
    // Many ticks under way.
    if (random.below(8) === 0) {
      await setSpeed(record, 'max')
      await pause(random.below(400))
    }
    const winds = windsBack && random.below(3) === 0
    if (winds) {
      woundBack++
      const newest = Date.parse(record.newest.issuedAt)
      const hours = Math.floor((newest - Date.parse(record.ticks[0]!.event_time)) / HOUR)
      const seek = formatInstant(newest - random.below(Math.min(20 * 24, hours)) * HOUR)
      await until('the tape is wound back', async () => {
        const reply = await bus.control('jena', { seek, resume: true }).catch(() => undefined)
        return reply && 'result' in reply
      })
      await pause(random.below(500))
    }
    const victims = victimsOf(random)
    const before = record.newest.issuedAt
    const at = performance.now()
    await killed(victims, { parts, nats })
    done++
    let undisturbed = true
    if (random.below(5) === 0 && done < kills) {
      // Again, while it starts.
      await pause(random.below(1500))
      await killed(random.below(3) === 0 ? ['nats'] : victims, { parts, nats })
      done++
      undisturbed = false
    }
    if (victims.includes('serve') && victims.length === 1) continue
    // Wound back, it would be a while until one is newer.
    if (winds || rowsPlayed() >= rows) continue
    await until('a forecast that is new', () => record.newest.issuedAt > before || rowsPlayed() >= rows)
    if (undisturbed && record.newest.issuedAt > before) backMs.push(record.newest.heardAt - at)
  }
  await until('all is worked off', async () => {
    const tape = await setSpeed(record, 'max')
    await pause(100)
    const newest = record.readings.at(-1)
    if (!tape?.ended || newest?.replay?.session !== tape.session) return false
    return newest.event_time === was.record.readings.at(-1)?.event_time
  })
  await untilTrained()
  for (const role of ['replay', 'forecast', 'serve']) await parts.stop(role)
  await record.complete()
  const { unequal, lost, doubled } = recordDifferences(record, was.record, { sessions: 1 + woundBack })
  const state = await newestState(record)
  page.close()
  await record.close()
  await nats.remove()
  return {
    scenario: windsBack ? 'NATS, tape, wound back' : 'NATS, tape',
    kills: done,
    forecasts: record.forecasts.length,
    scores: record.scores.length,
    lost,
    doubled: windsBack ? doubled : doubled + page.again,
    unequal: [
      ...unequal,
      ...page.unequal,
      ...parts.said,
      // Wound back, there are more ticks in the stream.
      ...stateDifferences(state, was.state, { leftOut: windsBack ? ['position'] : [] }),
      ...(page.missedUntold > 0 && !windsBack
        ? [`the page missed forecasts and was not told, ${page.missedUntold} times`]
        : []),
    ],
    backMs,
  }
}

type Victim = Role | 'nats'

function victimsOf(random: Random): readonly Victim[] {
  const drawn = random.below(100)
  if (drawn < 40) return ['forecast']
  if (drawn < 58) return ['replay']
  if (drawn < 70) return ['serve']
  if (drawn < 80) return ['forecast', 'replay']
  if (drawn < 88) return ['forecast', 'serve']
  if (drawn < 94) return ['nats']
  return ['nats', 'forecast']
}

/** All at once, and all started again at once. */
export async function killed(
  victims: readonly string[],
  { parts, nats }: { readonly parts: ReturnType<typeof deployment>; readonly nats: NatsServer },
): Promise<void> {
  await Promise.all(victims.map((one) => (one === 'nats' ? nats.stop('SIGKILL') : parts.kill(one))))
  if (victims.includes('nats')) await nats.start()
  for (const one of victims) if (one !== 'nats') parts.begin(one)
}

/** How the tape stands then; undefined where nobody answers: the replayer may be on its way, and NATS too. */
async function setSpeed({ bus }: StreamRecord, speed: number | 'max'): Promise<TapeMessage | undefined> {
  const reply = await bus.control('jena', { speed }).catch(() => undefined)
  return reply && 'result' in reply ? reply.result : undefined
}

async function unbrokenRun(file: string, rows: number) {
  const nats = await startNatsServer()
  const record = await recordStreams(nats.url)
  const parts = deployment(nats.url, { forecast: MODEL, replay: ['--data', file, '--speed', 'max'] })
  await until('all is worked off', () => record.readings.length >= rows)
  await untilTrained()
  for (const role of ['replay', 'forecast']) await parts.stop(role)
  await record.complete()
  const state = await newestState(record)
  await record.close()
  await nats.remove()
  return { record, state }
}
