import { candidateDerivative, gateDerivative, HARD_SIGMOID, RELU, SIGMOID, TANH } from './activations'
import { CANDIDATE, carriedAt, rowBytes, statesAsTheyAre, writeInputs, writeStates } from './gru-operands'
import { addWeights, throughGates, toInputs } from './gru-gradients'
import { constant, multiplyAdd, ONE } from './simd-lanes'
import { Pass } from './pass'
import { FROM_ZERO, product } from './product'
import { bringInputsNear, copyMasked, stateMaskOf, takeGradient } from './rows'

/*
 * The backward pass through a block of samples, last step first. Each step turns the gradient of the state after it into the
 * gradients of its gates' sums (deltas), and those into the gradient of the state before it. Operands are rebuilt from x
 * and the kept states rather than kept themselves: that halves what has to come from memory. The weights' gradients
 * are added to once every `chunk` steps, while operands and deltas of those steps are still in the cache.
 */

export function gruBackward(address: usize): void {
  const p = changetype<Pass>(address)
  const u4 = (<usize>p.units) << 2
  const operandsStep = <usize>p.samples * rowBytes(p)
  const deltasStep = <usize>p.samples * 3 * u4
  memory.fill(p.stateGradient, 0, <usize>p.samples * u4)
  let done = 0
  for (let step = p.steps - 1; step >= 0; step--) {
    const operands = p.operands + <usize>done * operandsStep
    const deltas = p.deltas + <usize>done * deltasStep
    const gates = p.gates + <usize>step * p.gatesStep
    const states = p.states + <usize>step * p.statesStep
    takeGradient(p, step)
    writeInputs(p, step, operands)
    bringInputsNear(p, step, -1, p.scratch)
    if (!statesAsTheyAre(p)) writeStates(p, states, operands)
    closeStep(p, gates, states, operands, deltas)
    product(
      FROM_ZERO,
      p.samples,
      p.units,
      p.units,
      deltas + 2 * u4,
      3 * u4,
      p.recurrentBack,
      3 * p.units,
      2 * p.units,
      p.scratch,
      u4,
      0,
    )
    if (p.gateKind == HARD_SIGMOID) closeReset(p, gates, operands, deltas, HARD_SIGMOID)
    else closeReset(p, gates, operands, deltas, SIGMOID)
    throughGates(p, deltas)
    if (p.inputGradient) toInputs(p, step, deltas)
    done++
    if (done == p.chunk || step == 0) {
      addWeights(p, done * p.samples)
      done = 0
    }
  }
}

/** The last thing a step does, h' = z h + (1 - z) c, undone: deltas of z and c; also h and r h, for the weights. */
@inline
function closeStep(p: Pass, gates: usize, states: usize, operands: usize, deltas: usize): void {
  if (p.gateKind == HARD_SIGMOID) {
    if (p.candidateKind == RELU) closeAs(p, gates, states, operands, deltas, HARD_SIGMOID, RELU)
    else closeAs(p, gates, states, operands, deltas, HARD_SIGMOID, TANH)
  } else {
    if (p.candidateKind == RELU) closeAs(p, gates, states, operands, deltas, SIGMOID, RELU)
    else closeAs(p, gates, states, operands, deltas, SIGMOID, TANH)
  }
}

@inline
function closeAs(
  p: Pass,
  gates: usize,
  states: usize,
  operands: usize,
  deltas: usize,
  gateKind: i32,
  candidateKind: i32,
): void {
  const u4 = (<usize>p.units) << 2
  let gradient = p.stateGradient
  for (let sample = 0; sample < p.samples; sample++) {
    const row = operands + <usize>sample * rowBytes(p)
    let to = row + carriedAt(p)
    let h = statesAsTheyAre(p) ? states + <usize>sample * u4 : to
    let rh = row
    for (let left = p.units; left > 0; left -= 4) {
      const z = v128.load(gates)
      const r = v128.load(gates + u4)
      const c = v128.load(gates + 2 * u4)
      const carried = v128.load(h)
      const d = v128.load(gradient)
      const closed = f32x4.mul(d, f32x4.sub(constant(ONE), z))
      v128.store(deltas, f32x4.mul(f32x4.mul(d, gateDerivative(gateKind, z)), f32x4.sub(carried, c)))
      v128.store(deltas + 2 * u4, f32x4.mul(closed, candidateDerivative(candidateKind, c)))
      v128.store(gradient, f32x4.mul(d, z))
      v128.store(rh, f32x4.mul(r, carried))
      v128.store(to, carried)
      gates += 16
      deltas += 16
      gradient += 16
      h += 16
      to += 16
      rh += 16
    }
    gates += 2 * u4
    deltas += 2 * u4
    const mask = p.masksPerGate ? stateMaskOf(p, CANDIDATE, sample) : 0
    if (mask) copyMasked(row, row, mask, p.units)
  }
}

/** From the gradient of r h, in `scratch`: the delta of r, and what reaches the state that way. */
@inline
function closeReset(p: Pass, gates: usize, operands: usize, deltas: usize, gateKind: i32): void {
  const u4 = (<usize>p.units) << 2
  let r = gates + u4
  let delta = deltas + u4
  let gradient = p.stateGradient
  let through = p.scratch
  for (let sample = 0; sample < p.samples; sample++) {
    const mask = p.masksPerGate ? stateMaskOf(p, CANDIDATE, sample) : 0
    if (mask) copyMasked(through, through, mask, p.units)
    let h = operands + <usize>sample * rowBytes(p) + carriedAt(p)
    for (let left = p.units; left > 0; left -= 4) {
      const open = v128.load(r)
      const d = v128.load(through)
      v128.store(delta, f32x4.mul(f32x4.mul(d, v128.load(h)), gateDerivative(gateKind, open)))
      v128.store(gradient, multiplyAdd(d, open, v128.load(gradient)))
      r += 16
      delta += 16
      gradient += 16
      through += 16
      h += 16
    }
    r += 2 * u4
    delta += 2 * u4
  }
}
