import { tanh } from './activations'
import { constant, GELU_CURVE, HALF, multiplyAdd, ONE } from './simd-lanes'

/**
 * GELU by its tanh form, times the mask where there is one; sums are replaced by its gradient times the mask. `count`: a
 * multiple of 4.
 */
export function activateGelu(count: i32, sums: usize, masks: usize, actives: usize): void {
  const one = constant(ONE)
  const half = constant(HALF)
  const cubic = constant(GELU_CURVE)
  const steep = constant(GELU_CURVE + 1)
  const halfSteep = constant(GELU_CURVE + 2)
  const three = constant(GELU_CURVE + 3)
  for (let i = 0; i < count; i += 4) {
    const at = (<usize>i) << 2
    const x = v128.load(sums + at)
    const mask = masks ? v128.load(masks + at) : one
    const cubed = f32x4.mul(f32x4.mul(x, x), cubic)
    const t = tanh(f32x4.mul(f32x4.mul(x, steep), f32x4.add(cubed, one)))
    const range = multiplyAdd(t, half, half)
    const steepness = f32x4.mul(multiplyAdd(cubed, three, one), halfSteep)
    const curve = f32x4.mul(f32x4.mul(x, f32x4.sub(one, f32x4.mul(t, t))), steepness)
    v128.store(actives + at, f32x4.mul(f32x4.mul(x, range), mask))
    v128.store(sums + at, f32x4.mul(f32x4.add(range, curve), mask))
  }
}

/** `deltas` *= `derivatives`; `count`: a multiple of 4. */
export function multiplyByDerivatives(count: i32, deltas: usize, derivatives: usize): void {
  for (let i = 0; i < count; i += 4) {
    const at = (<usize>i) << 2
    v128.store(deltas + at, f32x4.mul(v128.load(deltas + at), v128.load(derivatives + at)))
  }
}
