import {
  constant,
  FIFTH,
  HALF,
  multiplyAdd,
  ONE,
  SIGMOID_CURVE,
  subtractProduct,
  TANH_CURVE,
  ZERO,
} from './simd-lanes'

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

/**
 * An odd 7th over an even 8th degree polynomial, the best one between the bounds that is x near 0 (found by Lawson's
 * weighted least squares): of tanh at most 5e-7 off anywhere, most of which is the bounds' and single precision's.
 */
@inline
function curve(
  unbounded: v128,
  low: v128,
  high: v128,
  p0: v128,
  p1: v128,
  p2: v128,
  p3: v128,
  q0: v128,
  q1: v128,
  q2: v128,
  q3: v128,
  q4: v128,
): v128 {
  const x = clamp(unbounded, low, high)
  const y = f32x4.mul(x, x)
  const q = multiplyAdd(multiplyAdd(multiplyAdd(multiplyAdd(q4, y, q3), y, q2), y, q1), y, q0)
  const p = multiplyAdd(multiplyAdd(multiplyAdd(p3, y, p2), y, p1), y, p0)
  return f32x4.div(f32x4.mul(p, x), q)
}

@inline
export function tanh(x: v128): v128 {
  return curve(
    x,
    constant(TANH_CURVE),
    constant(TANH_CURVE + 1),
    constant(TANH_CURVE + 2),
    constant(TANH_CURVE + 3),
    constant(TANH_CURVE + 4),
    constant(TANH_CURVE + 5),
    constant(TANH_CURVE + 6),
    constant(TANH_CURVE + 7),
    constant(TANH_CURVE + 8),
    constant(TANH_CURVE + 9),
    constant(TANH_CURVE + 10),
  )
}

/** Activates sums in place, `count` of them, a multiple of 4. */
export function activateGates(kind: i32, at: usize, count: i32): void {
  const half = constant(HALF)
  if (kind == HARD_SIGMOID) {
    // Keras's: 0.2 x + 0.5, cut off at 0 and 1.
    for (; count > 0; count -= 4) {
      v128.store(at, clamp(multiplyAdd(v128.load(at), constant(FIFTH), half), constant(ZERO), constant(ONE)))
      at += 16
    }
    return
  }
  const low = constant(SIGMOID_CURVE)
  const high = constant(SIGMOID_CURVE + 1)
  const p0 = constant(SIGMOID_CURVE + 2)
  const p1 = constant(SIGMOID_CURVE + 3)
  const p2 = constant(SIGMOID_CURVE + 4)
  const p3 = constant(SIGMOID_CURVE + 5)
  const q1 = constant(SIGMOID_CURVE + 7)
  const q2 = constant(SIGMOID_CURVE + 8)
  const q3 = constant(SIGMOID_CURVE + 9)
  const q4 = constant(SIGMOID_CURVE + 10)
  for (; count > 0; count -= 4) {
    v128.store(at, f32x4.add(curve(v128.load(at), low, high, p0, p1, p2, p3, half, q1, q2, q3, q4), half))
    at += 16
  }
}

/** Activates sums, `count` of them, a multiple of 4; `to` may be where they are. */
export function activateCandidates(kind: i32, to: usize, from: usize, count: i32): void {
  if (kind == RELU) {
    for (; count > 0; count -= 4) {
      v128.store(to, f32x4.pmax(v128.load(from), constant(ZERO)))
      from += 16
      to += 16
    }
    return
  }
  const low = constant(TANH_CURVE)
  const high = constant(TANH_CURVE + 1)
  const p1 = constant(TANH_CURVE + 3)
  const p2 = constant(TANH_CURVE + 4)
  const p3 = constant(TANH_CURVE + 5)
  const one = constant(ONE)
  const q1 = constant(TANH_CURVE + 7)
  const q2 = constant(TANH_CURVE + 8)
  const q3 = constant(TANH_CURVE + 9)
  const q4 = constant(TANH_CURVE + 10)
  for (; count > 0; count -= 4) {
    v128.store(to, curve(v128.load(from), low, high, one, p1, p2, p3, one, q1, q2, q3, q4))
    from += 16
    to += 16
  }
}

/** The gradient of a gate from its value. */
@inline
export function gateDerivative(kind: i32, y: v128): v128 {
  if (kind == HARD_SIGMOID) {
    const inside = v128.and(f32x4.gt(y, constant(ZERO)), f32x4.lt(y, constant(ONE)))
    return v128.and(inside, constant(FIFTH))
  }
  return subtractProduct(y, y, y)
}

/** The gradient of a candidate from its value. */
@inline
export function candidateDerivative(kind: i32, y: v128): v128 {
  if (kind == RELU) return v128.and(f32x4.gt(y, constant(ZERO)), constant(ONE))
  return subtractProduct(y, y, constant(ONE))
}
