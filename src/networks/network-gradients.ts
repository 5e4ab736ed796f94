import type { NetworkSpec, WeightArray } from '../domain/weights.ts'
import { registeredKernel } from '../tensorflow/register.ts'
import { stockGradients } from '../tensorflow/stock-gradients.ts'
import { buildRecurrent, stateWidth } from '../tensorflow/stock-network.ts'
import type { NetworkGradients } from './gradient-types.ts'
import { headShapes, initialHead } from './head.ts'
import { kernelNetworkGradients } from './kernel-network-gradients.ts'

/** Builds the network on the backend that has been started in this thread. */
export function networkGradients(spec: NetworkSpec, seed: number): NetworkGradients {
  const model = buildRecurrent(spec, seed)
  const width = stateWidth(spec)
  const weights = model.getWeights()
  const shapes = [...weights.map(({ shape }) => shape), ...headShapes(width)]
  const initial = flat([
    ...weights.map((weight) => weight.dataSync<'float32'>()),
    ...initialHead(width, seed),
  ])
  const kernel = registeredKernel()
  const { lossAndGradient, microBatchSize } = kernel
    ? kernelNetworkGradients(kernel, spec)
    : stockGradients(model, spec)

  const shaped = (parameters: Float32Array): WeightArray[] => {
    let at = 0
    return shapes.map((shape) => {
      const size = shape.reduce((product, side) => product * side, 1)
      at += size
      return { shape, values: parameters.subarray(at - size, at) }
    })
  }

  return {
    initial,
    microBatchSize,
    shaped,
    lossAndGradient: (parameters, microBatch, gradient) =>
      lossAndGradient(shaped(parameters), microBatch, shaped(gradient)),
    dispose: () => model.dispose(),
  }
}

function flat(arrays: readonly Float32Array[]): Float32Array {
  const joined = new Float32Array(arrays.reduce((length, array) => length + array.length, 0))
  let at = 0
  for (const array of arrays) {
    joined.set(array, at)
    at += array.length
  }
  return joined
}
