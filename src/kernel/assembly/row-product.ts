import { multiplyAdd } from './simd-lanes'
import { FROM_RESULT, PANEL, product } from './product'

/**
 * One row times B, added to what `result` holds: the product of a single window's step. Two panels at a time, since
 * one row of one panel has four sums only, each waiting for itself.
 */
export function addRowProduct(
  columns: i32,
  terms: i32,
  left: usize,
  panels: usize,
  panelRows: i32,
  panelFrom: i32,
  result: usize,
): void {
  let column = 0
  for (; column + 2 * PANEL <= columns; column += 2 * PANEL) {
    const panel = panels + ((<usize>(column * panelRows + panelFrom * PANEL)) << 2)
    rowTile(terms, left, panel, panel + ((<usize>(panelRows * PANEL)) << 2), result + ((<usize>column) << 2))
  }
  if (column == columns) return
  product(
    FROM_RESULT,
    1,
    columns - column,
    terms,
    left,
    0,
    panels + ((<usize>(column * panelRows)) << 2),
    panelRows,
    panelFrom,
    result + ((<usize>column) << 2),
    0,
    0,
  )
}

@inline
function rowTile(terms: i32, left: usize, b: usize, d: usize, c: usize): void {
  let s0 = v128.load(c)
  let s1 = v128.load(c, 16)
  let s2 = v128.load(c, 32)
  let s3 = v128.load(c, 48)
  let s4 = v128.load(c, 64)
  let s5 = v128.load(c, 80)
  let s6 = v128.load(c, 96)
  let s7 = v128.load(c, 112)
  let a = left
  let k = terms
  do {
    const x = v128.load_splat<f32>(a)
    s0 = multiplyAdd(x, v128.load(b), s0)
    s1 = multiplyAdd(x, v128.load(b, 16), s1)
    s2 = multiplyAdd(x, v128.load(b, 32), s2)
    s3 = multiplyAdd(x, v128.load(b, 48), s3)
    // Never so. V8 puts all loads of a stretch without branches before its arithmetic, and eight are too many.
    if (!b) break
    s4 = multiplyAdd(x, v128.load(d), s4)
    s5 = multiplyAdd(x, v128.load(d, 16), s5)
    s6 = multiplyAdd(x, v128.load(d, 32), s6)
    s7 = multiplyAdd(x, v128.load(d, 48), s7)
    a += 4
    b += 64
    d += 64
  } while (--k)
  v128.store(c, s0)
  v128.store(c, s1, 16)
  v128.store(c, s2, 32)
  v128.store(c, s3, 48)
  v128.store(c, s4, 64)
  v128.store(c, s5, 80)
  v128.store(c, s6, 96)
  v128.store(c, s7, 112)
}
