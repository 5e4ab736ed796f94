import {
  ABOVE,
  BELOW,
  constant,
  FIFTH,
  HALF,
  MINUS_SATURATED,
  multiplyAdd,
  ONE,
  SATURATED,
  subtractProduct,
  ZERO,
} from './lanes'

/** What a gate may be activated with. */
export const SIGMOID: i32 = 0
export const HARD_SIGMOID: i32 = 1
/** What a candidate (and an LSTM's output) may be activated with. */
export const TANH: i32 = 0
export const RELU: i32 = 1

/** Between two bounds; what is not a number stays so, hence the order of the operands. */
@inline
function clamp(x: v128, low: v128, high: v128): v128 {
  return f32x4.pmax(f32x4.pmin(x, high), low)
}

/** An odd 13th over an even 6th degree polynomial, as in Eigen: at most 3e-7 from tanh anywhere, exact at 0. */
@inline
export function tanh(input: v128): v128 {
  const x = clamp(input, constant(MINUS_SATURATED), constant(SATURATED))
  const y = f32x4.mul(x, x)
  let p = multiplyAdd(constant(ABOVE), y, constant(ABOVE + 1))
  p = multiplyAdd(p, y, constant(ABOVE + 2))
  p = multiplyAdd(p, y, constant(ABOVE + 3))
  p = multiplyAdd(p, y, constant(ABOVE + 4))
  p = multiplyAdd(p, y, constant(ABOVE + 5))
  p = multiplyAdd(p, y, constant(ABOVE + 6))
  let q = multiplyAdd(constant(BELOW), y, constant(BELOW + 1))
  q = multiplyAdd(q, y, constant(BELOW + 2))
  q = multiplyAdd(q, y, constant(BELOW + 3))
  return f32x4.div(f32x4.mul(p, x), q)
}

@inline
function sigmoid(x: v128): v128 {
  const half = constant(HALF)
  return multiplyAdd(tanh(f32x4.mul(x, half)), half, half)
}

/** Keras's: 0.2 x + 0.5, cut off at 0 and 1. */
@inline
function hardSigmoid(x: v128): v128 {
  return clamp(multiplyAdd(x, constant(FIFTH), constant(HALF)), constant(ZERO), constant(ONE))
}

@inline
export function gate(kind: i32, x: v128): v128 {
  return kind == HARD_SIGMOID ? hardSigmoid(x) : sigmoid(x)
}

/** The slope of a gate from its value. */
@inline
export function gateSlope(kind: i32, y: v128): v128 {
  if (kind == HARD_SIGMOID) {
    const inside = v128.and(f32x4.gt(y, constant(ZERO)), f32x4.lt(y, constant(ONE)))
    return v128.and(inside, constant(FIFTH))
  }
  return subtractProduct(y, y, y)
}

@inline
export function candidate(kind: i32, x: v128): v128 {
  return kind == RELU ? f32x4.pmax(x, constant(ZERO)) : tanh(x)
}

/** The slope of a candidate from its value. */
@inline
export function candidateSlope(kind: i32, y: v128): v128 {
  if (kind == RELU) return v128.and(f32x4.gt(y, constant(ZERO)), constant(ONE))
  return subtractProduct(y, y, constant(ONE))
}
