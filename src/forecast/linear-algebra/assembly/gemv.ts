import { both, multiplyAdd } from './lanes'

/* Weights are [column][output], with a multiple of eight outputs: what a tile of four sums works off at once. */

/** into [output] = weights' row: the transposed matrix times a vector. */
export function gemv(columns: i32, outputs: i32, weights: usize, row: usize, into: usize): void {
  const wide = (<usize>outputs) << 3
  for (let output: usize = 0; output < wide; output += 64) {
    let s0 = f64x2.splat(0)
    let s1 = s0
    let s2 = s0
    let s3 = s0
    let at = weights + output
    for (let column = 0; column < columns; column++) {
      const by = both(row + ((<usize>column) << 3))
      s0 = multiplyAdd(by, v128.load(at), s0)
      s1 = multiplyAdd(by, v128.load(at, 16), s1)
      s2 = multiplyAdd(by, v128.load(at, 32), s2)
      s3 = multiplyAdd(by, v128.load(at, 48), s3)
      at += wide
    }
    v128.store(into + output, s0)
    v128.store(into + output, s1, 16)
    v128.store(into + output, s2, 32)
    v128.store(into + output, s3, 48)
  }
}

/** weights += gain [column] innovations' [output]: a rank-one update. */
export function ger(columns: i32, outputs: i32, weights: usize, gain: usize, innovations: usize): void {
  const wide = (<usize>outputs) << 3
  let at = weights
  for (let column = 0; column < columns; column++) {
    const by = both(gain + ((<usize>column) << 3))
    for (let output: usize = 0; output < wide; output += 16) {
      v128.store(at, multiplyAdd(by, v128.load(innovations + output), v128.load(at)))
      at += 16
    }
  }
}
