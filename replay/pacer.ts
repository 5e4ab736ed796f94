import type { Clock } from '../src/domain/clock.ts'
import type { Instant } from '../src/domain/instant.ts'

/** Timers wake to the millisecond: what is due within one is due. */
const GRAIN_MS = 1
/** When rows are due one after another, the event loop is given a turn after this long or this many rows. */
const LONGEST_BUSY_MS = 8
const LONGEST_BUSY_ROWS = 512

/**
 * When each row is due in wall time. Due times are counted from one anchor, a pair of wall time and event time, and
 * never from the row before, so delays of timers do not add up. The anchor is set anew where the speed changes or the
 * tape pauses, at the event time reached by then: five of ten minutes waited at 1x leave five for the new speed, and
 * rows that are overdue are not played in a burst.
 */
export class Pacer {
  #clock: Clock
  #speed: number
  /** The anchor; undefined while the tape pauses. */
  #anchor: { readonly wall: Instant; readonly event: Instant } | undefined
  /** Event time at which the tape pauses; undefined where the next row is to be played at once. */
  #pausedAt: Instant | undefined
  #played: Instant | undefined
  #awaited: Instant | undefined
  #yieldedAt: Instant
  #rowsSince = 0

  constructor({ clock, speed }: { readonly clock: Clock; readonly speed: number }) {
    this.#clock = clock
    this.#speed = speed
    this.#yieldedAt = clock.now()
  }

  /** Event time over wall time; Infinity for as fast as possible. */
  get speed(): number {
    return this.#speed
  }

  set speed(speed: number) {
    if (speed === this.#speed) return
    this.pause()
    this.#speed = speed
  }

  /** Undefined where a row of this event time may be played now; else a promise, to ask again after or once `signal` aborts. */
  until(eventTime: Instant, signal: AbortSignal): Promise<void> | undefined {
    const now = this.#clock.now()
    this.#anchor ??= { wall: now, event: this.#pausedAt ?? eventTime }
    this.#pausedAt = undefined
    this.#awaited = eventTime
    const wait = this.#anchor.wall + (eventTime - this.#anchor.event) / this.#speed - now
    if (wait >= GRAIN_MS) {
      this.#hasYielded(now + wait)
      return this.#clock.sleep(wait, signal)
    }
    if (now - this.#yieldedAt >= LONGEST_BUSY_MS || this.#rowsSince >= LONGEST_BUSY_ROWS) {
      return this.#clock.sleep(0, signal).then(() => this.#hasYielded(this.#clock.now()))
    }
    this.#rowsSince++
    this.#played = eventTime
    return undefined
  }

  /** Pauses: wall time does not count until the next row is asked for. */
  pause(): void {
    if (!this.#anchor) return
    const gone = (this.#clock.now() - this.#anchor.wall) * this.#speed
    const here = Number.isFinite(gone) ? this.#anchor.event + gone : (this.#played ?? this.#anchor.event)
    const ahead = this.#awaited ?? here
    this.#pausedAt = Math.min(Math.max(here, this.#played ?? here), ahead)
    this.#anchor = undefined
  }

  /** Moves to a row that is played as a single step, whenever it is due. */
  moveTo(eventTime: Instant): void {
    this.#anchor = undefined
    this.#pausedAt = eventTime
    this.#played = eventTime
  }

  /** The next row is elsewhere on the tape, and due at once. */
  jump(): void {
    this.#anchor = undefined
    this.#pausedAt = undefined
    this.#played = undefined
    this.#awaited = undefined
  }

  #hasYielded(at: Instant): void {
    this.#yieldedAt = at
    this.#rowsSince = 0
  }
}
