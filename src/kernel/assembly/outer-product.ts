import { multiplyAdd } from './simd-lanes'

/*
 * What the weights' gradients are made of: C += A^T x B over the rows of a block of samples and a few time steps, and
 * sums of B's columns. Tiles as in product.ts, but both A and B move on by a row for each term.
 */

/** `columns` is a multiple of 8; A is [terms][rows], B [terms][columns], C [rows][columns]; `...Row` in bytes. */
export function addOuter(
  terms: i32,
  rows: i32,
  columns: i32,
  a: usize,
  aRow: usize,
  b: usize,
  bRow: usize,
  c: usize,
  cRow: usize,
): void {
  let column = 0
  for (; column + 16 <= columns; column += 16) {
    const at = (<usize>column) << 2
    let row = 0
    for (; row + 2 <= rows; row += 2) {
      tile(2, true, terms, a + ((<usize>row) << 2), aRow, b + at, bRow, c + <usize>row * cRow + at, cRow)
    }
    if (row < rows) {
      tile(1, true, terms, a + ((<usize>row) << 2), aRow, b + at, bRow, c + <usize>row * cRow + at, cRow)
    }
  }
  if (column < columns) {
    const at = (<usize>column) << 2
    let row = 0
    for (; row + 2 <= rows; row += 2) {
      tile(2, false, terms, a + ((<usize>row) << 2), aRow, b + at, bRow, c + <usize>row * cRow + at, cRow)
    }
    if (row < rows) {
      tile(1, false, terms, a + ((<usize>row) << 2), aRow, b + at, bRow, c + <usize>row * cRow + at, cRow)
    }
  }
}

/** c += the sums of B's columns. */
export function addColumnSums(terms: i32, columns: i32, b: usize, bRow: usize, c: usize): void {
  for (let column = 0; column < columns; column += 8) {
    let s0 = v128.load(c)
    let s1 = v128.load(c, 16)
    let at = b
    let k = terms
    do {
      s0 = f32x4.add(s0, v128.load(at))
      s1 = f32x4.add(s1, v128.load(at, 16))
      at += bRow
    } while (--k)
    v128.store(c, s0)
    v128.store(c, s1, 16)
    b += 32
    c += 32
  }
}

@inline
function tile(
  rows: i32,
  wide: bool,
  terms: i32,
  a0: usize,
  aRow: usize,
  b0: usize,
  bRow: usize,
  c0: usize,
  cRow: usize,
): void {
  const c1 = c0 + cRow
  let s00 = v128.load(c0)
  let s01 = v128.load(c0, 16)
  let s02 = s00
  let s03 = s00
  let s10 = s00
  let s11 = s00
  let s12 = s00
  let s13 = s00
  if (wide) {
    s02 = v128.load(c0, 32)
    s03 = v128.load(c0, 48)
  }
  if (rows == 2) {
    s10 = v128.load(c1)
    s11 = v128.load(c1, 16)
    if (wide) {
      s12 = v128.load(c1, 32)
      s13 = v128.load(c1, 48)
    }
  }
  let a = a0
  let b = b0
  const end = b0 + <usize>terms * bRow
  do {
    const y0 = v128.load(b)
    const y1 = v128.load(b, 16)
    const x0 = v128.load_splat<f32>(a)
    s00 = multiplyAdd(x0, y0, s00)
    s01 = multiplyAdd(x0, y1, s01)
    if (rows == 2) {
      const x1 = v128.load_splat<f32>(a, 4)
      s10 = multiplyAdd(x1, y0, s10)
      s11 = multiplyAdd(x1, y1, s11)
      if (wide) {
        const y2 = v128.load(b, 32)
        const y3 = v128.load(b, 48)
        s02 = multiplyAdd(x0, y2, s02)
        s03 = multiplyAdd(x0, y3, s03)
        s12 = multiplyAdd(x1, y2, s12)
        s13 = multiplyAdd(x1, y3, s13)
      }
    } else if (wide) {
      s02 = multiplyAdd(x0, v128.load(b, 32), s02)
      s03 = multiplyAdd(x0, v128.load(b, 48), s03)
    }
    a += aRow
    b += bRow
  } while (b < end)
  v128.store(c0, s00)
  v128.store(c0, s01, 16)
  if (wide) {
    v128.store(c0, s02, 32)
    v128.store(c0, s03, 48)
  }
  if (rows == 2) {
    v128.store(c1, s10)
    v128.store(c1, s11, 16)
    if (wide) {
      v128.store(c1, s12, 32)
      v128.store(c1, s13, 48)
    }
  }
}
