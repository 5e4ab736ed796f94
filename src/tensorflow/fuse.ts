import * as tf from '@tensorflow/tfjs'
import type { GRU, GRUCell, LSTM, LSTMCell } from '@tensorflow/tfjs-layers/dist/layers/recurrent.js'
import { type Cell, GATES } from '../kernel/cell.ts'
import { fusedRecurrent, hasFusedKernel } from './fused-recurrent.ts'
import { sideBySide } from './side-by-side.ts'

const fused = new WeakSet<tf.layers.Layer>()

/**
 * Lets a layer's GRUs and LSTMs, itself, those of a `Bidirectional` or all of a model's, run as the fused kernel.
 * They stay the stock layers they are: weights, name, config, what is saved of them. Only `call` changes, and only
 * where the kernel gives what the stock call would: without masking, initial states, returned or kept states, with
 * activations that it knows, on a backend that has it. Anything else goes the stock way. Returns its argument.
 */
export function fuse<L extends tf.layers.Layer>(layer: L): L {
  if (isContainer(layer)) {
    for (const inner of layer.layers) fuse(inner)
  } else if (isBidirectional(layer)) {
    fuse(layer.forwardLayer)
    fuse(layer.backwardLayer)
    if (!fused.has(layer)) join(layer)
  } else if (isRecurrent(layer) && !fused.has(layer)) {
    fused.add(layer)
    const stockCall = layer.call.bind(layer)
    const cell = cellOf(layer)
    layer.call = (inputs, kwargs) => {
      const x = Array.isArray(inputs) && inputs.length === 1 ? inputs[0]! : inputs
      const plain = !kwargs?.['mask'] && !kwargs?.['initialState'] && !layer.stateful && !layer.returnState
      if (!cell || Array.isArray(x) || !plain || !hasFusedKernel()) return stockCall(inputs, kwargs)
      // Without masks there is but one tensor, the result: nothing to tidy up.
      if (kwargs?.['training'] !== true) return callFused(layer, cell, { x, training: false })
      return tf.tidy(() => callFused(layer, cell, { x, training: true }))
    }
  }
  return layer
}

/** Lets a `Bidirectional`'s directions, each fused, be put side by side without TensorFlow.js's operations. */
function join(layer: Bidirectional): void {
  fused.add(layer)
  const stockCall = layer.call.bind(layer)
  layer.call = (inputs, kwargs) => {
    const plain = layer.mergeMode === 'concat' && !kwargs?.['initialState'] && !layer.returnState
    if (!plain || !hasFusedKernel()) return stockCall(inputs, kwargs)
    return tf.tidy(() => {
      const [ahead, back] = [layer.forwardLayer, layer.backwardLayer].map((one) => one.call(inputs, kwargs))
      if (!(ahead instanceof tf.Tensor && back instanceof tf.Tensor)) {
        throw new Error(`a direction of ${layer.name} gave more than one output`)
      }
      return sideBySide(ahead, back)
    })
  }
}

/** What of a cell does not depend on its input; undefined where an activation is none of the kernel's. */
type KnownCell = Pick<Cell, 'kind' | 'gate' | 'candidate'>

function cellOf(layer: GRU | LSTM): KnownCell | undefined {
  const { activation, recurrentActivation } = cellLayer(layer)
  const gate = recurrentActivation.getClassName()
  const candidate = activation.getClassName()
  if (gate !== 'sigmoid' && gate !== 'hardSigmoid') return undefined
  if (candidate !== 'tanh' && candidate !== 'relu') return undefined
  return { kind: layer.getClassName() === 'GRU' ? 'gru' : 'lstm', gate, candidate }
}

function callFused(
  layer: GRU | LSTM,
  known: KnownCell,
  { x, training }: { readonly x: tf.Tensor; readonly training: boolean },
): tf.Tensor {
  const cell = cellLayer(layer)
  const [samples = 0, , width = 0] = x.shape
  const mask = (rate: number, size: number) =>
    training ? dropoutMask(cell, { rate, shape: [samples, size], gates: GATES[known.kind] }) : undefined
  return fusedRecurrent({
    ...known,
    goBackwards: layer.goBackwards,
    returnSequences: layer.returnSequences,
    x,
    kernel: cell.kernel.read(),
    recurrent: cell.recurrentKernel.read(),
    bias: cell.useBias ? cell.bias.read() : undefined,
    inputMask: mask(cell.dropout, width),
    stateMask: mask(cell.recurrentDropout, cell.units),
  })
}

/**
 * Draws as many masks as the stock cell does, in its order. TensorFlow.js then uses the first for all gates (Keras's
 * `implementation` 2, whatever the config says); here a config that says 1 gets a mask for each gate, as in Keras.
 */
function dropoutMask(
  cell: GRUCell | LSTMCell,
  { rate, shape, gates }: { readonly rate: number; readonly shape: [number, number]; readonly gates: number },
): tf.Tensor | undefined {
  if (!(rate > 0 && rate < 1)) return undefined
  const draw = (): tf.Tensor => {
    const ones = tf.ones(shape)
    return cell.dropoutFunc ? cell.dropoutFunc(ones, rate) : tf.dropout(ones, rate)
  }
  const masks = Array.from({ length: gates }, draw)
  return tf.stack(cell.implementation === 1 ? masks : masks.slice(0, 1))
}

function cellLayer({ cell }: GRU | LSTM): GRUCell | LSTMCell {
  return cell as GRUCell | LSTMCell
}

function isRecurrent(layer: tf.layers.Layer): layer is GRU | LSTM {
  return ['GRU', 'LSTM'].includes(layer.getClassName())
}

/** The library declares these private. */
interface Bidirectional extends tf.layers.Layer {
  readonly forwardLayer: tf.layers.Layer
  readonly backwardLayer: tf.layers.Layer
  readonly mergeMode: string | null
  readonly returnState: boolean
}

function isBidirectional(layer: tf.layers.Layer): layer is Bidirectional {
  return layer.getClassName() === 'Bidirectional' && 'forwardLayer' in layer && 'backwardLayer' in layer
}

function isContainer(layer: tf.layers.Layer): layer is tf.LayersModel {
  return 'layers' in layer && Array.isArray(layer.layers)
}
