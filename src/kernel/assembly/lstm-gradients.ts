import { addColumnSums, addOuter } from './outer-product'
import { GATES, operandsAt, rowBytes } from './lstm-operands'
import { Pass, paddedInputs } from './pass'
import { FROM_ZERO, product } from './product'
import { addMasked, copyMasked, giveInputGradient, stateMaskOf } from './rows'

/* Where an LSTM's deltas go: to the state before the step, to its inputs, to the weights. */

/** The gradient of the states before the step. */
export function toStates(p: Pass, deltas: usize): void {
  const u = p.units
  const u4 = (<usize>u) << 2
  if (!p.masksPerGate) {
    product(
      FROM_ZERO,
      p.samples,
      u,
      GATES * u,
      deltas,
      u4 * GATES,
      p.recurrentBack,
      GATES * u,
      0,
      p.stateGradient,
      u4,
      0,
    )
    if (!p.stateMask) return
    for (let sample = 0; sample < p.samples; sample++) {
      const at = p.stateGradient + <usize>sample * u4
      copyMasked(at, at, stateMaskOf(p, 0, sample), u)
    }
    return
  }
  memory.fill(p.stateGradient, 0, <usize>p.samples * u4)
  for (let gate = 0; gate < GATES; gate++) {
    product(
      FROM_ZERO,
      p.samples,
      u,
      u,
      deltas + <usize>gate * u4,
      u4 * GATES,
      p.recurrentBack,
      GATES * u,
      gate * u,
      p.scratch,
      u4,
      0,
    )
    for (let sample = 0; sample < p.samples; sample++) {
      const at = <usize>sample * u4
      addMasked(p.stateGradient + at, p.scratch + at, stateMaskOf(p, gate, sample), u)
    }
  }
}

export function toInputs(p: Pass, step: i32, deltas: usize): void {
  const u = p.units
  const u4 = (<usize>u) << 2
  const columns = paddedInputs(p)
  const row = (<usize>columns) << 2
  if (!p.masksPerGate) {
    product(
      FROM_ZERO,
      p.samples,
      columns,
      GATES * u,
      deltas,
      u4 * GATES,
      p.inputBack,
      GATES * u,
      0,
      p.scratch,
      row,
      0,
    )
    giveInputGradient(p, step, p.scratch, 0, false)
    return
  }
  for (let gate = 0; gate < GATES; gate++) {
    product(
      FROM_ZERO,
      p.samples,
      columns,
      u,
      deltas + <usize>gate * u4,
      u4 * GATES,
      p.inputBack,
      GATES * u,
      gate * u,
      p.scratch,
      row,
      0,
    )
    giveInputGradient(p, step, p.scratch, gate, gate > 0)
  }
}

export function addWeights(p: Pass, terms: i32): void {
  const u = p.units
  const u4 = (<usize>u) << 2
  const wide = u4 * GATES
  const row = rowBytes(p)
  const rows = p.inputs + u
  if (p.masksPerGate) {
    for (let gate = 0; gate < GATES; gate++) {
      const at = <usize>gate * u4
      addOuter(
        terms,
        rows,
        u,
        p.operands + operandsAt(p, gate),
        row,
        p.deltas + at,
        wide,
        p.weightGradient + at,
        wide,
      )
    }
  } else {
    addOuter(terms, rows, GATES * u, p.operands, row, p.deltas, wide, p.weightGradient, wide)
  }
  addColumnSums(terms, GATES * u, p.deltas, wide, p.biasGradient)
}
