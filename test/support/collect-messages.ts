import { onTestFinished } from 'vitest'
import type { StreamClient } from '../../src/client/client.ts'
import { connect } from '../../src/client/node.ts'
import type { ForecastMessage } from '../../src/protocol/forecast.ts'
import type { ReadingMessage } from '../../src/protocol/reading.ts'
import type { ScoreMessage } from '../../src/protocol/scores.ts'
import type { StatusMessage } from '../../src/protocol/status.ts'
import { until } from './until.ts'

/** All messages that a WebSocket client has received of a station, oldest first; snapshots are among it. */
export interface CollectedMessages {
  readonly readings: readonly ReadingMessage[]
  readonly forecasts: readonly ForecastMessage[]
  readonly scores: readonly ScoreMessage[]
  readonly statuses: readonly StatusMessage[]
  /** Tells the tape something over the same WebSocket. */
  readonly tape: StreamClient['tape']
  /** The reading of this time, as soon as it has come. */
  reading(eventTime: string): Promise<ReadingMessage>
  close(): void
}

/** Listens to all topics of a station over a real WebSocket until the test is finished, through lost connections too. */
export async function collectMessages(url: string, station = 'jena'): Promise<CollectedMessages> {
  const client = connect({ url })
  onTestFinished(() => client.close())
  const received = {
    readings: [] as ReadingMessage[],
    forecasts: [] as ForecastMessage[],
    scores: [] as ScoreMessage[],
    statuses: [] as StatusMessage[],
  }
  await client.opened()
  client.subscribe(station, {
    reading: (message) => void received.readings.push(message),
    forecast: (message) => void received.forecasts.push(message),
    score: (message) => void received.scores.push(message),
    status: (message) => void received.statuses.push(message),
  })
  return {
    ...received,
    tape: (command) => client.tape(command),
    reading: (eventTime) =>
      until(`the reading of ${eventTime}`, () =>
        received.readings.findLast(({ event_time }) => event_time === eventTime),
      ),
    close: () => client.close(),
  }
}
