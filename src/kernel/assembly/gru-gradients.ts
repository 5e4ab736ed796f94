import { addColumnSums, addOuter } from './outer-product'
import { CANDIDATE, RESET, resetAt, rowBytes, UPDATE, updateAt } from './gru-operands'
import { Pass, paddedInputs } from './pass'
import { FROM_RESULT, FROM_ZERO, product } from './product'
import { addMasked, copyMasked, giveInputGradient, stateMaskOf } from './rows'

/* Where a GRU's deltas go: to the state before the step, to its inputs, to the weights. */

/** What reaches the state before the step through z and r. */
export function throughGates(p: Pass, deltas: usize): void {
  const u = p.units
  const u4 = (<usize>u) << 2
  if (!p.masksPerGate) {
    product(FROM_RESULT, p.samples, u, 2 * u, deltas, 3 * u4, p.recurrentBack, 3 * u, 0, p.stateGradient, u4, 0)
    if (p.stateMask) maskGradient(p)
    return
  }
  for (let gate = UPDATE; gate <= RESET; gate++) {
    product(
      FROM_ZERO,
      p.samples,
      u,
      u,
      deltas + <usize>gate * u4,
      3 * u4,
      p.recurrentBack,
      3 * u,
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

/** One mask for all gates: the state before the step went into it masked, wherever it went. */
@inline
function maskGradient(p: Pass): void {
  let gradient = p.stateGradient
  for (let sample = 0; sample < p.samples; sample++) {
    copyMasked(gradient, gradient, stateMaskOf(p, 0, sample), p.units)
    gradient += (<usize>p.units) << 2
  }
}

export function toInputs(p: Pass, step: i32, deltas: usize): void {
  const u = p.units
  const u4 = (<usize>u) << 2
  const columns = paddedInputs(p)
  const row = (<usize>columns) << 2
  if (!p.masksPerGate) {
    product(FROM_ZERO, p.samples, columns, 3 * u, deltas, 3 * u4, p.inputBack, 3 * u, 0, p.scratch, row, 0)
    giveInputGradient(p, step, p.scratch, 0, false)
    return
  }
  for (let gate = UPDATE; gate <= CANDIDATE; gate++) {
    product(
      FROM_ZERO,
      p.samples,
      columns,
      u,
      deltas + <usize>gate * u4,
      3 * u4,
      p.inputBack,
      3 * u,
      gate * u,
      p.scratch,
      row,
      0,
    )
    giveInputGradient(p, step, p.scratch, gate, gate != UPDATE)
  }
}

export function addWeights(p: Pass, terms: i32): void {
  const u = p.units
  const i = p.inputs
  const u4 = (<usize>u) << 2
  const wide = u4 * 3
  const row = rowBytes(p)
  const recurrent = p.weightGradient + <usize>i * wide
  if (p.masksPerGate) {
    addOuter(terms, i + u, u, p.operands + updateAt(p), row, p.deltas, wide, p.weightGradient, wide)
    addOuter(terms, i + u, u, p.operands + resetAt(p), row, p.deltas + u4, wide, p.weightGradient + u4, wide)
  } else {
    addOuter(terms, i + u, 2 * u, p.operands + updateAt(p), row, p.deltas, wide, p.weightGradient, wide)
  }
  addOuter(terms, u, u, p.operands, row, p.deltas + 2 * u4, wide, recurrent + 2 * u4, wide)
  addOuter(terms, i, u, p.operands + u4, row, p.deltas + 2 * u4, wide, p.weightGradient + 2 * u4, wide)
  addColumnSums(terms, 3 * u, p.deltas, wide, p.biasGradient)
}
