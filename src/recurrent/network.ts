import * as tf from '@tensorflow/tfjs'
import { LEADS } from '../domain/forecast.ts'
import type { NetworkSpec } from '../domain/weights.ts'
import { featureCount } from './encode.ts'

/**
 * A recurrent network in TensorFlow.js layers: inputs [sample][step][feature], outputs [sample][lead 24], the change
 * of the target since the issue time in its standard deviations. The head starts at zero, so an untrained network
 * says persistence. The same spec and seed give the same weights.
 */
export function buildNetwork(spec: NetworkSpec, seed: number): tf.LayersModel {
  const inputs = tf.input({ shape: [spec.steps, featureCount(spec)] })
  const states = spec.units.reduce<tf.SymbolicTensor>((below, units, index) => {
    const returnSequences = index < spec.units.length - 1
    return symbolic(recurrent(spec, { units, returnSequences, seed: seed + 2 * index }).apply(below))
  }, inputs)
  const head = tf.layers.dense({ units: LEADS, kernelInitializer: 'zeros' })
  return tf.model({ inputs, outputs: symbolic(head.apply(states)) })
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
