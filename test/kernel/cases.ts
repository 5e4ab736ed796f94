import fc from 'fast-check'
import { seededRandom } from '../../src/domain/random.ts'
import { type Cell, type CellWeights, GATES, type Masks } from '../../src/kernel/cell.ts'
import type { ReferenceCase } from '../golden/recurrent-reference.ts'

/** Shapes around every edge of tiles, panels, blocks and chunks: one of everything, odd, a multiple and one more. */
export const cells: fc.Arbitrary<Cell> = fc.record({
  kind: fc.constantFrom('gru', 'lstm'),
  inputs: fc.oneof(fc.constantFrom(1, 8, 14, 16), fc.integer({ min: 1, max: 20 })),
  units: fc.oneof(fc.constantFrom(1, 8, 16, 17, 32), fc.integer({ min: 1, max: 40 })),
  gate: fc.constantFrom('sigmoid', 'hardSigmoid'),
  candidate: fc.constantFrom('tanh', 'relu'),
  goBackwards: fc.boolean(),
  returnSequences: fc.boolean(),
})

export const sizes = fc.record({
  samples: fc.oneof(fc.constantFrom(1, 2, 16, 17), fc.integer({ min: 1, max: 37 })),
  steps: fc.oneof(fc.constantFrom(1, 4, 5), fc.integer({ min: 1, max: 11 })),
  masks: fc.constantFrom('none', 'shared', 'per gate', 'inputs only', 'states only'),
  seed: fc.nat(),
})

export interface KernelCase {
  readonly cell: Cell
  readonly samples: number
  readonly steps: number
  readonly x: Float32Array
  readonly weights: CellWeights & { readonly bias: Float32Array }
  readonly masks: Masks | undefined
  readonly outputGradient: Float32Array
}

export function drawCase(cell: Cell, { samples, steps, masks, seed }: SizesOf<typeof sizes>): KernelCase {
  const random = seededRandom(seed)
  const draw = (length: number, scale: number): Float32Array =>
    Float32Array.from({ length }, () => scale * 2 * (random.unit() - 0.5))
  const gates = GATES[cell.kind]
  const columns = gates * cell.units
  const sets = masks === 'per gate' ? gates : 1
  const mask = (width: number): Float32Array =>
    Float32Array.from({ length: sets * samples * width }, () => (random.unit() < 0.25 ? 0 : 4 / 3))
  return {
    cell,
    samples,
    steps,
    x: draw(samples * steps * cell.inputs, 2),
    weights: {
      kernel: draw(cell.inputs * columns, 1 / Math.sqrt(cell.inputs)),
      recurrent: draw(cell.units * columns, 1 / Math.sqrt(cell.units)),
      bias: draw(columns, 0.5),
    },
    masks:
      masks === 'none'
        ? undefined
        : {
            input: masks === 'states only' ? undefined : mask(cell.inputs),
            state: masks === 'inputs only' ? undefined : mask(cell.units),
            perGate: masks === 'per gate',
          },
    outputGradient: draw(samples * (cell.returnSequences ? steps : 1) * cell.units, 1),
  }
}

type SizesOf<A> = A extends fc.Arbitrary<infer T> ? T : never

export function asReference({ weights, masks, ...given }: KernelCase): ReferenceCase {
  return {
    ...given,
    ...weights,
    inputMask: masks?.input,
    stateMask: masks?.state,
    perGate: masks?.perGate ?? false,
  }
}

/** The largest difference in relation to the largest value (or to 1e-3 where all are tiny). */
export function apart(mine: ArrayLike<number>, golden: ArrayLike<number>): number {
  if (mine.length !== golden.length) return Number.POSITIVE_INFINITY
  let difference = 0
  let largest = 1e-3
  for (let index = 0; index < golden.length; index++) {
    const distance = Math.abs(mine[index]! - golden[index]!)
    // Also catches what is not a number, which compares with nothing.
    if (!(distance <= difference)) difference = Number.isNaN(distance) ? Number.POSITIVE_INFINITY : distance
    largest = Math.max(largest, Math.abs(golden[index]!))
  }
  return difference / largest
}
