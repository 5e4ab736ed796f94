import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { LEADS } from '../../src/domain/forecast.ts'
import { seededRandom } from '../../src/domain/random.ts'
import type { NetworkSpec } from '../../src/domain/weights.ts'
import { loadKernel } from '../../src/kernel/load-kernel.ts'
import { featureCount } from '../../src/networks/encoding.ts'
import { kernelNetworkSlopes } from '../../src/networks/kernel-network-gradients.ts'
import { type LossAt, networkSlopes, type Shard } from '../../src/networks/network-gradients.ts'
import { startEngine } from '../../src/tensorflow/start-backend.ts'
import { layersNetworkSlopes } from '../../src/tensorflow/stock-gradients.ts'
import { buildRecurrent } from '../../src/tensorflow/stock-network.ts'
import { VARIANTS } from '../../src/wasm/variant.ts'
import { apart } from '../kernel/cases.ts'
import { SMALL } from './networks.ts'

beforeAll(() => startEngine('cpu'))

const specs: fc.Arbitrary<NetworkSpec> = fc.record({
  cell: fc.constantFrom('gru', 'lstm'),
  units: fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 3 }),
  bidirectional: fc.boolean(),
  // The stock layers' way back through a stack fails at one step (TensorFlow.js 4.22).
  steps: fc.integer({ min: 2, max: 7 }),
  stepSpan: fc.constant(SMALL.stepSpan),
  channels: fc.integer({ min: 1, max: 5 }),
  target: fc.constant(0),
})

function someShard(spec: NetworkSpec, size: number, seed: number): Shard {
  const random = seededRandom(seed)
  const draw = (length: number) => Float32Array.from({ length }, () => 2 * (2 * random.unit() - 1))
  const known = Float32Array.from({ length: size * LEADS }, () => (random.unit() < 0.8 ? 1 : 0))
  return {
    size,
    inputs: draw(size * spec.steps * featureCount(spec)),
    changes: draw(size * LEADS).map((value, index) => value * known[index]!),
    known,
    knownCount: 5 + known.reduce((sum, one) => sum + one, 0),
  }
}

describe.each(VARIANTS)('network slopes - the %s kernel', (variant) => {
  const kernel = loadKernel([variant])

  test("has the loss and slopes of TensorFlow.js's layers, and gives its memory back", () => {
    expect(kernel).toBeDefined()
    if (!kernel) return
    const held = kernel.heap.held()
    fc.assert(
      fc.property(specs, fc.integer({ min: 1, max: 20 }), fc.nat(), (spec, size, seed) => {
        const network = networkSlopes(spec, seed)
        const parameters = network.shaped(network.initial.map((value, at) => value + 0.2 * Math.sin(at)))
        const shard = someShard(spec, size, seed)
        const run = (lossAt: LossAt) => {
          const slope = new Float32Array(network.initial.length).fill(9)
          return { loss: lossAt(parameters, shard, network.shaped(slope)), slope }
        }
        const model = buildRecurrent(spec, seed)
        const stock = run(layersNetworkSlopes(model, spec).lossAt)
        const fused = run(kernelNetworkSlopes(kernel, spec).lossAt)
        model.dispose()
        network.dispose()
        expect(Math.abs(fused.loss - stock.loss)).toBeLessThan(1e-5 * Math.max(1, stock.loss))
        expect(apart(fused.slope, stock.slope)).toBeLessThan(2e-5)
      }),
      { numRuns: 25 },
    )
    expect(kernel.heap.held()).toBe(held)
  })
})
