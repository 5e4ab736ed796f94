import * as tf from '@tensorflow/tfjs'
import { backward } from '../kernel/backward-pass.ts'
import { type Cell, GATES } from '../kernel/cell.ts'
import { forward, forwardForTraining } from '../kernel/forward-pass.ts'
import type { Kernel } from '../kernel/open-kernel.ts'
import { keptPasses } from './kept-passes.ts'
import { tensorInfo, tensorInfoOfView, valuesOf } from './tensor-values.ts'
import { weightsCache } from './weights-cache.ts'

/*
 * The kernel among TensorFlow.js's own. `FusedRecurrent` takes x [sample][step][input], kernel, recurrent, and where
 * there are any bias, inputMask and stateMask; it gives the states, and while a tape records a ticket for the backward
 * pass. `FusedRecurrentGrad` gives one gradient of all those that a single backward pass yields.
 */

export const FUSED = 'FusedRecurrent'
const FUSED_GRAD = 'FusedRecurrentGrad'

/** Backends whose tensors the kernel reads and writes. */
const BACKENDS = ['cpu', 'wasm'] as const

type GradientName = 'x' | 'kernel' | 'recurrent' | 'bias'

/** Attributes of `FusedRecurrent`: the cell, and whether to keep what gradients need. */
export interface FusedAttributes extends tf.NamedAttrMap {
  readonly kind: Cell['kind']
  readonly gate: Cell['gate']
  readonly candidate: Cell['candidate']
  readonly goBackwards: boolean
  readonly returnSequences: boolean
  readonly masksPerGate: boolean
  readonly keep: boolean
}

/** What is registered in this thread. */
let registered: { readonly kernel: Kernel; readonly release: () => void } | undefined

/** The kernel, if the backend that runs has it. */
export function registeredKernel(): Kernel | undefined {
  return tf.getKernel(FUSED, tf.getBackend()) && registered?.kernel
}

/** Takes the kernel away again: layers that were fused go the stock way. */
export function unregisterFusedKernel(): void {
  registered?.release()
  registered = undefined
  for (const backendName of BACKENDS) {
    for (const kernelName of [FUSED, FUSED_GRAD]) {
      if (tf.getKernel(kernelName, backendName)) tf.unregisterKernel(kernelName, backendName)
    }
  }
  if (tf.getGradient(FUSED)) tf.unregisterGradient(FUSED)
}

/** Makes the kernel TensorFlow.js's for its cpu and wasm backends in this thread, in place of an earlier one. */
export function registerFusedKernel(kernel: Kernel): void {
  unregisterFusedKernel()
  const passes = keptPasses()
  const packed = weightsCache(kernel)
  registered = {
    kernel,
    /** Gives back what the registration holds of the kernel's memory. */
    release() {
      passes.release()
      packed.release()
    },
  }

  const run = (inputs: tf.NamedTensorInfoMap, attributes: FusedAttributes): tf.TensorInfo[] => {
    passes.sweep()
    const { x, kernel: weights, recurrent } = required(inputs, ['x', 'kernel', 'recurrent'])
    const { bias, inputMask, stateMask } = inputs
    const [samples = 0, steps = 0, width = 0] = x.shape
    const { kind, gate, candidate, goBackwards, returnSequences, masksPerGate, keep } = attributes
    const units = recurrent.shape[0] ?? 0
    const cell: Cell = { kind, inputs: width, units, gate, candidate, goBackwards, returnSequences }
    const shape = returnSequences ? [samples, steps, units] : [samples, units]
    const known = packed.of(cell, { kernel: weights, recurrent, bias })
    const masked = inputMask !== undefined || stateMask !== undefined
    if (samples === 1 && !keep && !masked) {
      return [tensorInfo(known.window(cell, steps).forward(valuesOf(x)), shape)]
    }
    const masks = masked
      ? {
          input: inputMask && valuesOf(inputMask),
          state: stateMask && valuesOf(stateMask),
          perGate: masksPerGate,
        }
      : undefined
    const options = { inputs: { samples, steps, x: valuesOf(x), masks }, weights: known.packed }
    if (!keep) return [tensorInfoOfView(forward(kernel, cell, options), shape)]
    const { output, kept } = forwardForTraining(kernel, cell, options)
    return [tensorInfoOfView(output, shape), passes.keep(kept)]
  }

  const goBack = (inputs: tf.NamedTensorInfoMap, of: GradientName): tf.TensorInfo => {
    const { gradient, ticket, kernel: weights, recurrent } = required(inputs, GRAD_INPUTS)
    const pass = passes.find(ticket)
    const { cell, steps, blocks } = pass.kept
    // The inputs' gradient is asked for first, if at all: `gradFunc` names x first.
    if (pass.gradients?.of !== gradient.dataId || (of === 'x' && !pass.gradients.values.inputs)) {
      const values = backward(kernel, pass.kept, {
        weights: { kernel: valuesOf(weights), recurrent: valuesOf(recurrent), bias: undefined },
        output: valuesOf(gradient),
        inputs: of === 'x',
      })
      pass.gradients = { of: gradient.dataId, values }
    }
    const { values } = pass.gradients
    const columns = GATES[cell.kind] * cell.units
    switch (of) {
      case 'x':
        // A view that the kernel's next run writes over: it can be given once.
        pass.gradients.values = { ...values, inputs: undefined }
        return tensorInfoOfView(values.inputs ?? new Float32Array(0), [blocks.samples, steps, cell.inputs])
      case 'kernel':
        return tensorInfo(values.kernel, [cell.inputs, columns])
      case 'recurrent':
        return tensorInfo(values.recurrent, [cell.units, columns])
      case 'bias':
        return tensorInfo(values.bias, [columns])
    }
  }

  for (const backendName of BACKENDS) {
    tf.registerKernel({
      kernelName: FUSED,
      backendName,
      kernelFunc: ({ inputs, attrs }) => run(inputs, fusedAttributes(attrs)),
    })
    tf.registerKernel({
      kernelName: FUSED_GRAD,
      backendName,
      kernelFunc: ({ inputs, attrs }) => goBack(inputs, gradientName(attrs?.['of'])),
    })
  }
  tf.registerGradient({
    kernelName: FUSED,
    inputsToSave: ['kernel', 'recurrent'],
    outputsToSave: [false, true],
    gradFunc: (gradients, saved) => {
      const gradient = Array.isArray(gradients) ? gradients[0]! : gradients
      const [weights, recurrent, ticket] = saved
      const inputs = { gradient, ticket: ticket!, kernel: weights!, recurrent: recurrent! }
      const gradientOf = (of: GradientName) => () =>
        tf.engine().runKernel<tf.Tensor>(FUSED_GRAD, inputs, { of })
      return {
        x: gradientOf('x'),
        kernel: gradientOf('kernel'),
        recurrent: gradientOf('recurrent'),
        bias: gradientOf('bias'),
      }
    },
  })
}

const GRAD_INPUTS = ['gradient', 'ticket', 'kernel', 'recurrent'] as const

function required<K extends string>(
  inputs: tf.NamedTensorInfoMap,
  names: readonly K[],
): Record<K, tf.TensorInfo> {
  const found: Partial<Record<K, tf.TensorInfo>> = {}
  for (const name of names) {
    const tensor = inputs[name]
    if (!tensor) throw new Error(`${FUSED}: the input '${name}' is missing`)
    found[name] = tensor
  }
  return found as Record<K, tf.TensorInfo>
}

function fusedAttributes(attrs: tf.NamedAttrMap | undefined): FusedAttributes {
  if (!attrs || !('kind' in attrs)) throw new Error(`${FUSED}: its attributes are missing`)
  return attrs as FusedAttributes
}

function gradientName(value: unknown): GradientName {
  if (value === 'x' || value === 'kernel' || value === 'recurrent' || value === 'bias') return value
  throw new Error(`${FUSED_GRAD}: there is no gradient '${String(value)}'`)
}
