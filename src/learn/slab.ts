/** Rows of numbers by slot: grows by blocks as slots are written, and never beyond the highest. Plain data. */
export interface Slab {
  readonly width: number
  readonly blocks: Float32Array[]
}

const BLOCK = 1024

export function emptySlab(width: number): Slab {
  return { width, blocks: [] }
}

/** Where a slot's numbers lie; a slot that was never written holds zeros. */
export function slabRow({ width, blocks }: Slab, slot: number): Float32Array {
  const block = Math.floor(slot / BLOCK)
  while (blocks.length <= block) blocks.push(new Float32Array(BLOCK * width))
  const from = (slot % BLOCK) * width
  return blocks[block]!.subarray(from, from + width)
}
