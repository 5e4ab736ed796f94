import { beforeAll, expect, test } from 'vitest'
import { loadKernel } from '../../src/kernel/load-kernel.ts'
import { registerFusedKernel } from '../../src/tensorflow/register.ts'
import { startBackend } from '../../src/tensorflow/start-backend.ts'
import { requirement } from '../support/requirement.ts'
import { trainAndCount } from './memory.ts'

const kernel = loadKernel()

const simd = requirement({
  name: 'WebAssembly with SIMD',
  found: kernel !== undefined,
  install: 'run a Node and a processor that have it',
})

simd.describe('kernel memory', () => {
  beforeAll(async () => {
    await startBackend('wasm')
    registerFusedKernel(kernel!)
  })

  test('kernel memory - training, abandoned tapes and predictions leave as many tensors and bytes as they found', () => {
    const counts = trainAndCount(kernel!, 300)
    expect(new Set(counts.map((count) => JSON.stringify(count))).size).toBe(1)
  })

  test('kernel memory - a registration in place of another, and none at all, leave nothing held', () => {
    const held = () => {
      trainAndCount(kernel!, 10)
      registerFusedKernel(kernel!)
      return kernel!.heap.held()
    }
    const first = held()
    expect([held(), held()]).toEqual([first, first])
  })
})
