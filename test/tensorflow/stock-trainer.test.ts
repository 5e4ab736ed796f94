import * as tf from '@tensorflow/tfjs'
import { expect, test } from 'vitest'
import type { NetworkSpec } from '../../src/domain/weights.ts'
import { alone } from '../../src/networks/data-parallel.ts'
import { initialTrainerState, type NetworkToTrain } from '../../src/networks/network-to-train.ts'
import { recurrentTrainable } from '../../src/networks/network-training.ts'
import { openTrainerPool } from '../../src/networks/trainer-pool.ts'
import { startBackend } from '../../src/tensorflow/start-backend.ts'
import { stockGradients } from '../../src/tensorflow/stock-gradients.ts'
import { apart } from '../kernel/cases.ts'
import { beginTraining, trainingFrom } from '../networks/in-thread.ts'
import { mlpRound, SMALL_MLP } from '../networks/mlp/mlp-cases.ts'
import { SMALL, someRound } from '../networks/networks.ts'

const SPECS: NetworkSpec[] = [SMALL, { ...SMALL, cell: 'lstm', units: [8, 6], bidirectional: true }]

test.each(SPECS)(
  'stock trainer - $cell $units: the same rounds give the weights of the kernel, to rounding',
  async (spec) => {
    await startBackend('cpu')
    const network: NetworkToTrain = { kind: 'recurrent', spec }
    const gradients = stockGradients(spec)
    const stock = trainingFrom(recurrentTrainable(spec, alone(gradients)), initialTrainerState(network, 1))
    const kernel = beginTraining(network, 1)
    stock(someRound(spec, 1))
    kernel(someRound(spec, 1))
    const { numTensors } = tf.memory()
    for (let round = 2; round <= 4; round++) {
      const [one, other] = [stock(someRound(spec, round)), kernel(someRound(spec, round))]
      expect(one.loss).toBeCloseTo(other.loss, 4)
      for (const [index, { values }] of one.weights.arrays.entries()) {
        expect(apart(values, other.weights.arrays[index]!.values)).toBeLessThan(1e-2)
      }
    }
    expect(tf.memory().numTensors).toBe(numTensors)
    gradients.dispose()
  },
)

test('stock trainer - its thread trains recurrent networks with TensorFlow.js, those on features without', async () => {
  const pool = await openTrainerPool({ threads: 1, worker: 'tensorflow/stock-trainer-worker' })
  expect(pool.engine).toMatch(/^TensorFlow\.js (tfjs-node|wasm|cpu)/)
  const recurrent = pool.trainer({ kind: 'recurrent', spec: SMALL }, 1)
  const trained = await recurrent.train(undefined, someRound(SMALL, 1))
  expect(trained.result).toMatchObject({ steps: 2, weights: { version: 1 } })
  const mlp: NetworkToTrain = { kind: 'mlp', spec: SMALL_MLP }
  const { result } = await pool.trainer(mlp, 1).train(undefined, mlpRound(SMALL_MLP, 1))
  expect(result).toEqual(beginTraining(mlp, 1)(mlpRound(SMALL_MLP, 1)))
  await pool.close()
})
