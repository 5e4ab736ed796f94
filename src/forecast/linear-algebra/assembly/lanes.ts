/*
 * Arithmetic on two doubles at once. The one source is built twice: with relaxed SIMD a product and a sum become one
 * fused instruction, rounded once; with plain SIMD they stay two. Nothing else differs between the builds.
 */

/** a x b + c. */
@inline
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f64x2.relaxed_madd(a, b, c)
  return f64x2.add(f64x2.mul(a, b), c)
}

/** c - a x b. */
@inline
export function subtractProduct(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f64x2.relaxed_nmadd(a, b, c)
  return f64x2.sub(c, f64x2.mul(a, b))
}

/** The same number in both lanes. */
@inline
export function both(at: usize): v128 {
  return v128.load_splat<f64>(at)
}

@inline
export function sumOf(x: v128): f64 {
  return f64x2.extract_lane(x, 0) + f64x2.extract_lane(x, 1)
}
