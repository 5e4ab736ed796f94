import { activateCandidates, candidateDerivative, gateDerivative, HARD_SIGMOID, RELU, SIGMOID, TANH } from './activations'
import { multiplyAdd } from './simd-lanes'
import { GATES, rowBytes, writeInputs, writeStates } from './lstm-operands'
import { addWeights, toInputs, toStates } from './lstm-gradients'
import { Pass } from './pass'
import { bringInputsNear, takeGradient } from './rows'

/** The backward pass through a block of samples; see gru-backward.ts for what is kept, rebuilt and added up when. */
export function lstmBackward(address: usize): void {
  const p = changetype<Pass>(address)
  const u4 = (<usize>p.units) << 2
  const operandsStep = <usize>p.samples * rowBytes(p)
  const deltasStep = <usize>p.samples * u4 * GATES
  memory.fill(p.stateGradient, 0, <usize>p.samples * u4)
  memory.fill(p.cellStateGradient, 0, <usize>p.samples * u4)
  let done = 0
  for (let step = p.steps - 1; step >= 0; step--) {
    const operands = p.operands + <usize>done * operandsStep
    const deltas = p.deltas + <usize>done * deltasStep
    const gates = p.gates + <usize>step * p.gatesStep
    const states = p.states + <usize>step * p.statesStep
    const cellStates = p.cellStates + <usize>step * p.statesStep
    takeGradient(p, step)
    writeInputs(p, step, operands)
    bringInputsNear(p, step, -1, p.scratch)
    writeStates(p, states, operands)
    closeStep(p, gates, cellStates, deltas)
    toStates(p, deltas)
    if (p.inputGradient) toInputs(p, step, deltas)
    done++
    if (done == p.chunk || step == 0) {
      addWeights(p, done * p.samples)
      done = 0
    }
  }
}

@inline
function closeStep(p: Pass, gates: usize, cellStates: usize, deltas: usize): void {
  if (p.gateKind == HARD_SIGMOID) {
    if (p.candidateKind == RELU) closeAs(p, gates, cellStates, deltas, HARD_SIGMOID, RELU)
    else closeAs(p, gates, cellStates, deltas, HARD_SIGMOID, TANH)
  } else {
    if (p.candidateKind == RELU) closeAs(p, gates, cellStates, deltas, SIGMOID, RELU)
    else closeAs(p, gates, cellStates, deltas, SIGMOID, TANH)
  }
}

/** From the gradients of hidden and cell state after the step: all deltas, and the gradient of the cell state before it. */
@inline
function closeAs(p: Pass, gates: usize, cellState: usize, delta: usize, gateKind: i32, candidateKind: i32): void {
  const u4 = (<usize>p.units) << 2
  let gradient = p.stateGradient
  let cellStateGradient = p.cellStateGradient
  for (let sample = 0; sample < p.samples; sample++) {
    let shownAt = p.scratch
    activateCandidates(candidateKind, shownAt, cellState + p.statesStep, p.units)
    for (let left = p.units; left > 0; left -= 4) {
      const i = v128.load(gates)
      const f = v128.load(gates + u4)
      const c = v128.load(gates + 2 * u4)
      const o = v128.load(gates + 3 * u4)
      const shown = v128.load(shownAt)
      const d = v128.load(gradient)
      const dCellState = multiplyAdd(f32x4.mul(d, o), candidateDerivative(candidateKind, shown), v128.load(cellStateGradient))
      v128.store(delta, f32x4.mul(f32x4.mul(dCellState, c), gateDerivative(gateKind, i)))
      v128.store(delta + u4, f32x4.mul(f32x4.mul(dCellState, v128.load(cellState)), gateDerivative(gateKind, f)))
      v128.store(delta + 2 * u4, f32x4.mul(f32x4.mul(dCellState, i), candidateDerivative(candidateKind, c)))
      v128.store(delta + 3 * u4, f32x4.mul(f32x4.mul(d, shown), gateDerivative(gateKind, o)))
      v128.store(cellStateGradient, f32x4.mul(dCellState, f))
      gates += 16
      cellState += 16
      shownAt += 16
      delta += 16
      gradient += 16
      cellStateGradient += 16
    }
    gates += 3 * u4
    delta += 3 * u4
  }
}
