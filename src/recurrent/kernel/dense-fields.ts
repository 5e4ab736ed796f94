/** The fields of `DenseStep` in assembly/dense.ts, in its order; each is 32 bits wide. What they mean is said there. */
const FIELDS = [
  'samples',
  'inputs',
  'hidden',
  'outputs',
  'x',
  'mask',
  'truth',
  'firstPanels',
  'firstBias',
  'secondPanels',
  'secondBias',
  'backPanels',
  'bends',
  'active',
  'said',
  'deltas',
  'firstSlope',
  'firstBiasSlope',
  'secondSlope',
  'secondBiasSlope',
] as const

export type DenseFields = Readonly<Record<(typeof FIELDS)[number], number>>

export const DENSE_FIELDS = FIELDS.length

/** Writes it where the kernel will read it. */
export function writeDenseStep({ buffer }: Float32Array, at: number, fields: DenseFields): void {
  const words = new Uint32Array(buffer, at, FIELDS.length)
  for (const [index, name] of FIELDS.entries()) words[index] = fields[name]
}
