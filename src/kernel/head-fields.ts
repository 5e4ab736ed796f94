import { writeFields } from './fields.ts'

/** The fields of `HeadStep` in assembly/head-step.ts, in its order. What they mean is in the comments there. */
export const HEAD_FIELDS = [
  'samples',
  'width',
  'wide',
  'clock',
  'hidden',
  'outputs',
  'known',
  'states',
  'clocks',
  'truth',
  'gamma',
  'beta',
  'hiddenPanels',
  'hiddenBias',
  'outPanels',
  'outBias',
  'hiddenBack',
  'outBack',
  'normal',
  'scales',
  'read',
  'derivatives',
  'active',
  'predicted',
  'deltas',
  'readGradient',
  'statesGradient',
  'gammaGradient',
  'betaGradient',
  'hiddenGradient',
  'hiddenBiasGradient',
  'outGradient',
  'outBiasGradient',
] as const

export type HeadFields = Readonly<Record<(typeof HEAD_FIELDS)[number], number>>

/** Writes it where the kernel will read it. */
export function writeHeadStep(floats: Float32Array, at: number, fields: HeadFields): void {
  writeFields(floats, at, HEAD_FIELDS, fields)
}
