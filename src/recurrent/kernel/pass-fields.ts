/** The fields of `Pass` in assembly/pass.ts, in its order; each is 32 bits wide. What they mean is said there. */
const FIELDS = [
  'samples',
  'steps',
  'inputs',
  'units',
  'gateKind',
  'candidateKind',
  'backwards',
  'x',
  'outputUnits',
  'everyStep',
  'output',
  'panels',
  'bias',
  'gates',
  'gatesStep',
  'states',
  'statesStep',
  'carries',
  'inputMask',
  'inputMaskGate',
  'stateMask',
  'stateMaskGate',
  'masksPerGate',
  'operands',
  'outputSlope',
  'stateSlope',
  'carrySlope',
  'deltas',
  'chunk',
  'scratch',
  'recurrentBack',
  'inputBack',
  'inputSlope',
  'weightSlope',
  'biasSlope',
] as const

/** A block's pass; fields left out are 0. */
export type PassFields = Readonly<Partial<Record<(typeof FIELDS)[number], number>>>

export const PASS_BYTES = FIELDS.length * 4

/** Writes it where the kernel will read it. */
export function writePass({ buffer }: Float32Array, at: number, fields: PassFields): void {
  const words = new Uint32Array(buffer, at, FIELDS.length)
  for (const [index, name] of FIELDS.entries()) words[index] = fields[name] ?? 0
}
