import { countKnown, judge } from './absolute-error'
import { activateGelu, bendDeltas } from './gelu-lanes'
import { addColumnSums, addOuter } from './outer-product'
import { FROM_BIAS, FROM_ZERO, product } from './product'

/**
 * What one step of a network of one hidden layer works on, in the order in which the host writes it
 * (`dense-fields.ts` beside this folder has the same list). Hidden units and outputs are multiples of 8.
 */
@unmanaged
class DenseStep {
  samples: i32
  inputs: i32
  hidden: i32
  outputs: i32
  /** Shape [sample][input]. */
  x: usize
  /** What hidden units are multiplied with, shape [sample][unit]; 0 where they are left alone. */
  mask: usize
  /** Shape [sample][output]; not a number where unknown. */
  truth: usize
  /** Weights in panels, biases in rows; `backPanels` are the second layer's transposed. */
  firstPanels: usize
  firstBias: usize
  secondPanels: usize
  secondBias: usize
  backPanels: usize
  /** Sums of the hidden units, then their activation's slopes, shape [sample][unit]. */
  bends: usize
  /** Hidden units as activated and masked; shape [sample][unit]. */
  active: usize
  /** Outputs, then the loss's slopes by them, shape [sample][output]. */
  said: usize
  /** Slopes of the hidden units, shape [sample][unit]. */
  deltas: usize
  /** Added to, shapes [input][unit], [unit], [unit][output], [output]. */
  firstSlope: usize
  firstBiasSlope: usize
  secondSlope: usize
  secondBiasSlope: usize
}

/** What the network says. */
export function denseForward(p: DenseStep): void {
  const hiddenRow = (<usize>p.hidden) << 2
  const outputRow = (<usize>p.outputs) << 2
  const inputRow = (<usize>p.inputs) << 2
  product(FROM_BIAS, p.samples, p.hidden, p.inputs, p.x, inputRow, p.firstPanels, p.inputs, 0, p.bends, hiddenRow, p.firstBias)
  activateGelu(p.samples * p.hidden, p.bends, p.mask, p.active)
  product(FROM_BIAS, p.samples, p.outputs, p.hidden, p.active, hiddenRow, p.secondPanels, p.hidden, 0, p.said, outputRow, p.secondBias)
}

/** There and back: the mean absolute error over known truths, and its slopes. */
export function denseStep(p: DenseStep): f32 {
  const hiddenRow = (<usize>p.hidden) << 2
  const outputRow = (<usize>p.outputs) << 2
  const inputRow = (<usize>p.inputs) << 2
  const units = p.samples * p.hidden
  denseForward(p)
  const count = p.samples * p.outputs
  const loss = judge(count, p.said, p.truth, max(1, countKnown(count, p.truth)))

  addOuter(p.samples, p.hidden, p.outputs, p.active, hiddenRow, p.said, outputRow, p.secondSlope, outputRow)
  addColumnSums(p.samples, p.outputs, p.said, outputRow, p.secondBiasSlope)
  product(FROM_ZERO, p.samples, p.hidden, p.outputs, p.said, outputRow, p.backPanels, p.outputs, 0, p.deltas, hiddenRow, 0)
  bendDeltas(units, p.deltas, p.bends)
  addOuter(p.samples, p.inputs, p.hidden, p.x, inputRow, p.deltas, hiddenRow, p.firstSlope, hiddenRow)
  addColumnSums(p.samples, p.hidden, p.deltas, hiddenRow, p.firstBiasSlope)
  return loss
}
