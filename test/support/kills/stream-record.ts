import { connect } from 'nats'
import type { Bus } from '../../../src/bus/bus.ts'
import { openBus } from '../../../src/bus/open-bus.ts'
import { STREAMS } from '../../../src/bus/streams.ts'
import type { ForecastMessage } from '../../../src/protocol/forecast.ts'
import type { ReadingMessage } from '../../../src/protocol/reading.ts'
import type { ScoreMessage } from '../../../src/protocol/scores.ts'
import type { TickMessage } from '../../../src/protocol/tick.ts'
import { until } from '../until.ts'
import { type Compared, messageDifferences } from './differences.ts'

/** All that was ever stored in the streams, read as it came: NATS keeps a hundred scores of a station. */
export interface StreamRecord {
  readonly bus: Bus
  readonly ticks: readonly TickMessage[]
  readonly readings: readonly ReadingMessage[]
  readonly forecasts: readonly ForecastMessage[]
  readonly scores: readonly ScoreMessage[]
  /** When the newest forecast was issued, and when that came. */
  readonly newest: { readonly issuedAt: string; readonly heardAt: number }
  /** What the bus had to complain about: something of a stream was lost, say. */
  readonly complaints: readonly string[]
  /** Until all is here that the streams hold. */
  complete(): Promise<void>
  close(): Promise<void>
}

export async function recordStreams(url: string): Promise<StreamRecord> {
  const complaints: string[] = []
  const bus = await openBus({
    nats: url,
    name: 'kills',
    onError: ({ message }) => void complaints.push(message),
  })
  const record = {
    ticks: [] as TickMessage[],
    readings: [] as ReadingMessage[],
    forecasts: [] as ForecastMessage[],
    scores: [] as ScoreMessage[],
  }
  const newest = { issuedAt: '', heardAt: 0 }
  const positions = { tick: 0, reading: 0, forecast: 0, score: 0 }
  const retained = { from: 'retained' } as const
  await bus.subscribe(
    { topic: 'tick' },
    ({ message, position = 0 }) => {
      positions.tick = position
      record.ticks.push(message)
    },
    retained,
  )
  await bus.subscribe(
    { topic: 'reading' },
    ({ message, position = 0 }) => {
      positions.reading = position
      record.readings.push(message)
    },
    retained,
  )
  await bus.subscribe(
    { topic: 'score' },
    ({ message, position = 0 }) => {
      positions.score = position
      record.scores.push(message)
    },
    retained,
  )
  await bus.subscribe(
    { topic: 'forecast' },
    ({ message, position = 0 }) => {
      positions.forecast = position
      record.forecasts.push(message)
      if (message.issued_at <= newest.issuedAt) return
      newest.issuedAt = message.issued_at
      newest.heardAt = performance.now()
    },
    retained,
  )
  return {
    bus,
    ...record,
    newest,
    complaints,
    async complete() {
      const connection = await connect({ servers: url })
      const { streams } = await connection.jetstreamManager()
      for (const topic of ['tick', 'reading', 'forecast', 'score'] as const) {
        const { state } = await streams.info(STREAMS[topic].name)
        await until(`all of ${STREAMS[topic].name}`, () => positions[topic] >= state.last_seq)
      }
      await connection.close()
    },
    close: () => bus.close(),
  }
}

/** The newest state of the station that NATS keeps. */
export async function newestState({ bus }: StreamRecord): Promise<Uint8Array> {
  const [newest] = (await bus.states?.checkpoints('jena')) ?? []
  if (!newest) throw new Error('NATS keeps no state')
  return newest.state
}

interface OfSession {
  readonly replay?: { readonly session: string } | undefined
}

const sessionOf = ({ replay }: OfSession): string => replay?.session ?? ''

export function recordDifferences(
  is: StreamRecord,
  was: StreamRecord,
  { sessions }: { /** At most so many. */ readonly sessions: number },
): Compared {
  const compared = [
    messageDifferences(is.ticks, was.ticks, {
      what: 'tick',
      nameOf: ({ replay, event_time }) => (replay?.row === undefined ? event_time : String(replay.row)),
      sessionOf,
    }),
    messageDifferences(is.readings, was.readings, {
      what: 'reading',
      nameOf: (m) => m.event_time,
      sessionOf,
    }),
    messageDifferences(is.forecasts, was.forecasts, {
      what: 'forecast',
      nameOf: (m) => m.issued_at,
      sessionOf,
    }),
    messageDifferences(is.scores, was.scores, { what: 'score', nameOf: (m) => m.as_of, sessionOf }),
  ]
  const began = new Set(is.ticks.map(sessionOf)).size
  // Of the session that ran to the end all is there, whatever those before it had said.
  const session = sessionOf(is.ticks.at(-1) ?? {})
  const lived = new Set(is.ticks.filter((tick) => sessionOf(tick) === session).map((tick) => tick.event_time))
  const issued = new Set(is.forecasts.filter((one) => sessionOf(one) === session).map((one) => one.issued_at))
  const unissued = was.forecasts.filter(({ issued_at }) => lived.has(issued_at) && !issued.has(issued_at))
  return {
    unequal: [
      ...compared.flatMap(({ unequal }) => unequal),
      ...(unissued.length > 0
        ? [
            `${unissued.length} forecasts that the last session did not issue, the first at ${unissued[0]!.issued_at}`,
          ]
        : []),
      ...(began > sessions ? [`${began} sessions, of ${sessions} at most`] : []),
      ...is.complaints,
    ],
    lost: compared.reduce((sum, { lost }) => sum + lost, 0),
    doubled: compared.reduce((sum, { doubled }) => sum + doubled, 0),
  }
}
