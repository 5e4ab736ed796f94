import { activateCandidates, activateGates } from './activations'
import { multiplyAdd } from './simd-lanes'
import { Pass } from './pass'
import { FROM_BIAS, product } from './product'
import { addRowProduct } from './row-product'
import { giveOut } from './rows'

/*
 * One window's inference. With one sample, a step's products are a vector by a matrix and bound by its loads; the
 * inputs' part of all steps is therefore one product of full tiles beforehand, written into `gates` of every step.
 */

export function gruWindow(address: usize): void {
  const p = changetype<Pass>(address)
  const u = p.units
  const u4 = (<usize>u) << 2
  const rows = u + p.inputs
  const state = p.states
  const rh = p.operands
  fromInputs(p, 0, 3, 0)
  fromInputs(p, 1, 3, 0)
  fromInputs(p, 2, 3, u)
  memory.fill(state, 0, u4)
  for (let step = 0; step < p.steps; step++) {
    const gates = gatesOf(p, step, 3)
    for (let g = 0; g < 2; g++) {
      addRowProduct(u, u, state, panelsOf(p, g), rows, p.inputs, gates + <usize>g * u4)
    }
    activateGates(p.gateKind, gates, 2 * u)
    resetStates(p, gates)
    addRowProduct(u, u, rh, panelsOf(p, 2), rows, 0, gates + 2 * u4)
    activateCandidates(p.candidateKind, gates + 2 * u4, gates + 2 * u4, u)
    gruMoveOn(p, gates)
    if (p.returnSequences || step == p.steps - 1) giveOut(p, step, state)
  }
}

export function lstmWindow(address: usize): void {
  const p = changetype<Pass>(address)
  const u = p.units
  const u4 = (<usize>u) << 2
  const rows = u + p.inputs
  for (let g = 0; g < 4; g++) fromInputs(p, g, 4, 0)
  memory.fill(p.states, 0, u4)
  memory.fill(p.cellStates, 0, u4)
  for (let step = 0; step < p.steps; step++) {
    const gates = gatesOf(p, step, 4)
    for (let g = 0; g < 4; g++) {
      addRowProduct(u, u, p.states, panelsOf(p, g), rows, p.inputs, gates + <usize>g * u4)
    }
    activateGates(p.gateKind, gates, 2 * u)
    activateCandidates(p.candidateKind, gates + 2 * u4, gates + 2 * u4, u)
    activateGates(p.gateKind, gates + 3 * u4, u)
    lstmMoveOn(p, gates)
    if (p.returnSequences || step == p.steps - 1) giveOut(p, step, p.states)
  }
}

@inline
function panelsOf(p: Pass, gate: i32): usize {
  return p.panels + ((<usize>(gate * (p.units + p.inputs) * p.units)) << 2)
}

/** One gate's sums over inputs, for all steps at once in the order of time; `from`: the inputs' first row in panels. */
@inline
function fromInputs(p: Pass, gate: i32, gates: i32, from: i32): void {
  const u = p.units
  const at = (<usize>(gate * u)) << 2
  const wide = (<usize>(gates * u)) << 2
  product(
    FROM_BIAS,
    p.steps,
    u,
    p.inputs,
    p.x,
    (<usize>p.inputs) << 2,
    panelsOf(p, gate),
    u + p.inputs,
    from,
    p.gates + at,
    wide,
    p.bias + at,
  )
}

@inline
function gatesOf(p: Pass, step: i32, gates: i32): usize {
  const place = p.goBackwards ? p.steps - 1 - step : step
  return p.gates + ((<usize>(place * gates * p.units)) << 2)
}

@inline
function resetStates(p: Pass, gates: usize): void {
  let r = gates + ((<usize>p.units) << 2)
  let h = p.states
  let rh = p.operands
  for (let left = p.units; left > 0; left -= 4) {
    v128.store(rh, f32x4.mul(v128.load(r), v128.load(h)))
    r += 16
    h += 16
    rh += 16
  }
}

@inline
function gruMoveOn(p: Pass, gates: usize): void {
  let z = gates
  let c = gates + ((<usize>p.units) << 3)
  let h = p.states
  for (let left = p.units; left > 0; left -= 4) {
    const value = v128.load(c)
    v128.store(h, multiplyAdd(v128.load(z), f32x4.sub(v128.load(h), value), value))
    z += 16
    c += 16
    h += 16
  }
}

@inline
function lstmMoveOn(p: Pass, gates: usize): void {
  const u4 = (<usize>p.units) << 2
  let i = gates
  let cellState = p.cellStates
  for (let left = p.units; left > 0; left -= 4) {
    const kept = f32x4.mul(v128.load(i + u4), v128.load(cellState))
    v128.store(cellState, multiplyAdd(v128.load(i), v128.load(i + 2 * u4), kept))
    i += 16
    cellState += 16
  }
  activateCandidates(p.candidateKind, p.states, p.cellStates, p.units)
  let o = gates + 3 * u4
  let h = p.states
  for (let left = p.units; left > 0; left -= 4) {
    v128.store(h, f32x4.mul(v128.load(o), v128.load(h)))
    o += 16
    h += 16
  }
}
