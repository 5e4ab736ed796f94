import { both, multiplyAdd, sumOf } from './lanes'

/**
 * into = A x, for a symmetric A in bands of four rows (`operations.ts` beside this folder has the layout). What lies
 * before a band's diagonal block serves twice, for the rows it is in and for those it mirrors, so A is read once.
 */
export function symv(size: i32, matrix: usize, x: usize, into: usize): void {
  memory.fill(into, 0, (<usize>size) << 3)
  let a = matrix
  for (let row = 0; row < size; row += 4) {
    const diagonal = (<usize>row) << 3
    const next = diagonal + 32
    const b = a + next
    const c = b + next
    const d = c + next
    const x0 = both(x + diagonal)
    const x1 = both(x + diagonal + 8)
    const x2 = both(x + diagonal + 16)
    const x3 = both(x + diagonal + 24)
    let s0 = f64x2.splat(0)
    let s1 = s0
    let s2 = s0
    let s3 = s0
    let column: usize = 0
    for (; column < diagonal; column += 16) {
      const a0 = v128.load(a + column)
      const a1 = v128.load(b + column)
      const a2 = v128.load(c + column)
      const a3 = v128.load(d + column)
      const value = v128.load(x + column)
      s0 = multiplyAdd(a0, value, s0)
      s1 = multiplyAdd(a1, value, s1)
      s2 = multiplyAdd(a2, value, s2)
      s3 = multiplyAdd(a3, value, s3)
      const even = multiplyAdd(a2, x2, multiplyAdd(a0, x0, v128.load(into + column)))
      v128.store(into + column, f64x2.add(even, multiplyAdd(a3, x3, f64x2.mul(a1, x1))))
    }
    for (; column < next; column += 16) {
      const value = v128.load(x + column)
      s0 = multiplyAdd(v128.load(a + column), value, s0)
      s1 = multiplyAdd(v128.load(b + column), value, s1)
      s2 = multiplyAdd(v128.load(c + column), value, s2)
      s3 = multiplyAdd(v128.load(d + column), value, s3)
    }
    store<f64>(into + diagonal, sumOf(s0))
    store<f64>(into + diagonal, sumOf(s1), 8)
    store<f64>(into + diagonal, sumOf(s2), 16)
    store<f64>(into + diagonal, sumOf(s3), 24)
    a = d + next
  }
}
