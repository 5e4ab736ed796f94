import { inputAt, Pass } from './pass'
import { copyMasked, inputMaskOf, stateMaskOf } from './rows'

/*
 * A GRU's products read one row per sample, in which each gate finds its operands side by side, so that each product
 * is one run over contiguous memory:
 *   [r h | x | h]                                   candidate reads [r h | x], update and reset read [x | h]
 *   [r h | x' | x'' | h'' | x''' | h''' | h]        where each gate has dropout masks of its own
 */

export const UPDATE: i32 = 0
export const RESET: i32 = 1
export const CANDIDATE: i32 = 2

/** Bytes from the row's start to the operands of the update gate. */
@inline
export function updateAt(p: Pass): usize {
  return (<usize>(p.masksPerGate ? p.units + p.inputs : p.units)) << 2
}

@inline
export function resetAt(p: Pass): usize {
  return (<usize>(p.masksPerGate ? 2 * (p.units + p.inputs) : p.units)) << 2
}

/** To the state that is carried on: h in h' = z h + (1 - z) candidate. */
@inline
export function carriedAt(p: Pass): usize {
  return (<usize>((p.masksPerGate ? 3 : 1) * (p.units + p.inputs))) << 2
}

@inline
export function rowBytes(p: Pass): usize {
  return carriedAt(p) + ((<usize>p.units) << 2)
}

/**
 * Fills in a step's inputs. One mask for all gates is applied to inputs and state once, before anything is done with
 * them, carrying the state on included: so does TensorFlow.js (and Keras in its `implementation` 2). Masks of each
 * gate's own leave the state that is carried on alone, as in Keras's `implementation` 1.
 */
export function writeInputs(p: Pass, step: i32, row: usize): void {
  const bytes = rowBytes(p)
  const candidate = (<usize>p.units) << 2
  for (let sample = 0; sample < p.samples; sample++) {
    const x = p.x + inputAt(p, sample, step)
    copyMasked(row + candidate, x, inputMaskOf(p, p.masksPerGate ? CANDIDATE : 0, sample), p.inputs)
    if (p.masksPerGate) {
      copyMasked(row + updateAt(p), x, inputMaskOf(p, UPDATE, sample), p.inputs)
      copyMasked(row + resetAt(p), x, inputMaskOf(p, RESET, sample), p.inputs)
    }
    row += bytes
  }
}

/** Whether states are used as they are: then whoever has them at hand writes them to `carriedAt`, and that is all. */
@inline
export function statesAsTheyAre(p: Pass): bool {
  return !p.stateMask && !p.masksPerGate
}

/** Fills in a step's states where they are masked, or each gate has a place for them. */
export function writeStates(p: Pass, states: usize, row: usize): void {
  const bytes = rowBytes(p)
  const inputs = (<usize>p.inputs) << 2
  for (let sample = 0; sample < p.samples; sample++) {
    copyMasked(row + carriedAt(p), states, p.masksPerGate ? 0 : stateMaskOf(p, 0, sample), p.units)
    if (p.masksPerGate) {
      copyMasked(row + updateAt(p) + inputs, states, stateMaskOf(p, UPDATE, sample), p.units)
      copyMasked(row + resetAt(p) + inputs, states, stateMaskOf(p, RESET, sample), p.units)
    }
    row += bytes
    states += (<usize>p.units) << 2
  }
}
