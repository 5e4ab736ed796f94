import { both, multiplyAdd, subtractProduct, sumOf } from './lanes'

/** into -= the sum of gain_j (scaled_j' x) over `count` gains; `projections` has room for as many numbers. */
export function lowRankCorrection(
  size: i32,
  count: i32,
  block: usize,
  gains: usize,
  scaled: usize,
  x: usize,
  projections: usize,
  into: usize,
): void {
  const end = x + ((<usize>size) << 3)
  for (let j = 0; j < count; j++) {
    let s0 = f64x2.splat(0)
    let s1 = s0
    let at = scaled + ((<usize>j) << 5)
    for (let value = x; value < end; value += 32) {
      s0 = multiplyAdd(v128.load(at), v128.load(value), s0)
      s1 = multiplyAdd(v128.load(at, 16), v128.load(value, 16), s1)
      at += block
    }
    store<f64>(projections + ((<usize>j) << 3), sumOf(f64x2.add(s0, s1)))
  }
  let panel = gains
  for (let column = 0; column < size; column += 4) {
    let g0 = v128.load(into)
    let g1 = v128.load(into, 16)
    let at = panel
    for (let j = 0; j < count; j++) {
      const by = both(projections + ((<usize>j) << 3))
      g0 = subtractProduct(by, v128.load(at), g0)
      g1 = subtractProduct(by, v128.load(at, 16), g1)
      at += 32
    }
    v128.store(into, g0)
    v128.store(into, g1, 16)
    into += 32
    panel += block
  }
}
