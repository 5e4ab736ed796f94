import type { NetworkSpec, WeightArray } from '../domain/weights.ts'
import { registeredKernel } from '../tensorflow/register.ts'
import { layersNetworkSlopes } from '../tensorflow/stock-gradients.ts'
import { buildRecurrent, stateWidth } from '../tensorflow/stock-network.ts'
import { headShapes, initialHead } from './head.ts'
import { kernelNetworkSlopes } from './kernel-network-gradients.ts'

/** Some samples of a batch as the network is trained on them; shapes as of `EncodedBatch`. */
export interface Shard {
  readonly size: number
  readonly inputs: Float32Array
  readonly changes: Float32Array
  readonly known: Float32Array
  /** Known truths of the whole batch, which the loss is the mean over: the losses of a batch's shards add up. */
  readonly knownCount: number
}

/** The loss at some parameters, in the shapes of `NetworkSlopes.shaped`; its slope by each is written to `slope`. */
export type LossAt = (
  parameters: readonly WeightArray[],
  shard: Shard,
  slope: readonly WeightArray[],
) => number

/** The network in this thread, as a function from parameters and samples to loss and slope. */
export interface NetworkSlopes {
  /** As drawn from the seed, all in one array. */
  readonly initial: Float32Array
  /** Samples that a shard had best have; undefined: as many as there are, a step costs hardly more with them. */
  readonly grain: number | undefined
  /** The loss at these parameters; its slope by each of them is written to `slope`. */
  lossAt(parameters: Float32Array, shard: Shard, slope: Float32Array): number
  /** Views of an array of parameters in the shapes of the network's weights, in their order. */
  shaped(parameters: Float32Array): WeightArray[]
  /** Frees every tensor. */
  dispose(): void
}

/** Builds the network on the engine that has been started in this thread. */
export function networkSlopes(spec: NetworkSpec, seed: number): NetworkSlopes {
  const model = buildRecurrent(spec, seed)
  const width = stateWidth(spec)
  const weights = model.getWeights()
  const shapes = [...weights.map(({ shape }) => shape), ...headShapes(width)]
  const initial = flat([
    ...weights.map((weight) => weight.dataSync<'float32'>()),
    ...initialHead(width, seed),
  ])
  const kernel = registeredKernel()
  const { lossAt, grain } = kernel ? kernelNetworkSlopes(kernel, spec) : layersNetworkSlopes(model, spec)

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
    grain,
    shaped,
    lossAt: (parameters, shard, slope) => lossAt(shaped(parameters), shard, shaped(slope)),
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
