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
 * Hence constants of inner loops lie here. A loop that uses many reads them before it begins: V8 keeps locals in
 * registers, but moves no load out of a loop.
 */
const CONSTANTS = memory.data<f32>([
  1.0, 0.5, 0.2, 0.0,
  // TANH_CURVE: bounds, then coefficients of even powers, above the line and below.
  -7.9, 7.9, 1.0, 0.12933693826198578, 0.002959691220894456, 1.1523681678227149e-5,
  1.0, 0.46266934275627136, 0.023850876837968826, 0.0002399029181106016, 2.490019141987432e-7,
  // SIGMOID_CURVE: the same of x / 2, halved.
  -15.8, 15.8, 0.125, 0.004041779320687056, 2.3122587663237937e-5, 2.25071907777874e-8,
  0.5, 0.05783366784453392, 0.0007453399011865258, 1.874241547739075e-6, 4.863318636694203e-10,
  // GELU_CURVE: the share of the cube, sqrt(2 / pi), half of that, and what the cube's derivative is times.
  0.044715, 0.7978845608, 0.3989422804, 3.0,
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
export const TANH_CURVE: usize = 4
export const SIGMOID_CURVE: usize = 15
export const GELU_CURVE: usize = 26
