import { type Random, seededRandom } from '../domain/random.ts'
import type { NetworkSpec } from '../domain/weights.ts'
import { initialHead } from './head.ts'
import { sizeOf, stateWidth, weightShapes } from './network-layout.ts'

/**
 * A recurrent network as it is before it has learnt anything, drawn from the seed, all in one array. Kernels and
 * recurrent kernels are Glorot uniform, biases zero, an LSTM's of its forget gate too. Recurrent kernels are not
 * orthogonal, as Keras draws them: here that gained nothing measurable.
 */
export function initialNetwork(spec: NetworkSpec, seed: number): Float32Array {
  const random = seededRandom(seed)
  const layers = weightShapes(spec)
    .filter(({ role }) => role !== 'head')
    .map(({ role, shape }) => {
      const [rows = 1, columns = 1] = shape
      return role === 'bias' ? new Float32Array(sizeOf(shape)) : glorotUniform(rows, columns, random)
    })
  const arrays = [...layers, ...initialHead(stateWidth(spec), random)]
  const parameters = new Float32Array(arrays.reduce((length, array) => length + array.length, 0))
  let at = 0
  for (const array of arrays) {
    parameters.set(array, at)
    at += array.length
  }
  return parameters
}

/** Shape [row][column], evenly within sqrt(6 / (rows + columns)) of zero (Glorot and Bengio 2010). */
export function glorotUniform(rows: number, columns: number, random: Random): Float32Array {
  return uniform(rows * columns, Math.sqrt(6 / (rows + columns)), random)
}

/** So many values evenly within `limit` of zero. */
export function uniform(length: number, limit: number, random: Random): Float32Array {
  return Float32Array.from({ length }, () => limit * (2 * random.unit() - 1))
}

/** Shape [row][column], rows orthonormal; by Gram and Schmidt, in double precision. No more rows than columns. */
export function orthonormalRows(rows: number, columns: number, random: Random): Float32Array {
  const found: Float64Array[] = []
  while (found.length < rows) {
    const row = Float64Array.from({ length: columns }, () => normal(random))
    for (const other of found) addTo(row, other, -dot(row, other))
    const length = Math.sqrt(dot(row, row))
    found.push(row.map((value) => value / length))
  }
  return Float32Array.from(found.flatMap((row) => [...row]))
}

function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.unit())) * Math.cos(2 * Math.PI * random.unit())
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let index = 0; index < a.length; index++) sum += a[index]! * b[index]!
  return sum
}

function addTo(a: Float64Array, b: Float64Array, factor: number): void {
  for (let index = 0; index < a.length; index++) a[index]! += factor * b[index]!
}
