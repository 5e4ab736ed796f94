import fc from 'fast-check'
import { expect, it } from 'vitest'
import { seededRandom } from '../../../src/domain/random.ts'
import { kernelOperations } from '../../../src/forecast/linear-algebra/kernel-operations.ts'
import {
  bandAt,
  type Gains,
  type Operations,
  OUTPUTS,
  SIDE,
} from '../../../src/forecast/linear-algebra/operations.ts'
import { plainOperations } from '../../../src/forecast/linear-algebra/plain-operations.ts'
import { VARIANTS } from '../../../src/wasm/variant.ts'
import { requirement } from '../../support/requirement.ts'

const CAPACITY = 5

const shape = fc.record({
  seed: fc.integer({ min: 0, max: 1000 }),
  bands: fc.integer({ min: 1, max: 9 }),
  outputs: fc.integer({ min: 1, max: 3 }),
  count: fc.integer({ min: 1, max: CAPACITY }),
})

/** What each operation makes of the same numbers. */
function outcomes(
  operations: Operations,
  { seed, bands, outputs, count }: { seed: number; bands: number; outputs: number; count: number },
) {
  const random = seededRandom(seed)
  const size = bands * SIDE
  const arrays = operations.arrays({
    matrix: bandAt(size),
    panels: size * CAPACITY,
    scaled: size * CAPACITY,
    projections: CAPACITY,
    x: size,
    weights: size * outputs * OUTPUTS,
    innovations: outputs * OUTPUTS,
    into: size,
    predicted: outputs * OUTPUTS,
  })
  const { matrix, panels, scaled, projections, x, weights, innovations, into, predicted } = arrays
  for (const array of [matrix, panels, scaled, x, weights, innovations])
    array.set(array.map(() => random.unit() * 2 - 1))
  const gains: Gains = { panels, scaled, projections, count }
  operations.symv(matrix, x, into)
  const product = into.slice()
  operations.lowRankCorrection(gains, x, into)
  operations.gemv(weights, x, predicted)
  operations.ger(weights, x, innovations)
  operations.downdate(matrix, gains)
  return {
    product,
    corrected: into.slice(),
    predicted: predicted.slice(),
    weights: weights.slice(),
    matrix: matrix.slice(),
  }
}

for (const variant of VARIANTS) {
  const simd = requirement({
    name: `WebAssembly with ${variant} SIMD`,
    found: kernelOperations([variant]) !== undefined,
    install: 'run a Node and a processor that have it',
  })

  simd.describe(`operations of linear algebra, the ${variant} build`, () => {
    it('operations - are those of plain loops, for any size', () => {
      fc.assert(
        fc.property(shape, (sizes) => {
          const expected = outcomes(plainOperations, sizes)
          const actual = outcomes(kernelOperations([variant])!, sizes)
          for (const name of Object.keys(expected) as (keyof typeof expected)[]) {
            const furthest = actual[name].reduce(
              (most, value, index) => Math.max(most, Math.abs(value - expected[name][index]!)),
              0,
            )
            expect(furthest, name).toBeLessThan(1e-12)
          }
        }),
        { numRuns: 60 },
      )
    })
  })
}
