import * as tf from '@tensorflow/tfjs'
import { type Cell, GATES } from '../kernel/cell.ts'
import { FUSED, type FusedAttributes, registeredKernel } from './register.ts'

export interface FusedRecurrentOptions {
  readonly kind: Cell['kind']
  readonly gate: Cell['gate']
  readonly candidate: Cell['candidate']
  readonly goBackwards?: boolean
  readonly returnSequences?: boolean
  /** Shape [sample][step][input]. */
  readonly x: tf.Tensor
  /** Shape [input][gate x unit], gates z, r, h of a GRU and i, f, c, o of an LSTM. */
  readonly kernel: tf.Tensor
  /** Shape [unit][gate x unit]. */
  readonly recurrent: tf.Tensor
  /** Shape [gate x unit]; none: zeros. */
  readonly bias?: tf.Tensor | undefined
  /** Factors for inputs and states, the same at every step, shape [1 or gate][sample][input or unit]. */
  readonly inputMask?: tf.Tensor | undefined
  readonly stateMask?: tf.Tensor | undefined
}

/** Whether the backend that runs has the kernel. */
export function hasFusedKernel(): boolean {
  return registeredKernel() !== undefined
}

/**
 * A whole recurrent layer as one operation of TensorFlow.js, differentiable by x, kernel, recurrent and bias: the
 * states after every step, [sample][step][unit], or after the last, [sample][unit]. The state begins at zero.
 * A tensor of another shape or type than these is named in the error.
 */
export function fusedRecurrent(options: FusedRecurrentOptions): tf.Tensor {
  const { kind, gate, candidate, goBackwards = false, returnSequences = false } = options
  const inputs = {
    x: options.x,
    kernel: options.kernel,
    recurrent: options.recurrent,
    ...(options.bias && { bias: options.bias }),
    ...(options.inputMask && { inputMask: options.inputMask }),
    ...(options.stateMask && { stateMask: options.stateMask }),
  }
  check(kind, inputs)
  const perGate = [inputs.inputMask, inputs.stateMask].some(
    (mask) => mask !== undefined && mask.shape[0] !== 1,
  )
  const attributes: FusedAttributes = {
    kind,
    gate,
    candidate,
    goBackwards,
    returnSequences,
    masksPerGate: perGate,
    keep: tf.engine().isTapeOn(),
  }
  const [states] = tf.engine().runKernel<tf.Tensor[]>(FUSED, inputs, attributes)
  if (!states) throw new Error(`${FUSED} gave nothing`)
  return states
}

interface Inputs {
  readonly x: tf.Tensor
  readonly kernel: tf.Tensor
  readonly recurrent: tf.Tensor
  readonly bias?: tf.Tensor
  readonly inputMask?: tf.Tensor
  readonly stateMask?: tf.Tensor
}

function check(kind: Cell['kind'], inputs: Inputs): void {
  const op = `fused ${kind.toUpperCase()}`
  for (const [name, tensor] of Object.entries(inputs)) {
    if (tensor.dtype !== 'float32') throw new TypeError(`${op}: ${name} is ${tensor.dtype}, not float32`)
  }
  const { x, kernel, recurrent, bias, inputMask, stateMask } = inputs
  const expect = (name: string, { shape }: tf.Tensor, ...expected: (number | readonly number[] | null)[]) => {
    const fits =
      shape.length === expected.length &&
      expected.every((want, index) => {
        const size = shape[index]!
        if (want === null) return size > 0
        return typeof want === 'number' ? size === want : want.includes(size)
      })
    if (fits) return
    const wanted = expected.map((want) => (want === null ? 'any' : [want].flat().join(' or '))).join(', ')
    throw new RangeError(`${op}: ${name} has shape [${shape.join(', ')}], not [${wanted}]`)
  }
  const gates = GATES[kind]
  expect('x', x, null, null, null)
  const [samples = 0, , width = 0] = x.shape
  const units = recurrent.shape[0] ?? 0
  expect('recurrent', recurrent, null, gates * units)
  expect('kernel', kernel, width, gates * units)
  if (bias) expect('bias', bias, gates * units)
  const sets = [...new Set([inputMask, stateMask].flatMap((mask) => mask?.shape[0] ?? []))]
  const allowed = sets.length > 1 ? gates : [1, gates]
  if (inputMask) expect('inputMask', inputMask, allowed, samples, width)
  if (stateMask) expect('stateMask', stateMask, allowed, samples, units)
}
