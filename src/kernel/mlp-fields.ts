import { writeFields } from './fields.ts'

/** The fields of `DenseStep` in assembly/dense.ts, in its order. What they mean is said there. */
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

/** Fields left out are 0. */
export type DenseFields = Readonly<Partial<Record<(typeof FIELDS)[number], number>>>

export const DENSE_FIELDS = FIELDS.length

/** Writes it where the kernel will read it. */
export function writeDenseStep(floats: Float32Array, at: number, fields: DenseFields): void {
  writeFields(floats, at, FIELDS, fields)
}
