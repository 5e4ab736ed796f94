import { candidate, gate, HARD_SIGMOID, RELU, SIGMOID, TANH } from './activations'
import { multiplyAdd } from './lanes'
import {
  GATES,
  operandsAt,
  rowBytes,
  stateAt,
  statesAsTheyAre,
  writeInputs,
  writeStates,
} from './lstm-operands'
import { Pass } from './pass'
import { FROM_BIAS, product } from './product'
import { giveOut } from './rows'

/*
 * An LSTM's step:
 *   i, f, o = gate([x | h] W + b)    c = candidate([x | h] W + b)    carry' = f carry + i c    h' = o candidate(carry')
 */

export function lstmForward(address: usize): void {
  const p = changetype<Pass>(address)
  const u = p.units
  const rows = p.inputs + u
  const wide = (<usize>(GATES * u)) << 2
  memory.fill(p.states, 0, (<usize>(p.samples * u)) << 2)
  memory.fill(p.carries, 0, (<usize>(p.samples * u)) << 2)
  for (let step = 0; step < p.steps; step++) {
    const gates = p.gates + <usize>step * p.gatesStep
    const states = p.states + <usize>step * p.statesStep
    const carries = p.carries + <usize>step * p.statesStep
    const next = states + p.statesStep
    writeInputs(p, step, p.operands)
    if (step == 0 || !statesAsTheyAre(p)) writeStates(p, states, p.operands)
    for (let g = 0; g < GATES; g++) {
      const at = (<usize>(g * u)) << 2
      const panels = p.panels + <usize>rows * at
      product(
        FROM_BIAS,
        p.samples,
        u,
        rows,
        p.operands + operandsAt(p, g),
        rowBytes(p),
        panels,
        rows,
        0,
        gates + at,
        wide,
        p.bias + at,
      )
    }
    moveOn(p, gates, carries, next)
    if (p.everyStep || step == p.steps - 1) giveOut(p, step, next)
  }
}

@inline
function moveOn(p: Pass, gates: usize, carries: usize, next: usize): void {
  if (p.gateKind == HARD_SIGMOID) {
    if (p.candidateKind == RELU) moveOnAs(p, gates, carries, next, HARD_SIGMOID, RELU)
    else moveOnAs(p, gates, carries, next, HARD_SIGMOID, TANH)
  } else {
    if (p.candidateKind == RELU) moveOnAs(p, gates, carries, next, SIGMOID, RELU)
    else moveOnAs(p, gates, carries, next, SIGMOID, TANH)
  }
}

/** Activates all gates in place and writes carry and state after the step, the state also where it is read next. */
@inline
function moveOnAs(p: Pass, i: usize, carry: usize, next: usize, gateKind: i32, candidateKind: i32): void {
  const u4 = (<usize>p.units) << 2
  for (let sample = 0; sample < p.samples; sample++) {
    let f = i + u4
    let c = f + u4
    let o = c + u4
    let operand = p.operands + <usize>sample * rowBytes(p) + stateAt(p)
    for (let left = p.units; left > 0; left -= 4) {
      const open = gate(gateKind, v128.load(i))
      const keep = gate(gateKind, v128.load(f))
      const offered = candidate(candidateKind, v128.load(c))
      const shown = gate(gateKind, v128.load(o))
      v128.store(i, open)
      v128.store(f, keep)
      v128.store(c, offered)
      v128.store(o, shown)
      const after = multiplyAdd(keep, v128.load(carry), f32x4.mul(open, offered))
      v128.store(carry + p.statesStep, after)
      const state = f32x4.mul(shown, candidate(candidateKind, after))
      v128.store(next, state)
      v128.store(operand, state)
      operand += 16
      i += 16
      f += 16
      c += 16
      o += 16
      carry += 16
      next += 16
    }
    i += 3 * u4
  }
}
