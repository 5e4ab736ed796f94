import { LEADS } from '../../domain/forecast.ts'
import type { WeightArray } from '../../domain/weights.ts'
import { gelu } from '../gelu.ts'

export interface MlpPredictor {
  /** What the network predicts from one row of features, shape [input] -> [lead 24]. */
  predict(features: Float64Array): Float64Array
  /** Gives back what memory it holds. */
  release(): void
}

/** In plain loops: some tenth of a millisecond of the event loop. */
export function plainMlpPredictor(arrays: readonly WeightArray[]): MlpPredictor {
  const { kernel, bias, head, headBias, inputs } = mlpParts(arrays)
  const hidden = bias.length
  return {
    predict(features) {
      checkWidth(features, inputs)
      const sums = Float64Array.from(bias)
      for (let input = 0, place = 0; input < inputs; input++) {
        const value = features[input]!
        for (let unit = 0; unit < hidden; unit++, place++) sums[unit]! += value * kernel[place]!
      }
      const predicted = Float64Array.from(headBias)
      for (let unit = 0, place = 0; unit < hidden; unit++) {
        const active = gelu(sums[unit]!)
        for (let lead = 0; lead < LEADS; lead++, place++) predicted[lead]! += active * head[place]!
      }
      return predicted
    },
    release: () => undefined,
  }
}

/** A network's weights by what they are. */
export function mlpParts(arrays: readonly WeightArray[]) {
  const [kernel, bias, head, headBias] = arrays.map(({ values }) => values)
  if (!kernel || !bias || !head || !headBias) {
    throw new Error(`${arrays.length} arrays of weights are no network of one hidden layer`)
  }
  return { kernel, bias, head, headBias, inputs: kernel.length / bias.length }
}

export function checkWidth({ length }: Float64Array, inputs: number): void {
  if (length !== inputs) throw new RangeError(`${length} features do not fit ${inputs} inputs`)
}
