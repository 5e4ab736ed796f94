import { numbered, type PassFields, writePass } from './pass-fields.ts'

/** Samples that go through all time steps together: enough for full tiles, few enough to stay in the cache. */
export const BLOCK = 16

/** A pass over a batch, block after block. */
export interface Blocks {
  readonly samples: number
  /** The first block's; those of `perSample` are not among them. */
  readonly fields: PassFields
  /** Of the fields that say where samples lie: bytes from one sample to the next. */
  readonly strides: PassFields
  /** Of the fields that grow with the samples of a block: how much there is for each. */
  readonly perSample: PassFields
}

/** Runs the kernel's pass over each block in turn. The fields are written once; from block to block a few move on. */
export function runBlocks(
  floats: Float32Array,
  at: number,
  { samples, fields, strides, perSample, run }: Blocks & { readonly run: (address: number) => void },
): void {
  const words = writePass(floats, at, fields)
  const moving = numbered(strides)
  const growing = numbered(perSample)
  for (let first = 0; first < samples; first += BLOCK) {
    if (first > 0) for (const [number, bytes] of moving) words[number]! += BLOCK * bytes
    const count = Math.min(BLOCK, samples - first)
    for (const [number, each] of growing) words[number] = count * each
    run(at)
  }
}
