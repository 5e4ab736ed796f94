import { tanh } from './activations'
import { addColumnSums, addOuter } from './gradient'
import { all, multiplyAdd } from './lanes'
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
  /** What hidden units are multiplied with, shape [sample][unit]. */
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

/** There and back: the mean absolute error over known truths, and its slopes. */
export function denseStep(p: DenseStep): f32 {
  const hiddenRow = (<usize>p.hidden) << 2
  const outputRow = (<usize>p.outputs) << 2
  const inputRow = (<usize>p.inputs) << 2
  const units = p.samples * p.hidden
  product(FROM_BIAS, p.samples, p.hidden, p.inputs, p.x, inputRow, p.firstPanels, p.inputs, 0, p.bends, hiddenRow, p.firstBias)
  activate(units, p.bends, p.mask, p.active)
  product(FROM_BIAS, p.samples, p.outputs, p.hidden, p.active, hiddenRow, p.secondPanels, p.hidden, 0, p.said, outputRow, p.secondBias)
  const loss = judge(p.samples * p.outputs, p.said, p.truth)

  addOuter(p.samples, p.hidden, p.outputs, p.active, hiddenRow, p.said, outputRow, p.secondSlope, outputRow)
  addColumnSums(p.samples, p.outputs, p.said, outputRow, p.secondBiasSlope)
  product(FROM_ZERO, p.samples, p.hidden, p.outputs, p.said, outputRow, p.backPanels, p.outputs, 0, p.deltas, hiddenRow, 0)
  for (let i = 0; i < units; i += 4) {
    const at = (<usize>i) << 2
    v128.store(p.deltas + at, f32x4.mul(v128.load(p.deltas + at), v128.load(p.bends + at)))
  }
  addOuter(p.samples, p.inputs, p.hidden, p.x, inputRow, p.deltas, hiddenRow, p.firstSlope, hiddenRow)
  addColumnSums(p.samples, p.hidden, p.deltas, hiddenRow, p.firstBiasSlope)
  return loss
}

/** GELU by its tanh form, times the mask; sums are replaced by its slope times the mask. */
function activate(count: i32, bends: usize, masks: usize, actives: usize): void {
  for (let i = 0; i < count; i += 4) {
    const at = (<usize>i) << 2
    const x = v128.load(bends + at)
    const mask = v128.load(masks + at)
    const cubed = f32x4.mul(f32x4.mul(x, x), all(0.044715))
    const t = tanh(f32x4.mul(f32x4.mul(x, all(0.7978845608)), f32x4.add(cubed, all(1))))
    const share = multiplyAdd(t, all(0.5), all(0.5))
    const steepness = f32x4.mul(multiplyAdd(cubed, all(3), all(1)), all(0.3989422804))
    const bend = f32x4.mul(f32x4.mul(x, f32x4.sub(all(1), f32x4.mul(t, t))), steepness)
    v128.store(actives + at, f32x4.mul(f32x4.mul(x, share), mask))
    v128.store(bends + at, f32x4.mul(f32x4.add(share, bend), mask))
  }
}

/** Puts the loss's slopes in the place of what was said. */
function judge(count: i32, said: usize, truths: usize): f32 {
  let known = 0
  for (let i = 0; i < count; i++) {
    const truth = load<f32>(truths + ((<usize>i) << 2))
    if (truth == truth) known++
  }
  if (known == 0) {
    memory.fill(said, 0, (<usize>count) << 2)
    return 0
  }
  const step = <f32>(1.0 / <f64>known)
  let total: f64 = 0
  for (let i = 0; i < count; i++) {
    const at = (<usize>i) << 2
    const truth = load<f32>(truths + at)
    let slope: f32 = 0
    if (truth == truth) {
      const error = load<f32>(said + at) - truth
      total += <f64>abs(error)
      if (error > 0) slope = step
      else if (error < 0) slope = -step
    }
    store<f32>(said + at, slope)
  }
  return <f32>(total / <f64>known)
}
