import * as tf from '@tensorflow/tfjs'
import { type Random, seededRandom } from '../../domain/random.ts'
import { buildLayers } from './build-layers.ts'
import { drawnValues } from './drawn-values.ts'
import type { ModelSpec } from './model-spec.ts'

export interface ModelBatch {
  readonly size: number
  /** Shape [sample][step][width] of a series, [sample][place] of tokens. */
  readonly inputs: Float32Array | Int32Array
  /** Shape [sample]. */
  readonly targets: Float32Array
}

/** A network as a function of its parameters, which are one flat array outside of it. */
export interface ExperimentModel {
  /** As drawn from the seed. */
  readonly initial: Float32Array
  /** The mean loss of a batch in training; its gradient with respect to each parameter is written to `gradient`. Masks come from `random`. */
  lossAndGradient(
    parameters: Float32Array,
    batch: ModelBatch,
    options: { readonly gradient: Float32Array; readonly random: Random },
  ): number
  /** What the network predicts at these parameters, without dropout: a function from batches to [sample]. */
  at(parameters: Float32Array): (batch: ModelBatch) => Float32Array
  /** Frees every tensor. */
  dispose(): void
}

/** Builds a network on the backend that has been started in this thread. */
export function openModel(spec: ModelSpec, seed: number): ExperimentModel {
  let masks = seededRandom(seed)
  const model = buildLayers(spec, () => masks)
  const weights = model.trainableWeights.map((weight) => {
    const variable = weight.read()
    if (!(variable instanceof tf.Variable)) throw new Error(`${weight.name} is no variable`)
    return { variable, name: weight.originalName.split('/').at(-1) ?? '' }
  })
  const variables = weights.map(({ variable }) => variable)

  const assign = (parameters: Float32Array): void => {
    let at = 0
    for (const variable of variables) {
      const values = tf.tensor(parameters.slice(at, at + variable.size), variable.shape)
      variable.assign(values)
      values.dispose()
      at += variable.size
    }
  }
  const predict = (batch: ModelBatch, training: boolean): tf.Tensor => {
    const output = model.apply(inputTensor(spec, batch), { training })
    if (!(output instanceof tf.Tensor)) throw new Error('the network gave more than one output')
    return output.reshape([batch.size])
  }

  const random = seededRandom(seed)
  const first = weights.map(
    ({ variable, name }) =>
      drawnValues({ name, shape: variable.shape }, random) ?? variable.dataSync<'float32'>(),
  )
  return {
    initial: Float32Array.from(first.flatMap((values) => [...values])),
    lossAndGradient(parameters, batch, { gradient, random }) {
      masks = random
      return tf.tidy(() => {
        assign(parameters)
        const truth = tf.tensor1d(batch.targets)
        const { value, grads } = tf.variableGrads(() => lossOf(spec, predict(batch, true), truth), variables)
        let at = 0
        for (const { name, size } of variables) {
          gradient.set(grads[name]!.dataSync<'float32'>(), at)
          at += size
        }
        return value.dataSync()[0]!
      })
    },
    at(parameters) {
      assign(parameters)
      return (batch) => tf.tidy(() => predict(batch, false).dataSync<'float32'>().slice())
    },
    dispose: () => model.dispose(),
  }
}

function inputTensor({ input }: ModelSpec, { size, inputs }: ModelBatch): tf.Tensor {
  return input.kind === 'series'
    ? tf.tensor3d(inputs, [size, input.steps, input.width])
    : tf.tensor2d(inputs, [size, input.length], 'int32')
}

function lossOf({ loss }: ModelSpec, predicted: tf.Tensor, truth: tf.Tensor): tf.Scalar {
  if (loss === 'mae') return predicted.sub(truth).abs().mean<tf.Scalar>()
  // log(1 + e^z) - y z: nothing overflows, whatever z.
  return predicted.softplus().sub(predicted.mul(truth)).mean<tf.Scalar>()
}
