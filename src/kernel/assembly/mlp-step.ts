import { countKnown, absoluteErrorAndGradient } from './absolute-error'
import { activateGelu, multiplyByDerivatives } from './gelu-lanes'
import { addColumnSums, addOuter } from './outer-product'
import { FROM_BIAS, FROM_ZERO, product } from './product'

/**
 * What one step of a network of one hidden layer works on, in the order in which the host writes it
 * (`mlp-fields.ts` beside this folder has the same list). Hidden units and outputs are multiples of 8.
 */
@unmanaged
class MlpStep {
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
  /** Sums of the hidden units, then their activation's derivatives, shape [sample][unit]. */
  derivatives: usize
  /** Hidden units as activated and masked; shape [sample][unit]. */
  active: usize
  /** Outputs, then the loss's gradients by them, shape [sample][output]. */
  predicted: usize
  /** Gradients of the hidden units, shape [sample][unit]. */
  deltas: usize
  /** Added to, shapes [input][unit], [unit], [unit][output], [output]. */
  firstGradient: usize
  firstBiasGradient: usize
  secondGradient: usize
  secondBiasGradient: usize
}

/** What the network predicts. */
export function mlpForward(p: MlpStep): void {
  const hiddenRow = (<usize>p.hidden) << 2
  const outputRow = (<usize>p.outputs) << 2
  const inputRow = (<usize>p.inputs) << 2
  product(FROM_BIAS, p.samples, p.hidden, p.inputs, p.x, inputRow, p.firstPanels, p.inputs, 0, p.derivatives, hiddenRow, p.firstBias)
  activateGelu(p.samples * p.hidden, p.derivatives, p.mask, p.active)
  product(FROM_BIAS, p.samples, p.outputs, p.hidden, p.active, hiddenRow, p.secondPanels, p.hidden, 0, p.predicted, outputRow, p.secondBias)
}

/** The forward and backward pass: the mean absolute error over known truths, and its gradients. */
export function mlpStep(p: MlpStep): f32 {
  const hiddenRow = (<usize>p.hidden) << 2
  const outputRow = (<usize>p.outputs) << 2
  const inputRow = (<usize>p.inputs) << 2
  const units = p.samples * p.hidden
  mlpForward(p)
  const count = p.samples * p.outputs
  const loss = absoluteErrorAndGradient(count, p.predicted, p.truth, max(1, countKnown(count, p.truth)))

  addOuter(p.samples, p.hidden, p.outputs, p.active, hiddenRow, p.predicted, outputRow, p.secondGradient, outputRow)
  addColumnSums(p.samples, p.outputs, p.predicted, outputRow, p.secondBiasGradient)
  product(FROM_ZERO, p.samples, p.hidden, p.outputs, p.predicted, outputRow, p.backPanels, p.outputs, 0, p.deltas, hiddenRow, 0)
  multiplyByDerivatives(units, p.deltas, p.derivatives)
  addOuter(p.samples, p.inputs, p.hidden, p.x, inputRow, p.deltas, hiddenRow, p.firstGradient, hiddenRow)
  addColumnSums(p.samples, p.hidden, p.deltas, hiddenRow, p.firstBiasGradient)
  return loss
}
