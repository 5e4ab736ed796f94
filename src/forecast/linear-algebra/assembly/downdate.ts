import { both, subtractProduct } from './lanes'

/**
 * Symmetric rank-`count` downdate: A -= the sum of scaled_j gain_j', tile by tile of 4 x 4: eight sums, which is what
 * two multiply-adds a cycle of four cycles' latency need. `block` is the bytes that four columns of all gains take.
 */
export function downdate(size: i32, count: i32, block: usize, matrix: usize, gains: usize, scaled: usize): void {
  let a = matrix
  let left = scaled
  for (let row = 0; row < size; row += 4) {
    const next = ((<usize>row) << 3) + 32
    let right = gains
    for (let column: usize = 0; column < next; column += 32) {
      tile(count, a + column, next, left, right)
      right += block
    }
    a += next << 2
    left += block
  }
}

@inline
function tile(count: i32, a: usize, next: usize, left: usize, right: usize): void {
  const b = a + next
  const c = b + next
  const d = c + next
  let a0 = v128.load(a)
  let a1 = v128.load(a, 16)
  let b0 = v128.load(b)
  let b1 = v128.load(b, 16)
  let c0 = v128.load(c)
  let c1 = v128.load(c, 16)
  let d0 = v128.load(d)
  let d1 = v128.load(d, 16)
  let u = left
  let v = right
  let k = count
  do {
    const v0 = v128.load(v)
    const v1 = v128.load(v, 16)
    let by = both(u)
    a0 = subtractProduct(by, v0, a0)
    a1 = subtractProduct(by, v1, a1)
    by = both(u + 8)
    b0 = subtractProduct(by, v0, b0)
    b1 = subtractProduct(by, v1, b1)
    by = both(u + 16)
    c0 = subtractProduct(by, v0, c0)
    c1 = subtractProduct(by, v1, c1)
    by = both(u + 24)
    d0 = subtractProduct(by, v0, d0)
    d1 = subtractProduct(by, v1, d1)
    u += 32
    v += 32
  } while (--k)
  v128.store(a, a0)
  v128.store(a, a1, 16)
  v128.store(b, b0)
  v128.store(b, b1, 16)
  v128.store(c, c0)
  v128.store(c, c1, 16)
  v128.store(d, d0)
  v128.store(d, d1, 16)
}
