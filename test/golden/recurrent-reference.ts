import { type Cell, GATES } from '../../src/kernel/cell.ts'

/*
 * GRU and LSTM in double precision, written from their equations with plain loops and nothing shared with the
 * kernel: forward, and backward by the chain rule. What the kernel is held to.
 */

export interface ReferenceCase {
  readonly cell: Cell
  readonly samples: number
  readonly steps: number
  /** Shape [sample][step][input]. */
  readonly x: ArrayLike<number>
  readonly kernel: ArrayLike<number>
  readonly recurrent: ArrayLike<number>
  readonly bias: ArrayLike<number>
  /** Shape [set][sample][input or unit]; one set for all gates or one for each. */
  readonly inputMask?: ArrayLike<number> | undefined
  readonly stateMask?: ArrayLike<number> | undefined
  readonly perGate?: boolean
  /** Gradient of the loss by the output. */
  readonly outputGradient: ArrayLike<number>
}

export interface ReferenceResult {
  readonly output: Float64Array
  readonly inputs: Float64Array
  readonly kernel: Float64Array
  readonly recurrent: Float64Array
  readonly bias: Float64Array
}

/** Everything of one sample and one step that the way back needs. */
interface Step {
  readonly place: number
  /** Masked inputs and states as each gate reads them. */
  readonly x: Float64Array[]
  readonly h: Float64Array[]
  readonly gates: Float64Array[]
  /** The state that is carried on (GRU) or the carry before the step (LSTM). */
  readonly before: Float64Array
  /** The carry after the step. */
  readonly after: Float64Array
}

export function recurrentReference(given: ReferenceCase): ReferenceResult {
  const { cell, samples, steps } = given
  const { units, inputs } = cell
  const gates = GATES[cell.kind]
  const result = {
    output: new Float64Array(samples * (cell.returnSequences ? steps : 1) * units),
    inputs: new Float64Array(samples * steps * inputs),
    kernel: new Float64Array(inputs * gates * units),
    recurrent: new Float64Array(units * gates * units),
    bias: new Float64Array(gates * units),
  }
  for (let sample = 0; sample < samples; sample++) {
    const history: Step[] = []
    let h: Float64Array = new Float64Array(units)
    let cellState: Float64Array = new Float64Array(units)
    for (let step = 0; step < steps; step++) {
      const taken = stepForward(given, { sample, step, h, cellState })
      history.push(taken.step)
      h = taken.h
      cellState = taken.cellState
      if (cell.returnSequences) result.output.set(h, (sample * steps + step) * units)
    }
    if (!cell.returnSequences) result.output.set(h, sample * units)
    sampleBackward(given, { sample, history, result })
  }
  return result
}

function stepForward(
  given: ReferenceCase,
  at: { sample: number; step: number; h: Float64Array; cellState: Float64Array },
) {
  const { cell, steps } = given
  const { units, inputs } = cell
  const { sample, step } = at
  const count = GATES[cell.kind]
  const place = cell.goBackwards ? steps - 1 - step : step
  const maskOf = (mask: ArrayLike<number> | undefined, gate: number, width: number, j: number): number =>
    mask ? mask[((given.perGate ? gate : 0) * given.samples + sample) * width + j]! : 1
  const x = vectors(
    count,
    inputs,
    (gate, i) => given.x[(sample * steps + place) * inputs + i]! * maskOf(given.inputMask, gate, inputs, i),
  )
  const h = vectors(count, units, (gate, j) => at.h[j]! * maskOf(given.stateMask, gate, units, j))
  const gates = vectors(count, units, () => 0)
  const sum = (gate: number, j: number, state: Float64Array): number => {
    const column = gate * units + j
    let total = given.bias[column]!
    for (let i = 0; i < inputs; i++) total += x[gate]![i]! * given.kernel[i * count * units + column]!
    for (let i = 0; i < units; i++) total += state[i]! * given.recurrent[i * count * units + column]!
    return total
  }
  const next = new Float64Array(units)
  if (cell.kind === 'gru') {
    // With one mask for all gates TensorFlow.js masks the state before anything else, carrying it on included.
    const before = given.perGate ? at.h : h[0]!
    for (let j = 0; j < units; j++) {
      gates[0]![j] = gateOf(cell, sum(0, j, h[0]!))
      gates[1]![j] = gateOf(cell, sum(1, j, h[1]!))
    }
    const reset = h[2]!.map((value, j) => value * gates[1]![j]!)
    for (let j = 0; j < units; j++) gates[2]![j] = candidateOf(cell, sum(2, j, reset))
    for (let j = 0; j < units; j++) {
      next[j] = gates[0]![j]! * before[j]! + (1 - gates[0]![j]!) * gates[2]![j]!
    }
    return {
      step: { place, x, h, gates, before, after: before } satisfies Step,
      h: next,
      cellState: at.cellState,
    }
  }
  const cellState = new Float64Array(units)
  for (let j = 0; j < units; j++) {
    for (const gate of [0, 1, 3]) gates[gate]![j] = gateOf(cell, sum(gate, j, h[gate]!))
    gates[2]![j] = candidateOf(cell, sum(2, j, h[2]!))
    cellState[j] = gates[1]![j]! * at.cellState[j]! + gates[0]![j]! * gates[2]![j]!
    next[j] = gates[3]![j]! * candidateOf(cell, cellState[j]!)
  }
  return {
    step: { place, x, h, gates, before: at.cellState, after: cellState } satisfies Step,
    h: next,
    cellState,
  }
}

function sampleBackward(
  given: ReferenceCase,
  { sample, history, result }: { sample: number; history: readonly Step[]; result: ReferenceResult },
): void {
  const { cell, steps } = given
  const { units, inputs } = cell
  const count = GATES[cell.kind]
  let dh = new Float64Array(units)
  let dCellState = new Float64Array(units)
  for (let step = steps - 1; step >= 0; step--) {
    const { place, x, h, gates, before, after } = history[step]!
    if (cell.returnSequences || step === steps - 1) {
      const from = cell.returnSequences ? (sample * steps + step) * units : sample * units
      for (let j = 0; j < units; j++) dh[j] = dh[j]! + given.outputGradient[from + j]!
    }
    const previous = new Float64Array(units)
    const previousCarry = new Float64Array(units)
    const deltas = vectors(count, units, () => 0)
    const stateMask = (gate: number, j: number): number =>
      given.stateMask
        ? given.stateMask[((given.perGate ? gate : 0) * given.samples + sample) * units + j]!
        : 1
    /** The gradient of what a gate's recurrent product reads. */
    const through = (gate: number, i: number): number => {
      let total = 0
      for (let j = 0; j < units; j++) {
        total += deltas[gate]![j]! * given.recurrent[i * count * units + gate * units + j]!
      }
      return total
    }
    if (cell.kind === 'gru') {
      for (let j = 0; j < units; j++) {
        const [z, c] = [gates[0]![j]!, gates[2]![j]!]
        deltas[0]![j] = dh[j]! * (before[j]! - c) * gateDerivativeOf(cell, z)
        deltas[2]![j] = dh[j]! * (1 - z) * candidateDerivativeOf(cell, c)
      }
      for (let j = 0; j < units; j++) {
        deltas[1]![j] = through(2, j) * h[2]![j]! * gateDerivativeOf(cell, gates[1]![j]!)
      }
      for (let j = 0; j < units; j++) {
        previous[j] =
          dh[j]! * gates[0]![j]! * (given.perGate ? 1 : stateMask(0, j)) +
          through(2, j) * gates[1]![j]! * stateMask(2, j) +
          through(0, j) * stateMask(0, j) +
          through(1, j) * stateMask(1, j)
      }
    } else {
      for (let j = 0; j < units; j++) {
        const [i, f, c, o] = gates.map((gate) => gate[j]!) as [number, number, number, number]
        const shown = candidateOf(cell, after[j]!)
        const gradient = dCellState[j]! + dh[j]! * o * candidateDerivativeOf(cell, shown)
        deltas[0]![j] = gradient * c * gateDerivativeOf(cell, i)
        deltas[1]![j] = gradient * before[j]! * gateDerivativeOf(cell, f)
        deltas[2]![j] = gradient * i * candidateDerivativeOf(cell, c)
        deltas[3]![j] = dh[j]! * shown * gateDerivativeOf(cell, o)
        previousCarry[j] = gradient * f
      }
      for (let j = 0; j < units; j++) {
        for (let gate = 0; gate < count; gate++) {
          previous[j] = previous[j]! + through(gate, j) * stateMask(gate, j)
        }
      }
    }
    for (let gate = 0; gate < count; gate++) {
      for (let j = 0; j < units; j++) {
        const delta = deltas[gate]![j]!
        const column = gate * units + j
        result.bias[column] = result.bias[column]! + delta
        for (let i = 0; i < inputs; i++) {
          const at = i * count * units + column
          const mask = given.inputMask
            ? given.inputMask[((given.perGate ? gate : 0) * given.samples + sample) * inputs + i]!
            : 1
          result.kernel[at] = result.kernel[at]! + delta * x[gate]![i]!
          const input = (sample * steps + place) * inputs + i
          result.inputs[input] = result.inputs[input]! + delta * given.kernel[at]! * mask
        }
        for (let i = 0; i < units; i++) {
          const read = cell.kind === 'gru' && gate === 2 ? h[2]![i]! * gates[1]![i]! : h[gate]![i]!
          const at = i * count * units + column
          result.recurrent[at] = result.recurrent[at]! + delta * read
        }
      }
    }
    dh = previous
    dCellState = previousCarry
  }
}

function vectors(
  count: number,
  length: number,
  value: (index: number, at: number) => number,
): Float64Array[] {
  return Array.from({ length: count }, (_, index) =>
    Float64Array.from({ length }, (__, at) => value(index, at)),
  )
}

function gateOf({ gate }: Cell, x: number): number {
  return gate === 'sigmoid' ? 1 / (1 + Math.exp(-x)) : Math.min(1, Math.max(0, 0.2 * x + 0.5))
}

function gateDerivativeOf({ gate }: Cell, y: number): number {
  if (gate === 'sigmoid') return y * (1 - y)
  return y > 0 && y < 1 ? 0.2 : 0
}

function candidateOf({ candidate }: Cell, x: number): number {
  return candidate === 'tanh' ? Math.tanh(x) : Math.max(0, x)
}

function candidateDerivativeOf({ candidate }: Cell, y: number): number {
  if (candidate === 'tanh') return 1 - y * y
  return y > 0 ? 1 : 0
}
