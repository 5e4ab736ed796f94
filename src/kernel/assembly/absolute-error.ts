import { all, constant, ZERO } from './simd-lanes'

/** How many truths there are; the others are no numbers. */
export function countKnown(count: i32, truths: usize): i32 {
  let known = 0
  for (let i = 0; i < count; i++) {
    const truth = load<f32>(truths + ((<usize>i) << 2))
    if (truth == truth) known++
  }
  return known
}

/**
 * The absolute errors of predictions against known truths, added up and divided by `known`. Puts the gradients of that
 * in the place of the predictions. `count`: a multiple of 4. Without branches: an error's sign is anybody's guess.
 */
export function absoluteErrorAndGradient(count: i32, predicted: usize, truths: usize, known: i32): f32 {
  const step = all(<f32>(1.0 / <f64>known))
  const sign = i32x4.splat(0x80000000)
  let total = f64x2.splat(0)
  for (let i = 0; i < count; i += 4) {
    const at = (<usize>i) << 2
    const truth = v128.load(truths + at)
    const error = f32x4.sub(v128.load(predicted + at), truth)
    const isKnown = f32x4.eq(truth, truth)
    const off = v128.and(f32x4.abs(error), isKnown)
    total = f64x2.add(total, f64x2.promote_low_f32x4(off))
    total = f64x2.add(total, f64x2.promote_low_f32x4(v128.shuffle<f32>(off, off, 2, 3, 0, 1)))
    const isOff = v128.and(isKnown, f32x4.ne(error, constant(ZERO)))
    v128.store(predicted + at, v128.and(v128.or(step, v128.and(error, sign)), isOff))
  }
  return <f32>((f64x2.extract_lane(total, 0) + f64x2.extract_lane(total, 1)) / <f64>known)
}
