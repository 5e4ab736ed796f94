import type { Random } from '../../domain/random.ts'

/** A weight that is to be drawn: its name in its layer, as TensorFlow.js has it, and its shape. */
export interface DrawnWeight {
  readonly name: string
  readonly shape: readonly number[]
}

/**
 * First values as Keras draws them: kernels Glorot uniform, recurrent kernels with orthonormal rows, embeddings within
 * 0.05 of zero. Undefined for what Keras does not draw. By hand, because the library gives both directions of a
 * bidirectional layer the same seed, and takes seconds for orthogonal ones.
 */
export function drawnValues({ name, shape }: DrawnWeight, random: Random): Float32Array | undefined {
  const [rows = 1, columns = 1] = shape
  const within = (limit: number) =>
    Float32Array.from({ length: rows * columns }, () => limit * (2 * random.unit() - 1))
  switch (name) {
    case 'kernel':
      return within(Math.sqrt(6 / (rows + columns)))
    case 'embeddings':
      return within(0.05)
    case 'recurrent_kernel':
      return orthonormalRows(rows, columns, random)
    default:
      return undefined
  }
}

/** By Gram and Schmidt, in double precision; there must be at least as many columns as rows. */
function orthonormalRows(rows: number, columns: number, random: Random): Float32Array {
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
