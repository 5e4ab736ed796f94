/** Bytes of a float in the kernel's memory. */
export const FLOAT_BYTES = Float32Array.BYTES_PER_ELEMENT

/** A piece of the kernel's memory, of whole size classes; its contents are whatever was there before. */
export interface Region {
  /** In bytes. */
  readonly at: number
  readonly bytes: number
}

export interface Heap {
  /** At least so many floats, aligned to a cache line. */
  take(floats: number): Region
  /** To be taken again. */
  give(region: Region): void
  /** All of memory as floats; not to be kept over a `take`, which may move it. */
  floats(): Float32Array
  /** Bytes that memory has grown to. */
  size(): number
  /** Bytes taken and not given back. */
  held(): number
}

const PAGE = 65_536
const LINE = 64

/**
 * Memory for the kernel's own use. Pieces come in size classes at most an eighth apart and are kept for reuse when given back, so a
 * process that goes on training and predicting on the same shapes stays at the size it reached in its first steps.
 */
export function heapOver(memory: WebAssembly.Memory, start: number): Heap {
  const free = new Map<number, number[]>()
  let end = aligned(start)
  let heldBytes = 0
  let floats = new Float32Array(memory.buffer)

  const extend = (bytes: number): number => {
    const at = end
    const missing = at + bytes - memory.buffer.byteLength
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE))
    end = at + bytes
    return at
  }

  return {
    take(count) {
      const bytes = sizeClass(count * Float32Array.BYTES_PER_ELEMENT)
      const at = free.get(bytes)?.pop() ?? extend(bytes)
      heldBytes += bytes
      return { at, bytes }
    },
    give({ at, bytes }) {
      heldBytes -= bytes
      const others = free.get(bytes)
      if (others) others.push(at)
      else free.set(bytes, [at])
    },
    floats() {
      // Growing takes the buffer away from all views of it.
      if (floats.buffer !== memory.buffer) floats = new Float32Array(memory.buffer)
      return floats
    },
    size: () => memory.buffer.byteLength,
    held: () => heldBytes,
  }
}

/** The next larger of sizes an eighth of a power of two apart, in whole cache lines. */
function sizeClass(bytes: number): number {
  const eighth = 2 ** Math.max(0, Math.ceil(Math.log2(Math.max(1, bytes))) - 4)
  return aligned(Math.ceil(bytes / eighth) * eighth)
}

function aligned(bytes: number): number {
  return Math.max(LINE, Math.ceil(bytes / LINE) * LINE)
}
