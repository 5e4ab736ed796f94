import type { NetworkSpec } from '../domain/weights.ts'
import { backward } from '../kernel/backward-pass.ts'
import { BLOCK } from '../kernel/blocks.ts'
import { type Extent, joinDirections, partDirections } from '../kernel/directions.ts'
import { forwardForTraining, type Kept } from '../kernel/forward-pass.ts'
import type { Kernel } from '../kernel/open-kernel.ts'
import { packWeights } from '../kernel/packed-weights.ts'
import { kernelHeadSlopes } from './kernel-head-gradients.ts'
import { type KernelLayer, kernelStack } from './kernel-stack.ts'
import { addSlope } from './micro-batches.ts'
import type { LossAt } from './network-gradients.ts'
import type { CellWeights } from './plain-cells.ts'
import { partsOf } from './plain-predictor.ts'

/**
 * By the kernel from the inputs to the loss and back. A block of samples at a time: what the way back needs of the
 * way there is then still in the cache.
 */
export function kernelNetworkSlopes(
  kernel: Kernel,
  spec: NetworkSpec,
): { readonly lossAt: LossAt; readonly grain: number } {
  const { steps } = spec
  const headSlopes = kernelHeadSlopes(kernel)

  const extentOf = (directions: readonly KernelLayer[]): Extent => {
    const { everyStep, units } = directions[0]!.cell
    return { steps: everyStep ? steps : 1, units }
  }

  const lossAt: LossAt = (parameters, shard, slope) => {
    const parts = partsOf(spec, parameters)
    const slopes = partsOf(spec, slope)
    const stack = kernelStack(spec, parts)
    const passes: Kept[][] = []
    try {
      let x = shard.inputs
      for (const directions of stack) {
        const kept: Kept[] = []
        passes.push(kept)
        const [ahead, back] = directions.map(({ cell, weights }) => {
          const packed = packWeights(kernel, cell, weights)
          const inputs = { samples: shard.size, steps, x }
          const pass = forwardForTraining(kernel, cell, { inputs, weights: packed })
          kept.push(pass.kept)
          packed.release()
          return pass.output.slice()
        })
        x = back ? joinDirections(ahead!, back, extentOf(directions)) : ahead!
      }
      const { loss, states } = headSlopes({ states: x, weights: parts.head, shard, slopes: slopes.head })

      let above = states
      for (let layer = stack.length - 1; layer >= 0; layer--) {
        const directions = stack[layer]!
        const outputs = directions.length > 1 ? partDirections(above, extentOf(directions)) : [above]
        const inputs = directions.map(({ weights }, direction) => {
          const options = { weights, output: outputs[direction]!, inputs: layer > 0 }
          const found = backward(kernel, passes[layer]![direction]!, options)
          putSlopes(slopes.stack[layer]![direction]!, found)
          return found.inputs?.slice()
        })
        if (layer > 0) {
          above = inputs[0]!
          // Both directions read the same inputs.
          if (inputs[1]) addSlope(above, inputs[1])
        }
      }
      return loss
    } finally {
      for (const kept of passes.flat()) kept.release()
    }
  }
  return { lossAt, grain: BLOCK }
}

function putSlopes(
  to: CellWeights,
  { kernel, recurrent, bias }: Pick<CellWeights, 'kernel' | 'recurrent' | 'bias'>,
): void {
  to.kernel.set(kernel)
  to.recurrent.set(recurrent)
  to.bias.set(bias)
}
