import { writeFields } from './fields.ts'

/** The fields of `Pass` in assembly/pass.ts, in its order. What they mean is in the comments there. */
export const PASS_FIELDS = [
  'samples',
  'steps',
  'inputs',
  'units',
  'gateKind',
  'candidateKind',
  'goBackwards',
  'x',
  'outputUnits',
  'returnSequences',
  'output',
  'panels',
  'bias',
  'gates',
  'gatesStep',
  'states',
  'statesStep',
  'cellStates',
  'inputMask',
  'inputMaskGate',
  'stateMask',
  'stateMaskGate',
  'masksPerGate',
  'operands',
  'outputGradient',
  'stateGradient',
  'cellStateGradient',
  'deltas',
  'chunk',
  'scratch',
  'recurrentBack',
  'inputBack',
  'inputGradient',
  'weightGradient',
  'biasGradient',
] as const

type FieldName = (typeof PASS_FIELDS)[number]

/** A block's pass; fields left out are 0. */
export type PassFields = Readonly<Partial<Record<FieldName, number>>>

/** Writes it where the kernel will read it; gives a view of it there. */
export function writePass(floats: Float32Array, at: number, fields: PassFields): Uint32Array {
  return writeFields(floats, at, PASS_FIELDS, fields)
}

const NUMBERS = new Map<string, number>(PASS_FIELDS.map((name, index) => [name, index]))

/** By their places among the fields. */
export function numbered(fields: PassFields): (readonly [number: number, value: number])[] {
  return Object.entries(fields).map(([name, value]) => [NUMBERS.get(name)!, value])
}
