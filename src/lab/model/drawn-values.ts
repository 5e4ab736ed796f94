import type { Random } from '../../domain/random.ts'
import { glorotUniform, orthonormalRows, uniform } from '../../networks/initial-weights.ts'

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
  switch (name) {
    case 'kernel':
      return glorotUniform(rows, columns, random)
    case 'embeddings':
      return uniform(rows * columns, 0.05, random)
    case 'recurrent_kernel':
      return orthonormalRows(rows, columns, random)
    default:
      return undefined
  }
}
