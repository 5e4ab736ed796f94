import * as tf from '@tensorflow/tfjs'
import type { Random } from '../../domain/random.ts'
import { fuse } from '../../tensorflow/fuse.ts'
import { withRowGradient } from './embedding.ts'
import { isRecurrent, type LayerSpec, type ModelSpec, type RecurrentSpec } from './model-spec.ts'

/** Draws the masks of dropout: from whatever the source gives at the moment. */
export type MaskSource = () => Random

/** The layers as TensorFlow.js has them, recurrent ones fused. Their first values are not drawn yet. */
export function buildLayers({ input, layers }: ModelSpec, masks: MaskSource): tf.LayersModel {
  const inputs =
    input.kind === 'series'
      ? tf.input({ shape: [input.steps, input.width] })
      : tf.input({ shape: [input.length], dtype: 'int32' })
  const words = input.kind === 'tokens' ? input.words : 0
  const outputs = layers.reduce<tf.SymbolicTensor>((below, layer, index) => {
    const above = layers[index + 1]
    const returnSequences = above !== undefined && isRecurrent(above)
    const output = tfLayer(layer, { returnSequences, words, masks }).apply(below)
    if (output instanceof tf.SymbolicTensor) return output
    throw new Error('a layer applied to one symbolic tensor gave something else')
  }, inputs)
  return fuse(tf.model({ inputs, outputs }))
}

interface Surroundings {
  readonly returnSequences: boolean
  readonly words: number
  readonly masks: MaskSource
}

function tfLayer(layer: LayerSpec, { returnSequences, words, masks }: Surroundings): tf.layers.Layer {
  switch (layer.kind) {
    case 'flatten':
      return tf.layers.flatten()
    case 'dense':
      return tf.layers.dense({
        units: layer.units,
        activation: layer.activation ?? 'linear',
        kernelInitializer: 'zeros',
      })
    case 'embedding':
      return withRowGradient(
        tf.layers.embedding({ inputDim: words, outputDim: layer.width, embeddingsInitializer: 'zeros' }),
      )
    case 'dropout':
      return freshDropout(layer.rate, masks)
    case 'gru':
    case 'lstm':
      return recurrent(layer, { returnSequences, masks })
  }
}

function recurrent(
  layer: RecurrentSpec,
  { returnSequences, masks }: Pick<Surroundings, 'returnSequences' | 'masks'>,
): tf.layers.Layer {
  const args = {
    units: layer.units,
    returnSequences: returnSequences,
    activation: layer.activation ?? ('tanh' as const),
    recurrentActivation: 'sigmoid' as const,
    kernelInitializer: 'zeros' as const,
    recurrentInitializer: 'zeros' as const,
    dropout: layer.dropout ?? 0,
    recurrentDropout: layer.recurrentDropout ?? 0,
    dropoutFunc: (ones: tf.Tensor, rate: number) => maskOf(ones.shape, rate, masks()),
    implementation: layer.maskPerGate ? 1 : 2,
  }
  const cells = layer.kind === 'gru' ? tf.layers.gru(args) : tf.layers.lstm(args)
  return layer.bidirectional ? tf.layers.bidirectional({ layer: cells, mergeMode: 'concat' }) : cells
}

/** The library's layer draws from one seed, so it would leave out the same values every time. */
function freshDropout(rate: number, masks: MaskSource): tf.layers.Layer {
  const layer = tf.layers.dropout({ rate })
  layer.call = (inputs, kwargs) => {
    const x = Array.isArray(inputs) ? inputs[0]! : inputs
    return kwargs?.['training'] === true ? tf.mul(x, maskOf(x.shape, rate, masks())) : x
  }
  return layer
}

function maskOf(shape: number[], rate: number, random: Random): tf.Tensor {
  const kept = 1 / (1 - rate)
  const size = shape.reduce((product, length) => product * length, 1)
  return tf.tensor(
    Float32Array.from({ length: size }, () => (random.unit() < rate ? 0 : kept)),
    shape,
  )
}
