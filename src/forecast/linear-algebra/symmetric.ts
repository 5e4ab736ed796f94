/**
 * A symmetric matrix as the packed rows of its lower triangle, with the one step that recursive least squares takes
 * again and again. Rows are worked off four at a time, which is three times as fast as one at a time: `SIDE` says
 * what the size is to be a multiple of.
 */
export const SIDE = 4

export function packedLength(size: number): number {
  return (size * (size + 1)) / 2
}

/**
 * A -= factor u u', then into = A x, in one pass over A: it is larger than the cache that is near. Shapes: packed
 * [lower triangle], u, x, into [size]; size a multiple of SIDE.
 */
export function lessenAndMultiply(
  packed: Float64Array,
  { u, factor, x, into }: { u: Float64Array; factor: number; x: Float64Array; into: Float64Array },
): void {
  into.fill(0)
  for (let row = 0; row < x.length; row += SIDE) {
    const first = packedLength(row)
    const second = first + row + 1
    const third = second + row + 2
    const fourth = third + row + 3
    const x0 = x[row]!
    const x1 = x[row + 1]!
    const x2 = x[row + 2]!
    const x3 = x[row + 3]!
    const u0 = factor * u[row]!
    const u1 = factor * u[row + 1]!
    const u2 = factor * u[row + 2]!
    const u3 = factor * u[row + 3]!
    let sum0 = 0
    let sum1 = 0
    let sum2 = 0
    let sum3 = 0
    for (let column = 0; column < row; column++) {
      const across = u[column]!
      const value = x[column]!
      const a = packed[first + column]! - u0 * across
      const b = packed[second + column]! - u1 * across
      const c = packed[third + column]! - u2 * across
      const d = packed[fourth + column]! - u3 * across
      packed[first + column] = a
      packed[second + column] = b
      packed[third + column] = c
      packed[fourth + column] = d
      sum0 += a * value
      sum1 += b * value
      sum2 += c * value
      sum3 += d * value
      into[column]! += a * x0 + b * x1 + (c * x2 + d * x3)
    }
    into[row]! += sum0
    into[row + 1]! += sum1
    into[row + 2]! += sum2
    into[row + 3]! += sum3
    corner(packed, row, { u, factor, x, into })
  }
}

/** The same for what lies on and next to the diagonal, where both halves of A are at hand. */
function corner(
  packed: Float64Array,
  from: number,
  { u, factor, x, into }: { u: Float64Array; factor: number; x: Float64Array; into: Float64Array },
): void {
  for (let row = from; row < from + SIDE; row++) {
    const start = packedLength(row)
    const along = factor * u[row]!
    for (let column = from; column <= row; column++) {
      const value = packed[start + column]! - along * u[column]!
      packed[start + column] = value
      into[row]! += value * x[column]!
      if (column < row) into[column]! += value * x[row]!
    }
  }
}
