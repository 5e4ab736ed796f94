import type { NetworkSpec } from '../domain/weights.ts'
import { backward } from '../kernel/backward-pass.ts'
import { BLOCK } from '../kernel/blocks.ts'
import { type Extent, joinDirections, partDirections } from '../kernel/directions.ts'
import { forwardForTraining, type Kept } from '../kernel/forward-pass.ts'
import type { Kernel } from '../kernel/open-kernel.ts'
import { packWeights } from '../kernel/packed-weights.ts'
import type { MicroBatch, NetworkGradients } from './gradient-types.ts'
import { kernelHeadGradients } from './kernel-head-gradients.ts'
import { type KernelLayer, kernelStack } from './kernel-stack.ts'
import { addGradient } from './micro-batches.ts'
import { parameterCount, shapedNetwork } from './network-layout.ts'
import type { CellWeights } from './network-parts.ts'
import { partsOf } from './network-parts.ts'

/**
 * By the kernel from the inputs to the loss and back. A block of samples at a time: what the backward pass needs
 * of the forward pass is then still in the cache.
 */
export function kernelNetworkGradients(kernel: Kernel, spec: NetworkSpec): NetworkGradients {
  const { steps } = spec
  const headGradients = kernelHeadGradients(kernel)

  const extentOf = (directions: readonly KernelLayer[]): Extent => {
    const { returnSequences, units } = directions[0]!.cell
    return { steps: returnSequences ? steps : 1, units }
  }

  const lossAndGradient = (
    parameters: Float32Array,
    microBatch: MicroBatch,
    gradient: Float32Array,
  ): number => {
    const parts = partsOf(spec, shapedNetwork(spec, parameters))
    const gradients = partsOf(spec, shapedNetwork(spec, gradient))
    const stack = kernelStack(spec, parts)
    const passes: Kept[][] = []
    try {
      let x = microBatch.inputs
      for (const directions of stack) {
        const kept: Kept[] = []
        passes.push(kept)
        const [ahead, back] = directions.map(({ cell, weights }) => {
          const packed = packWeights(kernel, cell, weights)
          const inputs = { samples: microBatch.size, steps, x }
          const pass = forwardForTraining(kernel, cell, { inputs, weights: packed })
          kept.push(pass.kept)
          packed.release()
          return pass.output.slice()
        })
        x = back ? joinDirections(ahead!, back, extentOf(directions)) : ahead!
      }
      const { loss, states } = headGradients({
        states: x,
        weights: parts.head,
        microBatch,
        gradients: gradients.head,
      })

      let above = states
      for (let layer = stack.length - 1; layer >= 0; layer--) {
        const directions = stack[layer]!
        const outputs = directions.length > 1 ? partDirections(above, extentOf(directions)) : [above]
        const inputs = directions.map(({ weights }, direction) => {
          const options = { weights, output: outputs[direction]!, inputs: layer > 0 }
          const found = backward(kernel, passes[layer]![direction]!, options)
          putGradients(gradients.stack[layer]![direction]!, found)
          return found.inputs?.slice()
        })
        if (layer > 0) {
          above = inputs[0]!
          // Both directions read the same inputs.
          if (inputs[1]) addGradient(above, inputs[1])
        }
      }
      return loss
    } finally {
      for (const kept of passes.flat()) kept.release()
    }
  }
  return { parameters: parameterCount(spec), microBatchSize: BLOCK, lossAndGradient }
}

function putGradients(
  to: CellWeights,
  { kernel, recurrent, bias }: Pick<CellWeights, 'kernel' | 'recurrent' | 'bias'>,
): void {
  to.kernel.set(kernel)
  to.recurrent.set(recurrent)
  to.bias.set(bias)
}
