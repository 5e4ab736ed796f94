import type { NetworkSpec, WeightArray } from '../domain/weights.ts'
import { GATES } from '../kernel/cell.ts'
import { featureCount } from './encoding.ts'
import { headShapes } from './head.ts'

/** One of a network's arrays of weights. */
export interface WeightShape {
  readonly role: 'kernel' | 'recurrent' | 'bias' | 'head'
  readonly shape: readonly number[]
}

/** How wide the last state is: both directions' side by side. */
export function stateWidth({ units, bidirectional }: NetworkSpec): number {
  return units.at(-1)! * (bidirectional ? 2 : 1)
}

/**
 * A network's weights in the order in which they lie in one array, which is that of TensorFlow.js: by layer from below
 * and by direction the kernel [input][gate x unit], the recurrent kernel [unit][gate x unit] and the bias
 * [gate x unit]; then the head's.
 */
export function weightShapes(spec: NetworkSpec): WeightShape[] {
  const directions = spec.bidirectional ? 2 : 1
  let inputs = featureCount(spec)
  const layers = spec.units.flatMap((units) => {
    const columns = GATES[spec.cell] * units
    const direction: WeightShape[] = [
      { role: 'kernel', shape: [inputs, columns] },
      { role: 'recurrent', shape: [units, columns] },
      { role: 'bias', shape: [columns] },
    ]
    inputs = directions * units
    return Array.from({ length: directions }, () => direction).flat()
  })
  return [...layers, ...headShapes(stateWidth(spec)).map((shape) => ({ role: 'head', shape }) as const)]
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, side) => size * side, 1)
}

/** How many parameters a network has. */
export function parameterCount(spec: NetworkSpec): number {
  return weightShapes(spec).reduce((count, { shape }) => count + sizeOf(shape), 0)
}

/** Views of one array of parameters in the shapes of the network's weights, in their order. */
export function shapedNetwork(spec: NetworkSpec, parameters: Float32Array): WeightArray[] {
  let at = 0
  return weightShapes(spec).map(({ shape }) => {
    at += sizeOf(shape)
    return { shape, values: parameters.subarray(at - sizeOf(shape), at) }
  })
}
