import type { NetworkSpec } from '../domain/weights.ts'
import type { BatchGradients } from './data-parallel.ts'
import { type EncodedBatch, encodeBatch } from './encoding.ts'
import { shapedNetwork } from './network-layout.ts'
import type { Trainable } from './train-round.ts'

/** Of the average that forecasts are made with: over some thirty steps. */
const EMA_DECAY = 0.97

/** A recurrent network as rounds train it: each batch is encoded, then differentiated by one thread or by several. */
export function recurrentTrainable(spec: NetworkSpec, batchGradients: BatchGradients): Trainable {
  // One batch's memory serves for all: of fresh ones the garbage collector would have as much to do as the encoder.
  let encoded: EncodedBatch | undefined
  return {
    emaDecay: EMA_DECAY,
    lossAndGradient(parameters, batch, { scaler, gradient }) {
      encoded = encodeBatch(batch, { spec, scaler, former: encoded })
      return batchGradients.lossAndGradient(parameters, encoded, gradient)
    },
    shaped: (parameters) => shapedNetwork(spec, parameters),
  }
}
