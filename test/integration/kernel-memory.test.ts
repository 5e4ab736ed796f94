import { beforeAll, expect, test } from 'vitest'
import { loadKernel } from '../../src/kernel/load-kernel.ts'
import { registerFusedKernel } from '../../src/tensorflow/register.ts'
import { startBackend } from '../../src/tensorflow/start-backend.ts'
import { requirement } from '../support/requirement.ts'
import { trainAndCount } from '../tensorflow/memory.ts'

const kernel = loadKernel()

const simd = requirement({
  name: 'WebAssembly with SIMD',
  found: kernel !== undefined,
  install: 'run a Node and a processor that have it',
})

simd.describe('kernel memory, for long', () => {
  beforeAll(async () => {
    await startBackend('wasm')
    registerFusedKernel(kernel!)
  })

  test('kernel memory - tensors and the kernel memory stay level over 2,500 steps', () => {
    const counts = trainAndCount(kernel!, 2_500)
    expect(new Set(counts.map((count) => JSON.stringify(count))).size).toBe(1)
  })
})
