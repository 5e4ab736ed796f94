import type { NetworkSpec } from '../domain/weights.ts'
import type { Cell, CellWeights } from '../kernel/cell.ts'
import type { NetworkParts } from './network-parts.ts'

/** One direction of one of a network's recurrent layers, as the kernel computes it. */
export interface KernelLayer {
  readonly cell: Cell
  readonly weights: CellWeights
}

/** A network's recurrent layers from below, each with its one direction or two: the second goes backwards. */
export function kernelStack({ cell: kind }: NetworkSpec, { stack }: NetworkParts): KernelLayer[][] {
  return stack.map((directions, index) =>
    directions.map((weights, direction) => {
      const { inputs, units } = weights
      const [returnSequences, goBackwards] = [index < stack.length - 1, direction === 1]
      const cell = {
        kind,
        inputs,
        units,
        gate: 'sigmoid',
        candidate: 'tanh',
        returnSequences,
        goBackwards,
      } as const
      return { cell, weights }
    }),
  )
}
