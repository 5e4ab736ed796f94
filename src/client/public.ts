// biome-ignore-all lint/performance/noBarrelFile: what a package exports is told in one place
/* All that `tickcast-client` and `tickcast/client` export. `public-node.ts` is the same for Node. */

export type { ReplyCode } from '../protocol/codes.ts'
export type { ForecastMessage } from '../protocol/forecast.ts'
export type { MessageOf } from '../protocol/message-of.ts'
export type { PublishedOutside } from '../protocol/published-outside.ts'
export type { ReadingMessage } from '../protocol/reading.ts'
export type { RejectedMessage } from '../protocol/rejected.ts'
export type { ScoreMessage } from '../protocol/scores.ts'
export type { StationMessage } from '../protocol/station-message.ts'
export type { StatusMessage } from '../protocol/status.ts'
export type { TapeCommand, TapeMessage } from '../protocol/tape.ts'
export type { ClientTopic } from '../protocol/topics.ts'
export {
  type ConnectOptions,
  connect,
  type Delivery,
  type Handlers,
  type StreamClient,
  type SubscribeOptions,
} from './client.ts'
export { ConnectionClosed, NotConnected, RequestRefused, RequestTimedOut } from './client-errors.ts'
export type { Phase } from './connection-state.ts'
export {
  acceptSensor,
  fetchHistory,
  fetchStation,
  fetchStations,
  type HttpOptions,
  HttpProblem,
  type ObservedPoint,
  postTapeCommand,
  postTicks,
  removeStation,
  type StationHistory,
  type TicksReply,
} from './http.ts'
export type { OpenSocket, Socket, SocketEvents } from './socket.ts'
