import * as tf from '@tensorflow/tfjs'
import { expect, onTestFinished, test, vi } from 'vitest'
import { hasFusedKernel } from '../../src/tensorflow/fused-recurrent.ts'
import { startBackend } from '../../src/tensorflow/start-backend.ts'

test('backend - TensorFlow.js advertises nothing on the terminal', async () => {
  const warn = vi.spyOn(console, 'warn')
  await startBackend('cpu')
  tf.tidy(() =>
    tf
      .ones([2, 2])
      .matMul(tf.ones([2, 2]))
      .dataSync(),
  )
  expect(warn).not.toHaveBeenCalled()
  vi.restoreAllMocks()
})

test('backend - the one asked for is the one that runs, and is reported without excuses', async () => {
  expect(await startBackend('cpu')).toEqual({ name: 'cpu', report: 'cpu' })
  expect(tf.getBackend()).toBe('cpu')
  expect(await startBackend('wasm')).toEqual({ name: 'wasm', report: 'wasm' })
  expect(tf.getBackend()).toBe('wasm')
})

test('backend - left to choose, it takes the fused kernel, and says in which build', async () => {
  const { name, report } = await startBackend('auto')
  expect(name).toBe('fused')
  expect(report).toMatch(/^fused kernel \((relaxed )?SIMD\) within tfjs cpu$/)
  expect(hasFusedKernel()).toBe(true)
})

test('backend - one of TensorFlow.js has its own layers, whatever ran before', async () => {
  await startBackend('fused')
  await startBackend('wasm')
  expect(hasFusedKernel()).toBe(false)
})

test('backend - where WebAssembly has no SIMD, it takes the best that works and says why none better', async () => {
  const validate = vi.spyOn(WebAssembly, 'validate').mockReturnValue(false)
  const { name, report } = await startBackend('auto')
  validate.mockRestore()
  if (name === 'tfjs-node') expect(report).toBe('tfjs-node (fused: no build of the kernel runs here)')
  else expect(report).toMatch(/^wasm \(fused: no build of the kernel runs here; tfjs-node: .+\)$/)
})

test('backend - one that cannot be had is rejected by name, with the reason', async () => {
  withoutWasm()
  await expect(startBackend('wasm')).rejects.toMatchObject({
    code: 'usage',
    message: "no engine to train the network with: wasm: Backend name 'wasm' not found in registry",
  })
})

test('backend - without wasm it is the plain cpu that trains, and all reasons are told', async () => {
  withoutWasm()
  const validate = vi.spyOn(WebAssembly, 'validate').mockReturnValue(false)
  const { name, report } = await startBackend('auto')
  validate.mockRestore()
  if (name === 'tfjs-node') return
  expect(report).toMatch(/^cpu \(fused: .+; tfjs-node: .+; wasm: .+\)$/)
})

/** Until this test is over: what shares this process finds the backend again. */
function withoutWasm() {
  const factory = tf.findBackendFactory('wasm')
  tf.removeBackend('wasm')
  onTestFinished(() => void tf.registerBackend('wasm', factory))
}
