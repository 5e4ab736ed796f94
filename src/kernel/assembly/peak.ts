import { all, multiplyAdd } from './simd-lanes'

/** What one multiply-add of four lanes counts, and how many of them one turn of the loop below holds. */
export const FLOPS_PER_ITERATION: i32 = 12 * 4 * 2

/** Nothing but multiply-adds, twelve independent sums: the machine's peak, which the benchmark measures against. */
export function multiplyAddPeak(iterations: i32): f32 {
  const by = all(0.999)
  const plus = all(0.1)
  let a = all(0)
  let b = all(1)
  let c = all(2)
  let d = all(3)
  let e = all(4)
  let f = all(5)
  let g = all(6)
  let h = all(7)
  let i = all(8)
  let j = all(9)
  let k = all(10)
  let l = all(11)
  do {
    a = multiplyAdd(a, by, plus)
    b = multiplyAdd(b, by, plus)
    c = multiplyAdd(c, by, plus)
    d = multiplyAdd(d, by, plus)
    e = multiplyAdd(e, by, plus)
    f = multiplyAdd(f, by, plus)
    g = multiplyAdd(g, by, plus)
    h = multiplyAdd(h, by, plus)
    i = multiplyAdd(i, by, plus)
    j = multiplyAdd(j, by, plus)
    k = multiplyAdd(k, by, plus)
    l = multiplyAdd(l, by, plus)
  } while (--iterations)
  const abc = f32x4.add(f32x4.add(a, b), c)
  const def = f32x4.add(f32x4.add(d, e), f)
  const ghi = f32x4.add(f32x4.add(g, h), i)
  const jkl = f32x4.add(f32x4.add(j, k), l)
  return f32x4.extract_lane(f32x4.add(f32x4.add(abc, def), f32x4.add(ghi, jkl)), 0)
}
