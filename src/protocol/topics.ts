import type {
  ForecastMessage,
  ReadingMessage,
  RejectedMessage,
  StationMessage,
  StatusMessage,
  TickMessage,
} from './messages.ts'
import type { ScoreMessage, VerificationMessage } from './scores.ts'

/** What travels on the bus, by topic. The NATS subject of each is `tickcast.v1.<station>.<topic>`. */
export interface MessageOf {
  /** The station's description: announced before its first tick, the newest one retained. */
  station: StationMessage
  tick: TickMessage
  reading: ReadingMessage
  forecast: ForecastMessage
  score: ScoreMessage
  /** The whole of the scores: seldom published, for whoever asks for detail. */
  verification: VerificationMessage
  status: StatusMessage
  rejected: RejectedMessage
}

export type Topic = keyof MessageOf

export const TOPICS: readonly Topic[] = [
  'station',
  'tick',
  'reading',
  'forecast',
  'score',
  'verification',
  'status',
  'rejected',
]

/** The topics a WebSocket client may subscribe to. */
export const CLIENT_TOPICS = ['reading', 'forecast', 'score', 'status'] as const
export type ClientTopic = (typeof CLIENT_TOPICS)[number]

export const STATION_ID = /^[a-z0-9][a-z0-9_-]{0,63}$/

export function subjectOf(station: string, topic: Topic | 'control'): string {
  return `tickcast.v1.${station}.${topic}`
}
