import { ulid } from 'ulid'
import type { Bus } from '../bus/bus.ts'
import type { Clock } from '../domain/clock.ts'
import { type Instant, parseInstant } from '../domain/instant.ts'
import { quantityName } from '../domain/outside.ts'
import { type Station, targetChannel } from '../domain/station.ts'
import { tickOf } from '../ingest/raw-row.ts'
import type { AskedMessage } from '../protocol/asked.ts'
import type { OutsideMessage } from '../protocol/outside.ts'
import type { StationMessage } from '../protocol/station-message.ts'
import type { AskContext } from './ask-json.ts'
import type { AskedOf } from './issuer.ts'
import { openPoll, type Poll } from './poll.ts'

export interface IssuersOptions {
  readonly bus: Bus
  /** As its station file has it: the bus is not told how issuers are asked. */
  readonly station: Station
  readonly clock: Clock
  /** A random number in [0, 1). */
  readonly unit: () => number
  readonly userAgent: string
  readonly env: NodeJS.ProcessEnv
  readonly timeout?: AskContext['timeout']
  /** When the newest of what an issuer is asked for came, by its name, where the station knows. */
  readonly cameAt: (name: string) => Instant | undefined
  readonly onTrouble: (text: string) => void
  readonly onRecovered: (text: string) => void
  readonly onChange: () => void
}

/** Asks the issuers of one live station, and hands on what they say as if it had been posted. */
export interface Issuers {
  /** How each of them stands. */
  state(): Readonly<Record<string, AskedMessage>>
  close(): Promise<void>
}

/** The issuers of a station that are asked. */
export function askedOf(station: Station): readonly AskedOf[] {
  const { unit } = targetChannel(station)
  return (station.outside ?? []).flatMap(({ issuer, quantity, unit: own = '', asked }) => {
    if (!asked) return []
    return quantity === undefined
      ? [{ name: issuer, issuer, asked, unit }]
      : [{ name: quantityName(issuer, quantity), issuer, quantity, asked, unit: own }]
  })
}

/** A pipeline that is being built is waited for. */
const LOOK_MS = 100

export async function openIssuers(options: IssuersOptions): Promise<Issuers> {
  const { bus, station, clock, cameAt } = options
  const run = `issuers/${ulid()}`
  const asked = askedOf(station)
  const closing = new AbortController()
  const polls = new Map<string, Poll>()
  let count = 0
  let changing = Promise.resolve()

  async function take(name: string, outside: OutsideMessage): Promise<void> {
    const row = { place: `${++count}/${name}`, values: {}, outside }
    const tick = tickOf(
      { ...row, eventTime: parseInstant(outside.issued_at) },
      { run, ingestTime: clock.now() },
    )
    await bus.publish(station.id, 'tick', tick, tick.id)
  }

  /** Of a tape the ticks are those of its file, and one that was removed takes none. */
  async function announced({ removed, tape }: StationMessage): Promise<void> {
    if (removed || tape) return stop()
    while (!closing.signal.aborted && !bus.hasSubscribers(station.id, 'tick'))
      await clock.sleep(LOOK_MS, closing.signal)
    if (closing.signal.aborted || polls.size > 0) return
    for (const of of asked) {
      const taken = (outside: OutsideMessage) => take(of.name, outside)
      polls.set(of.name, openPoll({ ...options, of, cameAt: cameAt(of.name), take: taken }))
    }
  }

  async function stop(): Promise<void> {
    const all = [...polls.values()]
    polls.clear()
    await Promise.all(all.map((poll) => poll.close()))
  }

  const announcements = await bus.subscribe(
    { station: station.id, topic: 'station' },
    ({ message }) => {
      changing = changing.then(() => announced(message))
    },
    { from: 'retained' },
  )
  const rejections = await bus.subscribe({ station: station.id, topic: 'rejected' }, ({ message }) => {
    if (!message.tick.startsWith(`${run}/`)) return
    const { tick, field, value, rule } = message
    const [, , , ...name] = tick.split('/')
    polls.get(name.join('/'))?.refused(`${field}: ${JSON.stringify(value)} breaks the rule: ${rule}`)
  })

  return {
    state: () => Object.fromEntries([...polls].map(([issuer, poll]) => [issuer, poll.state()])),
    async close() {
      closing.abort()
      await announcements.close()
      await changing
      await stop()
      await rejections.close()
    },
  }
}
