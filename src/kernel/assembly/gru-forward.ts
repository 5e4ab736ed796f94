import { activateCandidates, activateGates } from './activations'
import {
  CANDIDATE,
  carriedAt,
  RESET,
  resetAt,
  rowBytes,
  statesAsTheyAre,
  UPDATE,
  updateAt,
  writeInputs,
  writeStates,
} from './gru-operands'
import { multiplyAdd } from './simd-lanes'
import { Pass } from './pass'
import { FROM_BIAS, product } from './product'
import { bringInputsNear, copyMasked, giveOut, stateMaskOf } from './rows'

/*
 * A GRU's step, reset before the recurrent product, as in TensorFlow.js:
 *   z, r = gate([x | h] W + b)    c = candidate([r h | x] W + b)    h' = z h + (1 - z) c
 * The products write sums; activations are a pass of their own over them: done in the products' tiles they would
 * take the registers that the tiles need.
 */

export function gruForward(address: usize): void {
  const p = changetype<Pass>(address)
  memory.fill(p.states, 0, (<usize>(p.samples * p.units)) << 2)
  for (let step = 0; step < p.steps; step++) {
    const gates = p.gates + <usize>step * p.gatesStep
    const states = p.states + <usize>step * p.statesStep
    const next = states + p.statesStep
    writeInputs(p, step, p.operands)
    bringInputsNear(p, step, 1, gates)
    if (step == 0 || !statesAsTheyAre(p)) writeStates(p, states, p.operands)
    sums(p, gates, UPDATE, updateAt(p))
    sums(p, gates, RESET, resetAt(p))
    openGates(p, gates)
    sums(p, gates, CANDIDATE, 0)
    moveOn(p, gates, next)
    if (p.returnSequences || step == p.steps - 1) giveOut(p, step, next)
  }
}

@inline
function sums(p: Pass, gates: usize, gate: i32, operandsAt: usize): void {
  const u = p.units
  const rows = u + p.inputs
  const panels = p.panels + ((<usize>(gate * rows * u)) << 2)
  const at = (<usize>(gate * u)) << 2
  const left = p.operands + operandsAt
  const wide = (<usize>(3 * u)) << 2
  product(FROM_BIAS, p.samples, u, rows, left, rowBytes(p), panels, rows, 0, gates + at, wide, p.bias + at)
}

/** Activates update and reset, and puts r h where the candidate's product reads it. */
@inline
function openGates(p: Pass, gates: usize): void {
  const u4 = (<usize>p.units) << 2
  for (let sample = 0; sample < p.samples; sample++) {
    const row = p.operands + <usize>sample * rowBytes(p)
    const mask = p.masksPerGate ? stateMaskOf(p, CANDIDATE, sample) : 0
    activateGates(p.gateKind, gates, 2 * p.units)
    let r = gates + u4
    let h = row + carriedAt(p)
    let rh = row
    for (let left = p.units; left > 0; left -= 4) {
      v128.store(rh, f32x4.mul(v128.load(r), v128.load(h)))
      r += 16
      h += 16
      rh += 16
    }
    if (mask) copyMasked(row, row, mask, p.units)
    gates += 3 * u4
  }
}

/** Activates the candidate and writes the state after the step, also to where the next step cellStates it on from. */
@inline
function moveOn(p: Pass, gates: usize, next: usize): void {
  const u4 = (<usize>p.units) << 2
  for (let sample = 0; sample < p.samples; sample++) {
    let z = gates + <usize>sample * 3 * u4
    let c = z + 2 * u4
    let h = p.operands + <usize>sample * rowBytes(p) + carriedAt(p)
    activateCandidates(p.candidateKind, c, c, p.units)
    for (let left = p.units; left > 0; left -= 4) {
      const value = v128.load(c)
      const state = multiplyAdd(v128.load(z), f32x4.sub(v128.load(h), value), value)
      v128.store(next, state)
      v128.store(h, state)
      z += 16
      c += 16
      h += 16
      next += 16
    }
  }
}
