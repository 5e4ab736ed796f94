import { kernelOperations } from './kernel-operations.ts'
import type { Gains, Operations } from './operations.ts'
import { plainOperations } from './plain-operations.ts'
import { PANEL_ROWS, type Solution } from './solution.ts'

/** Where a solution is worked on: what can be made again from it at any time, and is no part of what it knows. */
export interface Workspace {
  readonly operations: Operations
  /**
   * Scratch, overwritten at every use. Shapes: row, gain [column]; predicted, innovations [output]; projections
   * [gain].
   */
  readonly row: Float64Array
  readonly gain: Float64Array
  readonly predicted: Float64Array
  readonly innovations: Float64Array
  readonly projections: Float64Array
}

/** By the buffer that the arrays of a solution lie in. Only buffers made here are in it, each for one solution. */
const workspaces = new WeakMap<ArrayBufferLike, Workspace>()

/** The workspace of a solution; one that has none (it is new, or has just been read) is moved into its own first. */
export function workspaceOf(solution: Solution): Workspace {
  return workspaces.get(solution.inverse.buffer) ?? moveInto(kernelOperations() ?? plainOperations, solution)
}

/**
 * Lays the arrays of a solution out where these operations reach them. It is moved even where any array would do:
 * solutions that were read from one buffer share it.
 */
export function moveInto(operations: Operations, solution: Solution): Workspace {
  const { inverse, weights, panels, scaled } = solution
  const size = panels.length / PANEL_ROWS
  const outputs = weights.length / size
  const laidOut = operations.arrays({
    inverse: inverse.length,
    weights: weights.length,
    panels: panels.length,
    scaled: scaled.length,
    projections: PANEL_ROWS,
    row: size,
    gain: size,
    predicted: outputs,
    innovations: outputs,
  })
  for (const name of ['inverse', 'weights', 'panels', 'scaled'] as const) {
    laidOut[name].set(solution[name])
    solution[name] = laidOut[name]
  }
  const { projections, row, gain, predicted, innovations } = laidOut
  const workspace = { operations, projections, row, gain, predicted, innovations }
  workspaces.set(solution.inverse.buffer, workspace)
  return workspace
}

export function gainsOf({ panels, scaled, pending }: Solution, { projections }: Workspace): Gains {
  return { panels, scaled, projections, count: pending }
}
