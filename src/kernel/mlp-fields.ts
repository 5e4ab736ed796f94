import { writeFields } from './fields.ts'

/** The fields of `MlpStep` in assembly/mlp-step.ts, in its order. What they mean is in the comments there. */
export const MLP_FIELDS = [
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
  'derivatives',
  'active',
  'predicted',
  'deltas',
  'firstGradient',
  'firstBiasGradient',
  'secondGradient',
  'secondBiasGradient',
] as const

/** Fields left out are 0. */
export type MlpFields = Readonly<Partial<Record<(typeof MLP_FIELDS)[number], number>>>

/** Writes it where the kernel will read it. */
export function writeMlpStep(floats: Float32Array, at: number, fields: MlpFields): void {
  writeFields(floats, at, MLP_FIELDS, fields)
}
