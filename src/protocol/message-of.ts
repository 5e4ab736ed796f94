import type {
  ForecastMessage,
  PublishedOutside,
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
  /** What others have forecast, as it was taken. */
  outside: PublishedOutside
  /** The whole of the scores: seldom published, for whoever asks for detail. */
  verification: VerificationMessage
  status: StatusMessage
  rejected: RejectedMessage
}
