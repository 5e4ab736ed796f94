import { BehaviorSubject, type Observable } from 'rxjs'
import { ulid } from 'ulid'
import type { Bus, BusSubscription, ControlReply } from '../src/bus/bus.ts'
import { errorReply } from '../src/bus/control.ts'
import type { Clock } from '../src/domain/clock.ts'
import { within } from '../src/domain/deadline.ts'
import { deferred } from '../src/domain/deferred.ts'
import { errorMessage, TickcastError, toError } from '../src/domain/errors.ts'
import { DAY, formatInstant, type Instant, type Span } from '../src/domain/instant.ts'
import { type RawRow, tickOf } from '../src/ingest/raw-row.ts'
import { speedMessage, stationMessage } from '../src/protocol/encode.ts'
import type { TapeCommand, TapeMessage } from '../src/protocol/tape.ts'
import { BoundedPublisher } from './bounded-publisher.ts'
import { type KeptTape, keptTapeOf, resumed } from './kept-tape.ts'
import { refuseOther, rowsOf } from './lived.ts'
import { isCatchingUp, jumpsOn, leadsTo, standWith, takeRow } from './lived-again.ts'
import { Pacer } from './pacer.ts'
import { withPlaybackTimes } from './playback-times.ts'
import {
  applyCommand,
  beginSession,
  type CommandContext,
  firstStretch,
  movePosition,
  NOT_CATCHING_UP,
  type ReplayControllerState,
  standBehind,
  tapeMessage,
} from './replay-controller-state.ts'
import { checkSpan, type ReplayOptions } from './replay-options.ts'
import { behind, type Tape } from './tape.ts'
import type { TapeMemory } from './tape-memory.ts'

export interface ReplayControllerParts {
  readonly tape: Tape
  readonly bus: Bus
  readonly clock: Clock
  readonly options?: ReplayOptions
  /** Where what was lived is kept. Default: nowhere, and a seek backwards forgets. */
  readonly memory?: TapeMemory | undefined
  /** How the tape stood when it was kept last: it goes on from there. Default: it begins. */
  readonly kept?: KeptTape | undefined
  /**
   * Asked once a session is announced that goes on from what was kept: the row behind which its models stand. The tape
   * plays from there, as fast as possible up to where it was to be. Default: the row that was announced.
   */
  readonly standing?: (session: string) => Promise<number | undefined>
}

export interface ReplayResult {
  /** Rows played since the models began, of the session that reached the end. */
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
  /** Rejects where the tape cannot be read on, in the first session or a later one; never fulfilled. */
  readonly failure: Promise<never>
  close(): Promise<void>
}

/** How often it is kept where the tape stands, at most, while it plays; what a command changes is kept at once. */
const KEEP_EVERY_MS = 1000
/** How long it may take at the end. */
const LAST_MS = 3000
/** Of what is lived again only so much before where it leads is published: as far back as a page looks. */
const SAID: Span = 14 * DAY

export function createReplayController({
  tape,
  bus,
  clock,
  options = {},
  memory,
  kept,
  standing = async () => undefined,
}: ReplayControllerParts): ReplayController {
  const { from, until, leadIn = 0, newSession = ulid } = options
  const span = { first: tape.first, last: tape.last, start: from ?? tape.first, until }
  checkSpan(tape, options)
  const context: CommandContext = {
    span,
    newSession,
    remembers: memory !== undefined,
    keptBefore: (time, most) => memory?.before(time, most),
  }
  const state: ReplayControllerState = {
    session: newSession(),
    after: 0,
    speed: options.speed ?? Number.POSITIVE_INFINITY,
    paused: options.paused ?? false,
    pausedBecause: undefined,
    loop: options.loop ?? false,
    ended: false,
    lived: [firstStretch(span)],
    rows: 0,
    stretch: 0,
    rowsOfStretch: 0,
    steps: 0,
    leadInEnd: span.start + leadIn,
    catchUp: NOT_CATCHING_UP,
    played: null,
    target: null,
    moves: 0,
    liveUpTo: Number.NEGATIVE_INFINITY,
    ...(kept && resumed(kept, options, (most) => memory?.before(Number.POSITIVE_INFINITY, most)?.row)),
  }
  const publisher = new BoundedPublisher()
  const pacer = new Pacer({ clock, speed: state.speed })
  const states = new BehaviorSubject(tapeMessage(state, context))
  const end = deferred<ReplayResult>()
  const unreadable = deferred<never>()
  const closing = deferred<void>()
  let wake = new AbortController()
  let waking = deferred<void>()
  let announced: string | undefined
  let closed = false
  let playing: Promise<void> | undefined
  let controls: BusSubscription | undefined
  let keepDue: NodeJS.Timeout | undefined

  /** Wakes whoever waits for a change, and emits the new state. */
  function changed(): void {
    wake.abort()
    wake = new AbortController()
    waking.resolve()
    waking = deferred<void>()
    states.next(tapeMessage(state, context))
    void keep()
  }

  /** Never rejects: whoever keeps says what goes wrong. */
  function keep(): Promise<void> {
    clearTimeout(keepDue)
    keepDue = undefined
    return memory?.keep(keptTapeOf(state)) ?? Promise.resolve()
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
        through = await playOn()
        if (through) await unlessClosed(publisher.settled())
        if (closed) return
      } catch (cause) {
        const error = toError(cause)
        state.ended = true
        stop(error.message)
        end.reject(error)
        if (error instanceof TickcastError && error.code === 'bad_file') unreadable.reject(error)
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
    const { session, after } = state
    // Ahead of the session's first tick: what was lived is known whenever that is kept which was learnt of it.
    await unlessClosed(keep())
    const last = span.last === null ? null : formatInstant(span.last)
    const message = stationMessage(tape.station, {
      source: tape.source,
      tape: { session, first: formatInstant(span.first), last, ...(after > 0 && { after }) },
    })
    await unlessClosed(bus.publish(tape.station.id, 'station', message, `${session}/station`))
    // Subscribers build their pipeline before the first tick of the session.
    await unlessClosed(bus.flush())
    announced = session
    if (memory && (after > 0 || kept?.session === session)) await standAsModels(session)
  }

  /** The models may stand elsewhere than was asked for: behind it after a crash, or before it where a state is damaged. */
  async function standAsModels(session: string): Promise<void> {
    const row = (await standing(session)) ?? state.after
    if (state.session !== session || row === state.rows) return
    standWith(state, row)
  }

  /** True once the tape is through, false where the position was moved meanwhile. */
  async function playOn(): Promise<boolean> {
    const { moves } = state
    const stretch = state.lived[state.stretch]!
    const { from } = stretch
    const count = state.rowsOfStretch
    pacer.jump()
    // From its beginning all of it is played: rows with outlier timestamps before its first time, too.
    const all = tape.rows(from !== null && from > span.first ? { from } : {})
    const refuse = (row: RawRow | undefined) => refuseOther(stretch, { count, row, name: tape.name })
    const rows = count > 0 ? behind(all, count, refuse) : all
    for await (const batch of withPlaybackTimes(rows, {
      start: from ?? span.start,
      ...(span.last !== null && { end: span.last }),
    })) {
      for (const { row, at } of batch) {
        let wait: Promise<void> | undefined
        do {
          if (wait) await wait
          // Asked after every wait, that for the batch included: commands come meanwhile.
          if (closed || state.moves !== moves) return false
          if (until !== undefined && at >= until) return true
          if (jumpsOn(state, at, span.first)) return false
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
    if (isCatchingUp(state, at)) {
      pacer.speed = Number.POSITIVE_INFINITY
      return pacer.until(at, wake.signal)
    }
    if (state.catchUp !== NOT_CATCHING_UP) {
      state.catchUp = NOT_CATCHING_UP
      if (state.paused) pacer.pause()
      changed()
    }
    if (state.paused) {
      if (state.steps === 0) return woken()
      pacer.moveTo(at)
      return undefined
    }
    pacer.speed = speedAt(at)
    return pacer.until(at, wake.signal)
  }

  function speedAt(at: Instant): number {
    return at < state.leadInEnd || isCatchingUp(state, at) ? Number.POSITIVE_INFINITY : state.speed
  }

  function publish(row: RawRow, at: Instant): Promise<void> | undefined {
    const { session, moves } = state
    const catchesUp = isCatchingUp(state, at)
    const paused = state.paused && !catchesUp
    const { number, forks } = takeRow(state, at, { row, name: tape.name })
    if (forks) void memory?.forgetAfter(number - 1)
    const tick = tickOf(row, {
      run: session,
      ingestTime: clock.now(),
      replay: {
        ...{ session, speed: speedMessage(speedAt(at)), paused, row: number },
        ...(at < leadsTo(state) - SAID && { unsaid: true }),
      },
    })
    state.played = at
    if (!catchesUp) state.target = null
    const publishing = bus.publish(tape.station.id, 'tick', tick, tick.id)
    if (paused && --state.steps === 0) changed()
    else keepDue ??= memory && setTimeout(() => void keep(), KEEP_EVERY_MS)
    return publisher.post(publishing, (cause) => {
      // If the position was moved since, this row is played again or is not needed.
      if (moves === state.moves) rewindTo(number, at, cause)
    })
  }

  /** Goes back to the first row that the bus did not take, and pauses there. */
  function rewindTo(row: number, at: Instant, cause: unknown): void {
    if (closed) return
    stop(`the bus did not take a tick: ${errorMessage(cause)}`)
    standBehind(state, row - 1)
    movePosition(state, at)
    changed()
  }

  function cameToEnd(): void {
    span.last ??= state.played
    end.resolve({ rows: state.rows, session: state.session })
    if (state.loop) {
      if (!memory) state.lived = [firstStretch(span)]
      beginSession(state, context)
      movePosition(state, span.start)
      state.leadInEnd = span.start + leadIn
    } else {
      state.ended = true
      state.steps = 0
      state.catchUp = NOT_CATCHING_UP
    }
    changed()
  }

  async function control(command: TapeCommand): Promise<ControlReply> {
    if (command.seek !== undefined || command.resume || command.step !== undefined) await memory?.look()
    const before = state.lived
    const error = applyCommand(state, command, context)
    if (error) return errorReply(error.code, error.message)
    // To have it loop where it has ended is to have it begin.
    if (command.loop && state.ended) {
      state.ended = false
      cameToEnd()
    }
    if (state.lived !== before) void memory?.forgetAfter(rowsOf(state.lived))
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
    failure: unreadable.promise,
    async close() {
      closed = true
      closing.resolve()
      changed()
      // A server may go away just now: then it stands as it was kept last.
      if (bus.healthError() === undefined) {
        await within(keep(), { ms: LAST_MS, why: 'not kept' }).catch(() => undefined)
      }
      states.complete()
      await controls?.close()
      // Its error went to the caller of `play`.
      await playing?.catch(() => undefined)
    },
  }
}
