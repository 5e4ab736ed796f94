import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, test } from 'vitest'
import { loadKernel } from '../../src/kernel/load-kernel.ts'
import { type FusedRecurrentOptions, fusedRecurrent } from '../../src/tensorflow/fused-recurrent.ts'
import { registerFusedKernel } from '../../src/tensorflow/register.ts'
import { startBackend } from '../../src/tensorflow/start-backend.ts'

const kernel = loadKernel()

/** A GRU(2) over 4 samples of 5 steps of 3 inputs, right but for `wrong`. */
function run(wrong: () => Partial<FusedRecurrentOptions>): void {
  tf.tidy(() => {
    fusedRecurrent({
      kind: 'gru',
      gate: 'sigmoid',
      candidate: 'tanh',
      x: tf.zeros([4, 5, 3]),
      kernel: tf.zeros([3, 6]),
      recurrent: tf.zeros([2, 6]),
      bias: tf.zeros([6]),
      ...wrong(),
    })
  })
}

describe.skipIf(!kernel)('kernel errors', () => {
  beforeAll(async () => {
    await startBackend('cpu')
    registerFusedKernel(kernel!)
  })

  test('kernel errors - what fits runs', () => {
    run(() => ({}))
    run(() => ({ inputMask: tf.ones([3, 4, 3]), stateMask: tf.ones([3, 4, 2]) }))
  })

  const WRONG: [() => Partial<FusedRecurrentOptions>, string][] = [
    [() => ({ x: tf.zeros([4, 5]) }), 'fused GRU: x has shape [4, 5], not [any, any, any]'],
    [() => ({ x: tf.zeros([0, 5, 3]) }), 'fused GRU: x has shape [0, 5, 3], not [any, any, any]'],
    [() => ({ kernel: tf.zeros([4, 6]) }), 'fused GRU: kernel has shape [4, 6], not [3, 6]'],
    [() => ({ recurrent: tf.zeros([2, 8]) }), 'fused GRU: recurrent has shape [2, 8], not [any, 6]'],
    [() => ({ kind: 'lstm' }), 'fused LSTM: recurrent has shape [2, 6], not [any, 8]'],
    [() => ({ bias: tf.zeros([2, 6]) }), 'fused GRU: bias has shape [2, 6], not [6]'],
    [
      () => ({ inputMask: tf.ones([2, 4, 3]) }),
      'fused GRU: inputMask has shape [2, 4, 3], not [1 or 3, 4, 3]',
    ],
    [
      () => ({ inputMask: tf.ones([1, 4, 3]), stateMask: tf.ones([3, 4, 2]) }),
      'fused GRU: inputMask has shape [1, 4, 3], not [3, 4, 3]',
    ],
    [() => ({ x: tf.zeros([4, 5, 3], 'int32') }), 'fused GRU: x is int32, not float32'],
  ]

  test.each(WRONG)('kernel errors - a wrong shape or type is named: %#', (wrong, message) => {
    expect(() => run(wrong)).toThrow(message)
  })
})
