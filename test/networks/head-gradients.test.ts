import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LEADS } from '../../src/domain/forecast.ts'
import { seededRandom } from '../../src/domain/random.ts'
import { loadKernel } from '../../src/kernel/load-kernel.ts'
import { CLOCK_FEATURES } from '../../src/networks/clock-table.ts'
import type { HeadGradients } from '../../src/networks/gradient-types.ts'
import { headOf, headShapes } from '../../src/networks/head.ts'
import { kernelHeadGradients } from '../../src/networks/kernel-head-gradients.ts'
import { referenceHeadGradients } from '../../src/tensorflow/reference-head-gradients.ts'
import { VARIANTS } from '../../src/wasm/variant.ts'
import { apart } from '../kernel/cases.ts'

interface Drawn {
  readonly width: number
  readonly size: number
  /** Of all truths, and of the batch's other micro-batches. */
  readonly unknown: number
  readonly elsewhere: number
  readonly seed: number
}

/** Widths around whole panels. */
const shapes: fc.Arbitrary<Drawn> = fc.record({
  width: fc.oneof(fc.constantFrom(1, 8, 32, 64), fc.integer({ min: 1, max: 40 })),
  size: fc.oneof(fc.constantFrom(1, 128), fc.integer({ min: 1, max: 33 })),
  unknown: fc.constantFrom(0, 0.1, 0.9, 1),
  elsewhere: fc.constantFrom(0, 100),
  seed: fc.nat(),
})

/** Runs the head forward and backward on drawn weights and samples, over gradients that hold something else. */
function run(headGradients: HeadGradients, { width, size, unknown, elsewhere, seed }: Drawn) {
  const random = seededRandom(seed)
  const draw = (length: number, reach: number) =>
    Float32Array.from({ length }, () => reach * (2 * random.unit() - 1))
  const features = 2 * (3 + CLOCK_FEATURES)
  const weights = headShapes(width).map((shape) =>
    draw(
      shape.reduce((length, side) => length * side, 1),
      0.5,
    ),
  )
  const known = draw(size * LEADS, 1).map((value) => ((value + 1) / 2 < unknown ? 0 : 1))
  const microBatch = {
    size,
    inputs: draw(size * features, 2),
    changes: draw(size * LEADS, 3).map((value, index) => value * known[index]!),
    known,
    knownCount: elsewhere + known.reduce((sum, one) => sum + one, 0),
  }
  const gradients = weights.map(({ length }) => new Float32Array(length).fill(9))
  const states = draw(size * width, 1)
  const outcome = headGradients({
    states,
    weights: headOf(weights),
    microBatch,
    gradients: headOf(gradients),
  })
  return { loss: outcome.loss, gradients: [...gradients, outcome.states] }
}

describe.each(VARIANTS)('head gradients - the %s kernel', (variant) => {
  const kernel = loadKernel([variant])

  test('has the same loss and gradients as plain arithmetic, and gives its memory back', () => {
    expect(kernel).toBeDefined()
    if (!kernel) return
    const held = kernel.heap.held()
    fc.assert(
      fc.property(shapes, (drawn) => {
        const plain = run(referenceHeadGradients, drawn)
        const fused = run(kernelHeadGradients(kernel), drawn)
        expect(Math.abs(fused.loss - plain.loss)).toBeLessThan(1e-5 * Math.max(1, plain.loss))
        for (const [part, gradients] of plain.gradients.entries()) {
          expect(apart(fused.gradients[part]!, gradients), `part ${part}`).toBeLessThan(2e-5)
        }
      }),
      { numRuns: 60 },
    )
    expect(kernel.heap.held()).toBe(held)
  })

  test('says so when what it is given is not finite', () => {
    if (!kernel) return
    const microBatch = {
      size: 1,
      inputs: new Float32Array(3 + CLOCK_FEATURES),
      changes: new Float32Array(LEADS).fill(Infinity),
      known: new Float32Array(LEADS).fill(1),
      knownCount: LEADS,
    }
    const weights = headShapes(3).map((shape) => new Float32Array(shape[0]! * (shape[1] ?? 1)))
    const gradients = weights.map((values) => values.slice())
    const pass = {
      states: new Float32Array(3),
      weights: headOf(weights),
      microBatch,
      gradients: headOf(gradients),
    }
    expect(kernelHeadGradients(kernel)(pass).loss).toBe(Infinity)
  })
})
