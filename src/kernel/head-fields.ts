import { writeFields } from './fields.ts'

/** The fields of `HeadStep` in assembly/head.ts, in its order. What they mean is said there. */
const FIELDS = [
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
  'bends',
  'active',
  'said',
  'deltas',
  'readSlope',
  'statesSlope',
  'gammaSlope',
  'betaSlope',
  'hiddenSlope',
  'hiddenBiasSlope',
  'outSlope',
  'outBiasSlope',
] as const

export type HeadFields = Readonly<Record<(typeof FIELDS)[number], number>>

export const HEAD_FIELDS = FIELDS.length

/** Writes it where the kernel will read it. */
export function writeHeadStep(floats: Float32Array, at: number, fields: HeadFields): void {
  writeFields(floats, at, FIELDS, fields)
}
