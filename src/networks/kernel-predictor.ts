import type { NetworkSpec, WeightArray } from '../domain/weights.ts'
import { joinDirections } from '../kernel/directions.ts'
import type { Kernel } from '../kernel/open-kernel.ts'
import { packWeights } from '../kernel/packed-weights.ts'
import { windowPass } from '../kernel/window-pass.ts'
import { featureCount } from './encoding.ts'
import { predictHead } from './head.ts'
import { kernelStack } from './kernel-stack.ts'
import { type Predictor, partsOf } from './network-parts.ts'

/** As `plainPredictor`, by the fused kernel: some tens of microseconds a window. It holds the kernel's memory until released. */
export function kernelPredictor(
  kernel: Kernel,
  spec: NetworkSpec,
  arrays: readonly WeightArray[],
): Predictor {
  const { steps } = spec
  const parts = partsOf(spec, arrays)
  const layers = kernelStack(spec, parts).map((directions) =>
    directions.map(({ cell, weights }) => {
      const packed = packWeights(kernel, cell, weights)
      return { cell, packed, pass: windowPass(kernel, cell, { steps, weights: packed }) }
    }),
  )

  return {
    predict(features) {
      if (features.length !== steps * featureCount(spec)) {
        throw new RangeError(
          `a window of ${features.length} features, where ${steps} steps of ${featureCount(spec)} are asked for`,
        )
      }
      let x = features
      for (const directions of layers) {
        const { units, returnSequences } = directions[0]!.cell
        const [ahead, back] = directions.map(({ pass }) => pass.forward(x))
        x = back ? joinDirections(ahead!, back, { steps: returnSequences ? steps : 1, units }) : ahead!
      }
      return predictHead(x, features, parts.head)
    },
    release() {
      for (const { packed, pass } of layers.flat()) {
        pass.release()
        packed.release()
      }
    },
  }
}
