import { type Deferred, deferred } from '../domain/deferred.ts'
import { toError } from '../domain/errors.ts'
import type { WrittenTick } from './messages.ts'

/** Ticks that come while others are being written are written together, behind one wait for the disk. */
export interface GroupCommit {
  /** The tick's position, once it is written. */
  add(tick: WrittenTick): Promise<number>
  /** Sends what waits, ahead of whatever is asked next. */
  flush(): void
}

/** `write` gives the position of a group's first tick. */
export function groupCommit(write: (ticks: readonly WrittenTick[]) => Promise<number>): GroupCommit {
  let waiting: { tick: WrittenTick; written: Deferred<number> }[] = []
  let underWay = 0
  let planned = false

  const flush = (): void => {
    if (waiting.length === 0) return
    const group = waiting
    waiting = []
    underWay++
    write(group.map(({ tick }) => tick))
      .then(
        (first) => {
          for (const [index, { written }] of group.entries()) written.resolve(first + index)
        },
        (error: unknown) => {
          for (const { written } of group) written.reject(toError(error))
        },
      )
      .finally(() => {
        underWay--
        plan()
      })
  }
  /** At the end of the turn, so that ticks of one turn go together; while others are written, once they are. */
  const plan = (): void => {
    if (planned || underWay > 0) return
    planned = true
    queueMicrotask(() => {
      planned = false
      if (underWay === 0) flush()
    })
  }
  return {
    add(tick) {
      const written = deferred<number>()
      waiting.push({ tick, written })
      plan()
      return written.promise
    },
    flush,
  }
}
