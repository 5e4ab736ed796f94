import { absoluteErrorAndGradient } from './absolute-error'
import { activateGelu, multiplyByDerivatives } from './gelu-lanes'
import { addColumnSums, addOuter } from './outer-product'
import { FROM_BIAS, FROM_ZERO, product } from './product'
import { copyMasked } from './rows'

/**
 * What one step of a recurrent network's head works on, in the order in which the host writes it (`head-fields.ts`
 * beside this folder has the same list). Hidden units and outputs are multiples of 8.
 */
@unmanaged
class HeadStep {
  samples: i32
  /** Of a state; `wide` is that padded to a multiple of 8. */
  width: i32
  wide: i32
  /** Of what is read beside the state. */
  clock: i32
  hidden: i32
  outputs: i32
  /** Known truths of all micro-batches of the batch together. */
  known: i32
  /** Shape [sample][state]. */
  states: usize
  /** Shape [sample][clock]. */
  clocks: usize
  /** Shape [sample][output]; not a number where unknown. */
  truth: usize
  /** Of the normalisation, shapes [state]. */
  gamma: usize
  beta: usize
  /** Weights in panels, biases in rows; `...Back` are a layer's transposed, the hidden one's of its states only. */
  hiddenPanels: usize
  hiddenBias: usize
  outPanels: usize
  outBias: usize
  hiddenBack: usize
  outBack: usize
  /** Normalised states, shape [sample][state], and by what they were multiplied, shape [sample]. */
  normal: usize
  scales: usize
  /** What the hidden layer reads, shape [sample][state, then clock]. */
  read: usize
  /** Sums of the hidden units, then their activation's derivatives, shape [sample][unit]. */
  derivatives: usize
  /** Shape [sample][unit]. */
  active: usize
  /** Outputs, then the loss's gradients by them, shape [sample][output]. */
  predicted: usize
  /** Gradients of the hidden units, shape [sample][unit], and of the states they read, shape [sample][padded state]. */
  deltas: usize
  readGradient: usize
  /** Written, shape [sample][state]. */
  statesGradient: usize
  /** Added to, in the weights' shapes. */
  gammaGradient: usize
  betaGradient: usize
  hiddenGradient: usize
  hiddenBiasGradient: usize
  outGradient: usize
  outBiasGradient: usize
}

/** What is added to a variance; `head.ts`, which available with the same weights, adds as much. */
const EPSILON: f64 = 1e-3

/** The forward and backward pass: this micro-batch's part of the mean absolute error over known truths, and its gradients. */
export function headStep(p: HeadStep): f32 {
  const reads = p.width + p.clock
  const readRow = (<usize>reads) << 2
  const hiddenRow = (<usize>p.hidden) << 2
  const outputRow = (<usize>p.outputs) << 2
  const units = p.samples * p.hidden
  normalise(p)
  product(FROM_BIAS, p.samples, p.hidden, reads, p.read, readRow, p.hiddenPanels, reads, 0, p.derivatives, hiddenRow, p.hiddenBias)
  activateGelu(units, p.derivatives, 0, p.active)
  product(FROM_BIAS, p.samples, p.outputs, p.hidden, p.active, hiddenRow, p.outPanels, p.hidden, 0, p.predicted, outputRow, p.outBias)
  const loss = absoluteErrorAndGradient(p.samples * p.outputs, p.predicted, p.truth, p.known)

  addOuter(p.samples, p.hidden, p.outputs, p.active, hiddenRow, p.predicted, outputRow, p.outGradient, outputRow)
  addColumnSums(p.samples, p.outputs, p.predicted, outputRow, p.outBiasGradient)
  product(FROM_ZERO, p.samples, p.hidden, p.outputs, p.predicted, outputRow, p.outBack, p.outputs, 0, p.deltas, hiddenRow, 0)
  multiplyByDerivatives(units, p.deltas, p.derivatives)
  addOuter(p.samples, reads, p.hidden, p.read, readRow, p.deltas, hiddenRow, p.hiddenGradient, hiddenRow)
  addColumnSums(p.samples, p.hidden, p.deltas, hiddenRow, p.hiddenBiasGradient)
  product(FROM_ZERO, p.samples, p.wide, p.hidden, p.deltas, hiddenRow, p.hiddenBack, p.hidden, 0, p.readGradient, (<usize>p.wide) << 2, 0)
  throughNormalisation(p)
  return loss
}

/** Writes what the hidden layer reads: each state with mean 0 and variance 1, then scaled and moved, and the clock. */
function normalise(p: HeadStep): void {
  const row = (<usize>p.width) << 2
  const clockRow = (<usize>p.clock) << 2
  const gamma = p.gamma
  const beta = p.beta
  let state = p.states
  let normal = p.normal
  let read = p.read
  for (let sample = 0; sample < p.samples; sample++) {
    let sum: f64 = 0
    let squares: f64 = 0
    for (let at: usize = 0; at < row; at += 4) {
      const value = <f64>load<f32>(state + at)
      sum += value
      squares += value * value
    }
    const mean = sum / <f64>p.width
    // In double precision nothing of a variance is lost this way that the epsilon would not hide.
    const scale = 1 / sqrt(max(0, squares / <f64>p.width - mean * mean) + EPSILON)
    store<f32>(p.scales + ((<usize>sample) << 2), <f32>scale)
    for (let at: usize = 0; at < row; at += 4) {
      const value = <f32>((<f64>load<f32>(state + at) - mean) * scale)
      store<f32>(normal + at, value)
      store<f32>(read + at, value * load<f32>(gamma + at) + load<f32>(beta + at))
    }
    copyMasked(read + row, p.clocks + <usize>sample * clockRow, 0, p.clock)
    state += row
    normal += row
    read += row + clockRow
  }
}

/** From the gradients of what was read to those of gamma, beta and the states. */
function throughNormalisation(p: HeadStep): void {
  const row = (<usize>p.width) << 2
  const gamma = p.gamma
  const gammaGradient = p.gammaGradient
  const betaGradient = p.betaGradient
  let gradient = p.readGradient
  let normal = p.normal
  let to = p.statesGradient
  for (let sample = 0; sample < p.samples; sample++) {
    let sum: f64 = 0
    let sumAlong: f64 = 0
    for (let at: usize = 0; at < row; at += 4) {
      const value = load<f32>(normal + at)
      const read = load<f32>(gradient + at)
      store<f32>(gammaGradient + at, load<f32>(gammaGradient + at) + read * value)
      store<f32>(betaGradient + at, load<f32>(betaGradient + at) + read)
      const scaled = read * load<f32>(gamma + at)
      store<f32>(gradient + at, scaled)
      sum += <f64>scaled
      sumAlong += <f64>(scaled * value)
    }
    const mean = <f32>(sum / <f64>p.width)
    const along = <f32>(sumAlong / <f64>p.width)
    const scale = load<f32>(p.scales + ((<usize>sample) << 2))
    for (let at: usize = 0; at < row; at += 4) {
      const rest = load<f32>(gradient + at) - mean - load<f32>(normal + at) * along
      store<f32>(to + at, scale * rest)
    }
    gradient += (<usize>p.wide) << 2
    normal += row
    to += row
  }
}
