import * as tf from '@tensorflow/tfjs'
import type { NetworkSpec } from '../domain/weights.ts'
import { featureCount } from '../networks/encoding.ts'

/**
 * The recurrent part of a network in TensorFlow.js layers: inputs [sample][step][feature], outputs the last state,
 * [sample][state], both directions' side by side. Weights are zero until they are assigned.
 */
export function buildRecurrent(spec: NetworkSpec): tf.LayersModel {
  const inputs = tf.input({ shape: [spec.steps, featureCount(spec)] })
  const states = spec.units.reduce<tf.SymbolicTensor>((below, units, index) => {
    const returnSequences = index < spec.units.length - 1
    return symbolic(recurrent(spec, { units, returnSequences }).apply(below))
  }, inputs)
  return tf.model({ inputs, outputs: states })
}

function recurrent(
  { cell, bidirectional }: NetworkSpec,
  { units, returnSequences }: { units: number; returnSequences: boolean },
): tf.layers.Layer {
  const args = {
    units,
    returnSequences,
    activation: 'tanh' as const,
    // The layers' default is a hard sigmoid, which neither the hand-written inference nor a fused kernel shares.
    recurrentActivation: 'sigmoid' as const,
    // Drawn by whoever assigns them; the library's own orthogonal ones would take seconds for wide layers.
    kernelInitializer: 'zeros' as const,
    recurrentInitializer: 'zeros' as const,
  }
  const layer = cell === 'gru' ? tf.layers.gru(args) : tf.layers.lstm(args)
  return bidirectional ? tf.layers.bidirectional({ layer, mergeMode: 'concat' }) : layer
}

function symbolic(
  value: tf.Tensor | tf.Tensor[] | tf.SymbolicTensor | tf.SymbolicTensor[],
): tf.SymbolicTensor {
  if (value instanceof tf.SymbolicTensor) return value
  throw new Error('a layer applied to one symbolic tensor gave something else')
}
