import { activateCandidates, activateGates } from './activations'
import { multiplyAdd } from './simd-lanes'
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
import { bringInputsNear, giveOut } from './rows'

/*
 * An LSTM's step:
 *   i, f, o = gate([x | h] W + b)    c = candidate([x | h] W + b)    cell' = f cell + i c    h' = o candidate(cell')
 */

export function lstmForward(address: usize): void {
  const p = changetype<Pass>(address)
  const u = p.units
  const rows = p.inputs + u
  const wide = (<usize>(GATES * u)) << 2
  memory.fill(p.states, 0, (<usize>(p.samples * u)) << 2)
  memory.fill(p.cellStates, 0, (<usize>(p.samples * u)) << 2)
  for (let step = 0; step < p.steps; step++) {
    const gates = p.gates + <usize>step * p.gatesStep
    const states = p.states + <usize>step * p.statesStep
    const cellStates = p.cellStates + <usize>step * p.statesStep
    const next = states + p.statesStep
    writeInputs(p, step, p.operands)
    bringInputsNear(p, step, 1, gates)
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
    moveOn(p, gates, cellStates, next)
    if (p.returnSequences || step == p.steps - 1) giveOut(p, step, next)
  }
}

/** Activates all gates in place and writes cell and hidden state after the step, the state also where it is read next. */
@inline
function moveOn(p: Pass, gates: usize, cellState: usize, next: usize): void {
  const u4 = (<usize>p.units) << 2
  for (let sample = 0; sample < p.samples; sample++) {
    activateGates(p.gateKind, gates, 2 * p.units)
    activateCandidates(p.candidateKind, gates + 2 * u4, gates + 2 * u4, p.units)
    activateGates(p.gateKind, gates + 3 * u4, p.units)
    let i = gates
    let after = cellState + p.statesStep
    for (let left = p.units; left > 0; left -= 4) {
      const kept = f32x4.mul(v128.load(i + u4), v128.load(cellState))
      v128.store(after, multiplyAdd(v128.load(i), v128.load(i + 2 * u4), kept))
      i += 16
      cellState += 16
      after += 16
    }
    activateCandidates(p.candidateKind, next, after - u4, p.units)
    let o = gates + 3 * u4
    let operand = p.operands + <usize>sample * rowBytes(p) + stateAt(p)
    for (let left = p.units; left > 0; left -= 4) {
      const state = f32x4.mul(v128.load(o), v128.load(next))
      v128.store(next, state)
      v128.store(operand, state)
      o += 16
      next += 16
      operand += 16
    }
    gates += 4 * u4
  }
}
