import { tanh } from './activations'
import { all, multiplyAdd } from './lanes'

/**
 * GELU by its tanh form, times the mask where there is one; sums are replaced by its slope times the mask. `count`: a
 * multiple of 4.
 */
export function activateGelu(count: i32, sums: usize, masks: usize, actives: usize): void {
  for (let i = 0; i < count; i += 4) {
    const at = (<usize>i) << 2
    const x = v128.load(sums + at)
    const mask = masks ? v128.load(masks + at) : all(1)
    const cubed = f32x4.mul(f32x4.mul(x, x), all(0.044715))
    const t = tanh(f32x4.mul(f32x4.mul(x, all(0.7978845608)), f32x4.add(cubed, all(1))))
    const share = multiplyAdd(t, all(0.5), all(0.5))
    const steepness = f32x4.mul(multiplyAdd(cubed, all(3), all(1)), all(0.3989422804))
    const bend = f32x4.mul(f32x4.mul(x, f32x4.sub(all(1), f32x4.mul(t, t))), steepness)
    v128.store(actives + at, f32x4.mul(f32x4.mul(x, share), mask))
    v128.store(sums + at, f32x4.mul(f32x4.add(share, bend), mask))
  }
}

/** `deltas` *= `bends`; `count`: a multiple of 4. */
export function bendDeltas(count: i32, deltas: usize, bends: usize): void {
  for (let i = 0; i < count; i += 4) {
    const at = (<usize>i) << 2
    v128.store(deltas + at, f32x4.mul(v128.load(deltas + at), v128.load(bends + at)))
  }
}
