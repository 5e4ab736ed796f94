import { inputAt, Pass } from './pass'
import { copyMasked, inputMaskOf, stateMaskOf } from './rows'

/*
 * An LSTM's products read one row per sample: [x | h] for all gates, or one [x | h] after the other for each gate
 * where each has dropout masks of its own.
 */

export const INPUT: i32 = 0
export const FORGET: i32 = 1
export const CANDIDATE: i32 = 2
export const OUTPUT: i32 = 3
export const GATES: i32 = 4

/** Bytes from the row's start to a gate's operands. */
@inline
export function operandsAt(p: Pass, gate: i32): usize {
  return p.masksPerGate ? (<usize>(gate * (p.inputs + p.units))) << 2 : 0
}

@inline
export function rowBytes(p: Pass): usize {
  return (<usize>(p.masksPerGate ? GATES * (p.inputs + p.units) : p.inputs + p.units)) << 2
}

/** Fills in a step's inputs. */
export function writeInputs(p: Pass, step: i32, row: usize): void {
  const variants = p.masksPerGate ? GATES : 1
  for (let sample = 0; sample < p.samples; sample++) {
    const x = p.x + inputAt(p, sample, step)
    for (let gate = 0; gate < variants; gate++) {
      copyMasked(row, x, inputMaskOf(p, gate, sample), p.inputs)
      row += (<usize>(p.inputs + p.units)) << 2
    }
  }
}

/** Whether states are used as they are: then whoever has them at hand writes them to `stateAt`, and that is all. */
@inline
export function statesAsTheyAre(p: Pass): bool {
  return !p.stateMask && !p.masksPerGate
}

/** Bytes from the row's start to the first gate's state. */
@inline
export function stateAt(p: Pass): usize {
  return (<usize>p.inputs) << 2
}

/** Fills in a step's states. The cell state is never masked. */
export function writeStates(p: Pass, states: usize, row: usize): void {
  const variants = p.masksPerGate ? GATES : 1
  for (let sample = 0; sample < p.samples; sample++) {
    for (let gate = 0; gate < variants; gate++) {
      copyMasked(row + stateAt(p), states, stateMaskOf(p, gate, sample), p.units)
      row += (<usize>(p.inputs + p.units)) << 2
    }
    states += (<usize>p.units) << 2
  }
}
