/*
 * Arithmetic on four floats at once. The one source is built twice: with relaxed SIMD a product and a sum become one
 * fused instruction, rounded once; with plain SIMD they stay two. Nothing else differs between the builds.
 */

/** a x b + c. */
@inline
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c)
  return f32x4.add(f32x4.mul(a, b), c)
}

/** c - a x b. */
@inline
export function subtractProduct(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_nmadd(a, b, c)
  return f32x4.sub(c, f32x4.mul(a, b))
}

@inline
export function all(x: f32): v128 {
  return f32x4.splat(x)
}

/*
 * V8 makes a constant of four lanes anew wherever it is used, in some five instructions; a load from memory is one.
 * Hence constants of inner loops lie here.
 */
const CONSTANTS = memory.data<f32>([
  1.0, 0.5, 0.2, 0.0, 7.90531111, -7.90531111, -2.76076847742355e-16, 2.00018790482477e-13,
  -8.60467152213735e-11, 5.12229709037114e-8, 1.48572235717979e-5, 6.37261928875436e-4, 4.89352455891786e-3,
  1.19825839466702e-6, 1.18534705686654e-4, 2.268434632439e-3, 4.89352518554385e-3,
])

/** One of them in all lanes. */
@inline
export function constant(index: usize): v128 {
  return v128.load_splat<f32>(CONSTANTS + (index << 2))
}

export const ONE: usize = 0
export const HALF: usize = 1
export const FIFTH: usize = 2
export const ZERO: usize = 3
/** Where tanh is 1 in single precision, and -1. */
export const SATURATED: usize = 4
export const MINUS_SATURATED: usize = 5
/** Of tanh's approximation, highest power first: seven above the line, four below. */
export const ABOVE: usize = 6
export const BELOW: usize = 13
