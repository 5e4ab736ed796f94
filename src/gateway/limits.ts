/** Every bound the gateway keeps, in one place. */
export interface GatewayLimits {
  /** The server pings this often and closes a line on which nothing was heard for `silenceSeconds`. */
  readonly pingSeconds: number
  readonly silenceSeconds: number
  /** A client that does not take what it was sent within this time is cut off. */
  readonly slowSeconds: number
  /** Past this many bytes under way a client gets the newest of each topic only; past `cutBytes` it is cut off at once. */
  readonly boundBytes: number
  readonly cutBytes: number
  readonly pushesPerSecond: number
  readonly burst: number
  readonly scoresPerSecond: number
  readonly frameBytes: number
  /** Frames of one client, pings among them: this many a second on end, and this many at once after a quiet time. */
  readonly framesPerSecond: number
  readonly frameBurst: number
  /** Of one body, as it comes and once it is unpacked; of those under way at once, and the share of one address. */
  readonly bodyBytes: number
  readonly bodyBytesUnderWay: number
  readonly bodyBytesOfOne: number
  readonly ticksPerBody: number
  /** Requests of one address, as with frames; opening a stream costs as much as `streamCost` of them. */
  readonly requestsPerSecond: number
  readonly requestBurst: number
  readonly streamCost: number
  /** Until a request's headers are there, until all of it is, and until an idle line is closed. */
  readonly headersSeconds: number
  readonly requestSeconds: number
  readonly idleSeconds: number
  /** Lines at once, of which the last `probeConnections` serve probes alone, each for `probeSeconds`. */
  readonly connections: number
  readonly probeConnections: number
  readonly probeSeconds: number
  readonly clients: number
  /** Tape commands of one client under way at once. */
  readonly commandsUnderWay: number
}

export const LIMITS: GatewayLimits = {
  pingSeconds: 25,
  silenceSeconds: 60,
  slowSeconds: 30,
  boundBytes: 256 * 1024,
  cutBytes: 2 * 1024 * 1024,
  pushesPerSecond: 30,
  burst: 64,
  scoresPerSecond: 5,
  frameBytes: 64 * 1024,
  framesPerSecond: 50,
  frameBurst: 200,
  bodyBytes: 2 * 1024 * 1024,
  bodyBytesUnderWay: 64 * 1024 * 1024,
  bodyBytesOfOne: 16 * 1024 * 1024,
  ticksPerBody: 5_000,
  requestsPerSecond: 200,
  requestBurst: 1_000,
  streamCost: 10,
  headersSeconds: 10,
  requestSeconds: 30,
  idleSeconds: 60,
  connections: 1_280,
  probeConnections: 16,
  probeSeconds: 2,
  clients: 1_000,
  commandsUnderWay: 16,
}
