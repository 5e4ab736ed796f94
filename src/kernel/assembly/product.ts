import { all, multiplyAdd } from './simd-lanes'

/*
 * C = start + A x B, where B has been packed into panels of 16 columns (the last one of 8, where need be). A tile is
 * 2 rows x 16 columns: eight sums, which is what two multiply-adds a cycle of four cycles' latency need, with four
 * loads of B and two of A beside them in V8's fifteen vector registers. Unrolling the loop over K by hand spills.
 */

/** What the sums start from: nothing, one row of biases, or what C holds. */
export const FROM_ZERO: i32 = 0
export const FROM_BIAS: i32 = 1
export const FROM_RESULT: i32 = 2

/** Columns of a panel. */
export const PANEL: i32 = 16
export const HALF_PANEL: i32 = 8

/** `columns` is a multiple of 8, all else is free. */
export function product(
  start: i32,
  rows: i32,
  columns: i32,
  terms: i32,
  left: usize,
  leftRow: usize,
  panels: usize,
  panelRows: i32,
  panelFrom: i32,
  result: usize,
  resultRow: usize,
  bias: usize,
): void {
  let column = 0
  for (; column + PANEL <= columns; column += PANEL) {
    const panel = panels + ((<usize>(column * panelRows + panelFrom * PANEL)) << 2)
    const at = (<usize>column) << 2
    let a = left
    let c = result + at
    let row = 0
    for (; row + 2 <= rows; row += 2) {
      tile(2, true, start, terms, a, leftRow, panel, c, resultRow, bias + at)
      a += leftRow << 1
      c += resultRow << 1
    }
    if (row < rows) tile(1, true, start, terms, a, leftRow, panel, c, resultRow, bias + at)
  }
  if (column < columns) {
    const panel = panels + ((<usize>(column * panelRows + panelFrom * HALF_PANEL)) << 2)
    const at = (<usize>column) << 2
    let a = left
    let c = result + at
    let row = 0
    for (; row + 2 <= rows; row += 2) {
      tile(2, false, start, terms, a, leftRow, panel, c, resultRow, bias + at)
      a += leftRow << 1
      c += resultRow << 1
    }
    if (row < rows) tile(1, false, start, terms, a, leftRow, panel, c, resultRow, bias + at)
  }
}

/** `rows` (1 or 2) and `wide` (16 columns, else 8) are constants where this is inlined: the rest falls away. */
@inline
function tile(
  rows: i32,
  wide: bool,
  start: i32,
  terms: i32,
  a0: usize,
  leftRow: usize,
  panel: usize,
  c0: usize,
  resultRow: usize,
  bias: usize,
): void {
  const c1 = c0 + resultRow
  let s00 = all(0)
  let s01 = s00
  let s02 = s00
  let s03 = s00
  let s10 = s00
  let s11 = s00
  let s12 = s00
  let s13 = s00
  if (start == FROM_BIAS) {
    s00 = v128.load(bias)
    s01 = v128.load(bias, 16)
    s10 = s00
    s11 = s01
    if (wide) {
      s02 = v128.load(bias, 32)
      s03 = v128.load(bias, 48)
      s12 = s02
      s13 = s03
    }
  } else if (start == FROM_RESULT) {
    s00 = v128.load(c0)
    s01 = v128.load(c0, 16)
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
  }
  let a = a0
  let b = panel
  const end = a0 + ((<usize>terms) << 2)
  do {
    const b0 = v128.load(b)
    const b1 = v128.load(b, 16)
    const x0 = v128.load_splat<f32>(a)
    s00 = multiplyAdd(x0, b0, s00)
    s01 = multiplyAdd(x0, b1, s01)
    if (rows == 2) {
      const x1 = v128.load_splat<f32>(a + leftRow)
      s10 = multiplyAdd(x1, b0, s10)
      s11 = multiplyAdd(x1, b1, s11)
      if (wide) {
        const b2 = v128.load(b, 32)
        const b3 = v128.load(b, 48)
        s02 = multiplyAdd(x0, b2, s02)
        s03 = multiplyAdd(x0, b3, s03)
        s12 = multiplyAdd(x1, b2, s12)
        s13 = multiplyAdd(x1, b3, s13)
      }
    } else if (wide) {
      s02 = multiplyAdd(x0, v128.load(b, 32), s02)
      s03 = multiplyAdd(x0, v128.load(b, 48), s03)
    }
    a += 4
    b += wide ? 64 : 32
  } while (a < end)
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
