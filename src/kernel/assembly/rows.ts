import { inputAt, Pass, paddedInputs } from './pass'

/** `to` = `from`, or `from` x `mask` where there is a mask; any count of floats. */
export function copyMasked(to: usize, from: usize, mask: usize, count: i32): void {
  let left = count
  if (mask) {
    for (; left >= 4; left -= 4) {
      v128.store(to, f32x4.mul(v128.load(from), v128.load(mask)))
      to += 16
      from += 16
      mask += 16
    }
    for (; left > 0; left--) {
      store<f32>(to, load<f32>(from) * load<f32>(mask))
      to += 4
      from += 4
      mask += 4
    }
    return
  }
  for (; left >= 4; left -= 4) {
    v128.store(to, v128.load(from))
    to += 16
    from += 16
  }
  for (; left > 0; left--) {
    store<f32>(to, load<f32>(from))
    to += 4
    from += 4
  }
}

/** `to` += `from`, or `from` x `mask`; any count of floats. */
export function addMasked(to: usize, from: usize, mask: usize, count: i32): void {
  for (; count >= 4; count -= 4) {
    const value = mask ? f32x4.mul(v128.load(from), v128.load(mask)) : v128.load(from)
    v128.store(to, f32x4.add(v128.load(to), value))
    to += 16
    from += 16
    if (mask) mask += 16
  }
  for (; count > 0; count--) {
    const value = mask ? load<f32>(from) * load<f32>(mask) : load<f32>(from)
    store<f32>(to, load<f32>(to) + value)
    to += 4
    from += 4
    if (mask) mask += 4
  }
}

/** A gate's mask for a sample's inputs, 0 where there is none. */
@inline
export function inputMaskOf(p: Pass, gate: i32, sample: i32): usize {
  if (!p.inputMask) return 0
  return p.inputMask + <usize>gate * p.inputMaskGate + ((<usize>(sample * p.inputs)) << 2)
}

/** A gate's mask for a sample's state, 0 where there is none. */
@inline
export function stateMaskOf(p: Pass, gate: i32, sample: i32): usize {
  if (!p.stateMask) return 0
  return p.stateMask + <usize>gate * p.stateMaskGate + ((<usize>(sample * p.units)) << 2)
}

/** Gives out the states after a step, without their padding. */
export function giveOut(p: Pass, step: i32, states: usize): void {
  const u = p.outputUnits
  const steps = p.returnSequences ? p.steps : 1
  const place = p.returnSequences ? step : 0
  for (let sample = 0; sample < p.samples; sample++) {
    copyMasked(p.output + ((<usize>((sample * steps + place) * u)) << 2), states, 0, u)
    states += (<usize>p.units) << 2
  }
}

/** Adds what comes from above to the gradient of the states after a step. */
export function takeGradient(p: Pass, step: i32): void {
  if (!p.returnSequences && step != p.steps - 1) return
  const u = p.outputUnits
  const steps = p.returnSequences ? p.steps : 1
  const place = p.returnSequences ? step : 0
  let to = p.stateGradient
  for (let sample = 0; sample < p.samples; sample++) {
    addMasked(to, p.outputGradient + ((<usize>((sample * steps + place) * u)) << 2), 0, u)
    to += (<usize>p.units) << 2
  }
}

/** Gives the gradients of a step's inputs out, or adds them; `from` has a row of padded inputs for each sample. */
export function giveInputGradient(p: Pass, step: i32, from: usize, gate: i32, add: bool): void {
  const row = (<usize>paddedInputs(p)) << 2
  for (let sample = 0; sample < p.samples; sample++) {
    const to = p.inputGradient + inputAt(p, sample, step)
    const mask = inputMaskOf(p, gate, sample)
    if (add) addMasked(to, from, mask, p.inputs)
    else copyMasked(to, from, mask, p.inputs)
    from += row
  }
}

/** Steps ahead: two of a dozen inputs are more than a cache line. */
const AHEAD: i32 = 2

/**
 * Reads of each sample an input of a step to come: samples lie far from each other, so each is a cache line and a page
 * of its own, and these reads wait for memory together. WebAssembly has no prefetch; what was read goes to `sink`, for
 * what nobody uses nobody loads. `direction` is 1 forward and -1 in the backward pass.
 */
export function bringInputsNear(p: Pass, step: i32, direction: i32, sink: usize): void {
  const coming = step + direction * AHEAD
  if (coming < 0 || coming >= p.steps) return
  const row = (<usize>(p.steps * p.inputs)) << 2
  let at = p.x + inputAt(p, 0, coming)
  let read: i32 = 0
  for (let sample = 0; sample < p.samples; sample++) {
    read |= load<i32>(at)
    at += row
  }
  store<i32>(sink, read)
}
