import { BehaviorSubject, type Observable } from 'rxjs'
import { ulid } from 'ulid'
import type { Bus, BusSubscription, ControlReply } from '../src/bus/bus.ts'
import { errorReply } from '../src/bus/control.ts'
import type { Clock } from '../src/domain/clock.ts'
import { deferred } from '../src/domain/deferred.ts'
import { errorMessage, TickcastError, toError } from '../src/domain/errors.ts'
import { formatInstant, type Instant, type Span } from '../src/domain/instant.ts'
import { type RawRow, tickOf } from '../src/ingest/raw-row.ts'
import { speedMessage, stationMessage } from '../src/protocol/encode.ts'
import type { TapeCommand, TapeMessage } from '../src/protocol/messages.ts'
import { BoundedPublisher } from './bounded-publisher.ts'
import { Pacer } from './pacer.ts'
import { withPlaybackTimes } from './playback-times.ts'
import {
  applyCommand,
  beginSession,
  type CommandContext,
  movePosition,
  type ReplayControllerState,
  tapeMessage,
} from './replay-controller-state.ts'
import type { Tape } from './tape.ts'

export interface ReplayOptions {
  /** Event time over wall time. Default Infinity: as fast as possible. */
  readonly speed?: number
  readonly paused?: boolean
  /** Begins anew at the end, in a new session. */
  readonly loop?: boolean
  /** The first event time that is played. Default: the tape's first. */
  readonly from?: Instant
  /** The first event time that is not played any more. */
  readonly until?: Instant
  /** This much at the start of a session is played as fast as possible, so that the models have something to go by. */
  readonly leadIn?: Span
  /** Names a session. Default: a ULID. */
  readonly newSession?: () => string
}

export interface ReplayControllerParts {
  readonly tape: Tape
  readonly bus: Bus
  readonly clock: Clock
  readonly options?: ReplayOptions
}

export interface ReplayResult {
  /** Rows played in the session that reached the end. */
  readonly rows: number
  readonly session: string
}

/** Plays a tape onto a bus and carries out commands for it. */
export interface ReplayController {
  /** Makes the station known on the bus and answers for its tape from now on. */
  announce(): Promise<void>
  /**
   * Plays; a second call returns the same promise, which is pending until `close`, since commands work at the end of
   * the tape too. Announces first if need be.
   */
  play(): Promise<void>
  state(): TapeMessage
  /** The state of the tape: now, and whenever that changes but for position and rows. Completes with `close`. */
  readonly state$: Observable<TapeMessage>
  /** What the bus hands on from the page, the command line and the WebSocket. */
  control(command: TapeCommand): Promise<ControlReply>
  /**
   * Pauses, with a reason for people. `liveAt` is the event time of a live tick of the same station, where that is
   * the reason.
   */
  pauseBecause(reason: string, liveAt?: Instant): void
  /** Resolves when the tape first ends, all ticks taken by the bus; rejects where it cannot be read on. */
  readonly finished: Promise<ReplayResult>
  close(): Promise<void>
}

export function createReplayController({
  tape,
  bus,
  clock,
  options = {},
}: ReplayControllerParts): ReplayController {
  const { from, until, leadIn = 0, newSession = ulid } = options
  const span = { first: tape.first, last: tape.last, start: from ?? tape.first, until }
  checkSpan(tape, options)
  const context: CommandContext = { span, newSession }
  const state: ReplayControllerState = {
    session: newSession(),
    speed: options.speed ?? Number.POSITIVE_INFINITY,
    paused: options.paused ?? false,
    pausedBecause: undefined,
    loop: options.loop ?? false,
    ended: false,
    rows: 0,
    steps: 0,
    leadInEnd: span.start + leadIn,
    played: null,
    target: null,
    moves: 0,
    liveUpTo: Number.NEGATIVE_INFINITY,
  }
  const publisher = new BoundedPublisher()
  const pacer = new Pacer({ clock, speed: state.speed })
  const states = new BehaviorSubject(tapeMessage(state, context))
  const end = deferred<ReplayResult>()
  const closing = deferred<void>()
  let wake = new AbortController()
  let waking = deferred<void>()
  let announced: string | undefined
  let closed = false
  let playing: Promise<void> | undefined
  let controls: BusSubscription | undefined

  /** Wakes whoever waits for a change, and emits the new state. */
  function changed(): void {
    wake.abort()
    wake = new AbortController()
    waking.resolve()
    waking = deferred<void>()
    states.next(tapeMessage(state, context))
  }

  function woken(): Promise<void> {
    return waking.promise
  }

  /** Waits for the bus, but not beyond `close`: the bus may be away for long. */
  function unlessClosed(wait: Promise<void> | undefined): Promise<void> {
    return Promise.race([wait, closing.promise])
  }

  function stop(reason: string): void {
    state.paused = true
    state.pausedBecause = reason
    pacer.pause()
  }

  async function play(): Promise<void> {
    while (!closed) {
      const { moves } = state
      let through = false
      try {
        await announce()
        if (state.moves !== moves) continue
        through = await playFrom(state.target ?? state.played ?? span.start)
        if (through) await unlessClosed(publisher.settled())
        if (closed) return
      } catch (cause) {
        const error = toError(cause)
        state.ended = true
        stop(error.message)
        end.reject(error)
        changed()
      }
      if (through && state.moves === moves) cameToEnd()
      while (state.moves === moves && !closed) await woken()
    }
  }

  async function introduce(): Promise<void> {
    controls ??= await bus.onControl(tape.station.id, control)
    await announce()
  }

  async function announce(): Promise<void> {
    if (announced === state.session) return
    await unlessClosed(publisher.settled())
    const { session } = state
    const last = span.last === null ? null : formatInstant(span.last)
    const message = stationMessage(tape.station, {
      source: tape.source,
      tape: { session, first: formatInstant(span.first), last },
    })
    await unlessClosed(bus.publish(tape.station.id, 'station', message, `${session}/station`))
    // Subscribers build their pipeline before the first tick of the session.
    await unlessClosed(bus.flush())
    announced = session
  }

  /** True once the tape is through, false where the position was moved meanwhile. */
  async function playFrom(start: Instant): Promise<boolean> {
    const { moves } = state
    pacer.jump()
    // From its beginning all of it is played: rows with outlier timestamps before its first time, too.
    const rows = tape.rows(start > span.first ? { from: start } : {})
    for await (const batch of withPlaybackTimes(rows, {
      start,
      ...(span.last !== null && { end: span.last }),
    })) {
      for (const { row, at } of batch) {
        let wait: Promise<void> | undefined
        do {
          if (wait) await wait
          // Asked after every wait, that for the batch included: commands come meanwhile.
          if (closed || state.moves !== moves) return false
          if (until !== undefined && at >= until) return true
          wait = due(at)
        } while (wait)
        const full = publish(row, at)
        if (full) await unlessClosed(full)
      }
    }
    if (closed || state.moves !== moves) return false
    return true
  }

  /** Undefined where the row is due, else what to wait for before asking again. */
  function due(at: Instant): Promise<void> | undefined {
    if (state.paused) {
      if (state.steps === 0) return woken()
      pacer.moveTo(at)
      return undefined
    }
    pacer.speed = speedAt(at)
    return pacer.until(at, wake.signal)
  }

  function speedAt(at: Instant): number {
    return at < state.leadInEnd ? Number.POSITIVE_INFINITY : state.speed
  }

  function publish(row: RawRow, at: Instant): Promise<void> | undefined {
    const { session, paused, moves } = state
    const tick = tickOf(row, {
      run: session,
      ingestTime: clock.now(),
      replay: { session, speed: speedMessage(speedAt(at)), paused },
    })
    state.played = at
    state.target = null
    state.rows++
    const publishing = bus.publish(tape.station.id, 'tick', tick, tick.id)
    if (paused && --state.steps === 0) changed()
    return publisher.post(publishing, (cause) => {
      // If the position was moved since, this row is played again or is not needed.
      if (moves === state.moves) rewindTo(at, cause)
    })
  }

  /** Goes back to the first row that the bus did not take, and pauses there. */
  function rewindTo(at: Instant, cause: unknown): void {
    if (closed) return
    stop(`the bus did not take a tick: ${errorMessage(cause)}`)
    movePosition(state, at)
    changed()
  }

  function cameToEnd(): void {
    span.last ??= state.played
    end.resolve({ rows: state.rows, session: state.session })
    if (state.loop) {
      beginSession(state, context)
      movePosition(state, span.start)
      state.leadInEnd = span.start + leadIn
    } else {
      state.ended = true
      state.steps = 0
    }
    changed()
  }

  async function control(command: TapeCommand): Promise<ControlReply> {
    const error = applyCommand(state, command, context)
    if (error) return errorReply(error.code, error.message)
    if (state.paused) pacer.pause()
    changed()
    // A step is answered once it is taken, so that the position in the reply is where it led.
    while (state.steps > 0 && !state.ended && !closed) await woken()
    return { result: tapeMessage(state, context) }
  }

  return {
    announce: introduce,
    play() {
      playing ??= introduce().then(play)
      return playing
    },
    state: () => tapeMessage(state, context),
    state$: states.asObservable(),
    control,
    pauseBecause(reason, liveAt) {
      if (liveAt !== undefined) state.liveUpTo = Math.max(state.liveUpTo, liveAt)
      if (state.paused && state.pausedBecause === reason) return
      stop(reason)
      changed()
    },
    finished: end.promise,
    async close() {
      closed = true
      closing.resolve()
      changed()
      states.complete()
      await controls?.close()
      // Its error went to the caller of `play`.
      await playing?.catch(() => undefined)
    },
  }
}

function checkSpan(tape: Tape, { from, until }: ReplayOptions): void {
  const last = tape.last ?? Number.POSITIVE_INFINITY
  const extent = `${formatInstant(tape.first)} to ${tape.last === null ? 'an end not known yet' : formatInstant(tape.last)}`
  if (from !== undefined && (from < tape.first || from > last))
    throw new TickcastError('usage', `--from ${formatInstant(from)}: outside the tape, ${extent}`)
  if (until !== undefined && until <= (from ?? tape.first))
    throw new TickcastError(
      'usage',
      `--until ${formatInstant(until)}: not after the start of what is played; the tape is ${extent}`,
    )
}
