import * as tf from '@tensorflow/tfjs'
import type { NetworkSpec } from '../domain/weights.ts'
import { featureCount } from '../networks/encoding.ts'

/**
 * The recurrent part of a network in TensorFlow.js layers: inputs [sample][step][feature], outputs the last state,
 * [sample][state], both directions' side by side. The same spec and seed give the same weights.
 */
export function buildRecurrent(spec: NetworkSpec, seed: number): tf.LayersModel {
  const inputs = tf.input({ shape: [spec.steps, featureCount(spec)] })
  const states = spec.units.reduce<tf.SymbolicTensor>((below, units, index) => {
    const returnSequences = index < spec.units.length - 1
    return symbolic(recurrent(spec, { units, returnSequences, seed: seed + 2 * index }).apply(below))
  }, inputs)
  return tf.model({ inputs, outputs: states })
}

/** How wide the last state is. */
export function stateWidth({ units, bidirectional }: NetworkSpec): number {
  return units.at(-1)! * (bidirectional ? 2 : 1)
}

function recurrent(
  { cell, bidirectional }: NetworkSpec,
  { units, returnSequences, seed }: { units: number; returnSequences: boolean; seed: number },
): tf.layers.Layer {
  const args = {
    units,
    returnSequences,
    activation: 'tanh' as const,
    // The layers' default is a hard sigmoid, which neither the hand-written inference nor a fused kernel shares.
    recurrentActivation: 'sigmoid' as const,
    kernelInitializer: tf.initializers.glorotUniform({ seed }),
    // Not orthogonal, the default: its decomposition takes seconds for wide layers and gained nothing measurable.
    recurrentInitializer: tf.initializers.glorotUniform({ seed: seed + 1 }),
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
