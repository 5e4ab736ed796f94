import { activateCandidates, candidateSlope, gateSlope, HARD_SIGMOID, RELU, SIGMOID, TANH } from './activations'
import { multiplyAdd } from './simd-lanes'
import { GATES, rowBytes, writeInputs, writeStates } from './lstm-operands'
import { addWeights, toInputs, toStates } from './lstm-gradients'
import { Pass } from './pass'
import { bringInputsNear, takeSlope } from './rows'

/** The way back through a block of samples; see gru-backward.ts for what is kept, rebuilt and added up when. */
export function lstmBackward(address: usize): void {
  const p = changetype<Pass>(address)
  const u4 = (<usize>p.units) << 2
  const operandsStep = <usize>p.samples * rowBytes(p)
  const deltasStep = <usize>p.samples * u4 * GATES
  memory.fill(p.stateSlope, 0, <usize>p.samples * u4)
  memory.fill(p.carrySlope, 0, <usize>p.samples * u4)
  let done = 0
  for (let step = p.steps - 1; step >= 0; step--) {
    const operands = p.operands + <usize>done * operandsStep
    const deltas = p.deltas + <usize>done * deltasStep
    const gates = p.gates + <usize>step * p.gatesStep
    const states = p.states + <usize>step * p.statesStep
    const carries = p.carries + <usize>step * p.statesStep
    takeSlope(p, step)
    writeInputs(p, step, operands)
    bringInputsNear(p, step, -1, p.scratch)
    writeStates(p, states, operands)
    closeStep(p, gates, carries, deltas)
    toStates(p, deltas)
    if (p.inputSlope) toInputs(p, step, deltas)
    done++
    if (done == p.chunk || step == 0) {
      addWeights(p, done * p.samples)
      done = 0
    }
  }
}

@inline
function closeStep(p: Pass, gates: usize, carries: usize, deltas: usize): void {
  if (p.gateKind == HARD_SIGMOID) {
    if (p.candidateKind == RELU) closeAs(p, gates, carries, deltas, HARD_SIGMOID, RELU)
    else closeAs(p, gates, carries, deltas, HARD_SIGMOID, TANH)
  } else {
    if (p.candidateKind == RELU) closeAs(p, gates, carries, deltas, SIGMOID, RELU)
    else closeAs(p, gates, carries, deltas, SIGMOID, TANH)
  }
}

/** From the slopes of state and carry after the step: all deltas, and the slope of the carry before it. */
@inline
function closeAs(p: Pass, gates: usize, carry: usize, delta: usize, gateKind: i32, candidateKind: i32): void {
  const u4 = (<usize>p.units) << 2
  let slope = p.stateSlope
  let carrySlope = p.carrySlope
  for (let sample = 0; sample < p.samples; sample++) {
    let shownAt = p.scratch
    activateCandidates(candidateKind, shownAt, carry + p.statesStep, p.units)
    for (let left = p.units; left > 0; left -= 4) {
      const i = v128.load(gates)
      const f = v128.load(gates + u4)
      const c = v128.load(gates + 2 * u4)
      const o = v128.load(gates + 3 * u4)
      const shown = v128.load(shownAt)
      const d = v128.load(slope)
      const dCarry = multiplyAdd(f32x4.mul(d, o), candidateSlope(candidateKind, shown), v128.load(carrySlope))
      v128.store(delta, f32x4.mul(f32x4.mul(dCarry, c), gateSlope(gateKind, i)))
      v128.store(delta + u4, f32x4.mul(f32x4.mul(dCarry, v128.load(carry)), gateSlope(gateKind, f)))
      v128.store(delta + 2 * u4, f32x4.mul(f32x4.mul(dCarry, i), candidateSlope(candidateKind, c)))
      v128.store(delta + 3 * u4, f32x4.mul(f32x4.mul(d, shown), gateSlope(gateKind, o)))
      v128.store(carrySlope, f32x4.mul(dCarry, f))
      gates += 16
      carry += 16
      shownAt += 16
      delta += 16
      slope += 16
      carrySlope += 16
    }
    gates += 3 * u4
    delta += 3 * u4
  }
}
