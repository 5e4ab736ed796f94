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
  readonly bodyBytes: number
  readonly ticksPerBody: number
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
  bodyBytes: 8 * 1024 * 1024,
  ticksPerBody: 100_000,
  clients: 1_000,
  commandsUnderWay: 16,
}
