import type { ForecastMessage } from './forecast.ts'
import type { PublishedOutside } from './published-outside.ts'
import type { ReadingMessage } from './reading.ts'
import type { RejectedMessage } from './rejected.ts'
import type { ScoreMessage, VerificationMessage } from './scores.ts'
import type { StationMessage } from './station-message.ts'
import type { StatusMessage } from './status.ts'
import type { TickMessage } from './tick.ts'

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
