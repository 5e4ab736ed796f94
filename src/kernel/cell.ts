/** A recurrent cell as the kernel computes it. */
export interface Cell {
  readonly kind: 'gru' | 'lstm'
  readonly inputs: number
  readonly units: number
  readonly gate: 'sigmoid' | 'hardSigmoid'
  /** Of the candidate; of an LSTM's output too. */
  readonly candidate: 'tanh' | 'relu'
  /** From the last step to the first; outputs are in that order too, as in Keras. */
  readonly goBackwards: boolean
  /** The state after every step, or after the last one only. */
  readonly returnSequences: boolean
}

/** As TensorFlow.js keeps them: shapes [input][gate x unit], [unit][gate x unit] and [gate x unit]. */
export interface CellWeights {
  readonly kernel: Float32Array
  readonly recurrent: Float32Array
  /** None: zeros. */
  readonly bias: Float32Array | undefined
}

/** Dropout as factors, 0 or 1 / (1 - rate), the same at every step: shape [set][sample][input or unit]. */
export interface Masks {
  readonly input: Float32Array | undefined
  readonly state: Float32Array | undefined
  /** One set for all gates, or one for each. */
  readonly perGate: boolean
}

export const GATES = { gru: 3, lstm: 4 } as const

const LANES = 8

export function paddedUnits({ units }: Cell): number {
  return padded(units)
}

/** To whole half panels. */
export function padded(count: number): number {
  return Math.ceil(count / LANES) * LANES
}

const GATE_KINDS = { sigmoid: 0, hardSigmoid: 1 } as const
const CANDIDATE_KINDS = { tanh: 0, relu: 1 } as const

/** The fields of a pass that the cell alone decides. */
export function cellFields(cell: Cell) {
  return {
    inputs: cell.inputs,
    units: paddedUnits(cell),
    outputUnits: cell.units,
    gateKind: GATE_KINDS[cell.gate],
    candidateKind: CANDIDATE_KINDS[cell.candidate],
    goBackwards: cell.goBackwards ? 1 : 0,
    returnSequences: cell.returnSequences ? 1 : 0,
  }
}
