import { setImmediate } from 'node:timers/promises'
import type { SerialLayout } from '../core/serial-layout.ts'

/** Memory is touched so much at a time: the first touch costs many times what writing there again does. */
const PIECE = 2 ** 18
/** More than was asked for by this part, so that what grows does not ask each time. */
const SPARE = 1 / 8

/**
 * Memory in which states are written out, one at a time, and from which other threads read them. It stays as large as
 * the largest of them was, so that all but the first few are written at the speed of a copy.
 */
export interface StateMemory {
  /** Fulfilled with what `work` gives, in its turn. What `write` has written stays as it is until then. */
  use<T>(work: (write: WriteState) => Promise<T>): Promise<T>
}

/**
 * Writes what `layout` gives once there is room for it, before anything else happens; undefined: there is nothing to be
 * written any more. Where room has to be made first it is asked again.
 */
type WriteState = (
  layout: () => SerialLayout | undefined,
) => Promise<Uint8Array<SharedArrayBuffer> | undefined>

export function stateMemory(): StateMemory {
  let memory = new Uint8Array(new SharedArrayBuffer(0))
  let last: Promise<unknown> = Promise.resolve()

  /** While others have their turns. */
  const makeRoom = async (bytes: number): Promise<void> => {
    const room = new Uint8Array(new SharedArrayBuffer(Math.ceil(bytes * (1 + SPARE))))
    // What it replaces is of no use any more.
    memory = new Uint8Array(new SharedArrayBuffer(0))
    for (let from = 0; from < room.length; from += PIECE) {
      room.fill(0, from, from + PIECE)
      await setImmediate()
    }
    memory = room
  }

  const write: WriteState = async (layout) => {
    for (;;) {
      const now = layout()
      if (!now) return undefined
      if (now.bytes <= memory.length) return now.copyTo(memory)
      await makeRoom(now.bytes)
    }
  }

  return {
    use(work) {
      const done = last.then(() => work(write))
      last = done.catch(() => undefined)
      return done
    },
  }
}
