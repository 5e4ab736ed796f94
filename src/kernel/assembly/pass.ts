/**
 * What one pass over one block of samples works on: the host writes it into memory field by field, in this order
 * (`pass-fields.ts` beside this folder has the same list), and hands over its address. Addresses of 0 mean 'none'.
 *
 * Units are padded to a multiple of 8 with weights of zero: padded units are 0 forward and their gradients 0 backward.
 * G: gates (GRU: update z, reset r, candidate h; LSTM: input i, forget f, candidate c, output o).
 */
@unmanaged
export class Pass {
  /** Samples of this block. */
  samples: i32
  steps: i32
  inputs: i32
  units: i32
  /** As activations.ts numbers them. */
  gateKind: i32
  candidateKind: i32
  /** 1: from the last step to the first. */
  goBackwards: i32
  /** Shape [sample][step][input], from the block's first sample on. */
  x: usize

  /** Units without the padding, as `output` and its gradients have them. */
  outputUnits: i32
  /** 1: the state after every step is given out, in the order of the pass; 0: the last one. */
  returnSequences: i32
  /** Shape [sample][step or 1][unit]. */
  output: usize

  /** Weights by gate, [gate][panel][row][column]. Rows: inputs, then units; of a GRU's candidate units, then inputs. */
  panels: usize
  /** Shape [gate][unit]. */
  bias: usize

  /** Gates as activated, shape [step][sample][gate][unit]; `gatesStep` is 0 where one step's are kept only. */
  gates: usize
  gatesStep: usize
  /** The state before each step and after the last, shape [step + 1][sample][unit]; `statesStep` as above. */
  states: usize
  statesStep: usize
  /** An LSTM's cell state, likewise. */
  cellStates: usize

  /** What inputs are multiplied with, the same at all steps, shape [gate or 1][sample of the batch][input]. */
  inputMask: usize
  inputMaskGate: usize
  /** What states are multiplied with before they are used, shape [gate or 1][sample of the batch][unit]. */
  stateMask: usize
  stateMaskGate: usize
  /** 1: each gate has masks of its own. */
  masksPerGate: i32

  /** What the products read: one step's rows forward, `chunk` steps' backward. */
  operands: usize

  /** As `output`. */
  outputGradient: usize
  /** Gradient of the state, and of an LSTM's cell state, shape [sample][unit]. */
  stateGradient: usize
  cellStateGradient: usize
  /** Gradients of the gates before activation, shape [step of the chunk][sample][gate][unit]. */
  deltas: usize
  /** Steps between two additions to the weights' gradients. */
  chunk: i32
  /** A product on its way, shape [sample][the wider of units and padded inputs]. */
  scratch: usize
  /** The weights transposed: panels of [gate x unit] rows, columns units or padded inputs. */
  recurrentBack: usize
  inputBack: usize
  /** As `x`, or none wanted. */
  inputGradient: usize
  /** Added to, shapes [input then unit][gate][unit] and [gate][unit]. */
  weightGradient: usize
  biasGradient: usize
}

/** Where a sample's values at a step of the pass lie in `x`, in bytes. */
@inline
export function inputAt(p: Pass, sample: i32, step: i32): usize {
  const place = p.goBackwards ? p.steps - 1 - step : step
  return (<usize>((sample * p.steps + place) * p.inputs)) << 2
}

/** Inputs padded to whole half panels. */
@inline
export function paddedInputs(p: Pass): i32 {
  return (p.inputs + 7) & ~7
}
