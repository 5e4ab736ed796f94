import type { NetworkSpec, WeightArray } from '../domain/weights.ts'
import { featureCount } from './encode.ts'
import { sayHead } from './head.ts'
import { type Predictor, partsOf } from './inference.ts'
import type { Cell } from './kernel/cell.ts'
import type { Kernel } from './kernel/open.ts'
import { packWeights } from './kernel/packed-weights.ts'
import { windowPass } from './kernel/window.ts'

/** As `plainPredictor`, by the fused kernel: some tens of microseconds a window. It holds the kernel's memory until released. */
export function fusedPredictor(kernel: Kernel, spec: NetworkSpec, arrays: readonly WeightArray[]): Predictor {
  const { steps } = spec
  const { stack, head } = partsOf(spec, arrays)
  const layers = stack.map((directions, index) => {
    const everyStep = index < stack.length - 1
    return directions.map((weights, direction) => {
      const { inputs, units } = weights
      const backwards = direction === 1
      const cell: Cell = {
        ...{ kind: spec.cell, inputs, units, everyStep, backwards },
        ...{ gate: 'sigmoid', candidate: 'tanh' },
      }
      const packed = packWeights(kernel, cell, weights)
      return { everyStep, packed, pass: windowPass(kernel, cell, { steps, weights: packed }) }
    })
  })

  return {
    predict(features) {
      if (features.length !== steps * featureCount(spec)) {
        throw new RangeError(
          `a window of ${features.length} features, where ${steps} steps of ${featureCount(spec)} are asked for`,
        )
      }
      let x = features
      for (const directions of layers) {
        const states = directions.map(({ pass }) => pass.forward(x))
        x = states.length === 1 ? states[0]! : sideBySide(states, directions[0]!.everyStep ? steps : 1)
      }
      return sayHead(x, features, head)
    },
    release() {
      for (const { packed, pass } of layers.flat()) {
        pass.release()
        packed.release()
      }
    },
  }
}

/** Both directions' states by time; the backward one gives its own in the order of its pass, last step first. */
function sideBySide([forwards, backwards]: readonly Float32Array[], steps: number): Float32Array {
  const units = forwards!.length / steps
  const joined = new Float32Array(2 * forwards!.length)
  for (let step = 0; step < steps; step++) {
    const from = step * units
    const mirrored = (steps - 1 - step) * units
    joined.set(forwards!.subarray(from, from + units), 2 * from)
    joined.set(backwards!.subarray(mirrored, mirrored + units), 2 * from + units)
  }
  return joined
}
