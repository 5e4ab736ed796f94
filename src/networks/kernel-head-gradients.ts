import { LEADS } from '../domain/forecast.ts'
import { padded } from '../kernel/cell.ts'
import { HEAD_FIELDS, writeHeadStep } from '../kernel/head-fields.ts'
import { FLOAT_BYTES } from '../kernel/kernel-heap.ts'
import type { Kernel } from '../kernel/open-kernel.ts'
import { CLOCK_FEATURES } from './clock-table.ts'
import type { HeadGradients, MicroBatch } from './gradient-types.ts'
import { HEAD_UNITS, type HeadWeights } from './head.ts'

/** By the kernel: all samples at once, a twentieth of the plain one's time, and no memory but the kernel's. */
export function kernelHeadGradients({ run, heap }: Kernel): HeadGradients {
  return ({ states, weights, microBatch, gradients }) => {
    const { size, knownCount } = microBatch
    const width = states.length / size
    const wide = padded(width)
    const reads = width + CLOCK_FEATURES
    const parameters = NAMES.reduce((sum, name) => sum + weights[name].length, 0)
    const regions = {
      weights: heap.take(parameters),
      gradients: heap.take(parameters),
      states: heap.take(states.length),
      clocks: heap.take(size * CLOCK_FEATURES),
      truth: heap.take(size * LEADS),
      hiddenPanels: heap.take(reads * HEAD_UNITS),
      outPanels: heap.take(HEAD_UNITS * LEADS),
      hiddenBack: heap.take(HEAD_UNITS * wide),
      outBack: heap.take(HEAD_UNITS * LEADS),
      normal: heap.take(states.length),
      scales: heap.take(size),
      read: heap.take(size * reads),
      derivatives: heap.take(size * HEAD_UNITS),
      active: heap.take(size * HEAD_UNITS),
      predicted: heap.take(size * LEADS),
      deltas: heap.take(size * HEAD_UNITS),
      readGradient: heap.take(size * wide),
      statesGradient: heap.take(states.length),
      fields: heap.take(HEAD_FIELDS.length),
    }
    const { hiddenPanels, outPanels, hiddenBack, outBack, statesGradient } = regions
    const floats = heap.floats()
    const from = placesOf(weights, regions.weights.at)
    const to = placesOf(gradients, regions.gradients.at)
    for (const name of NAMES) floats.set(weights[name], from[name] / FLOAT_BYTES)
    floats.fill(0, regions.gradients.at / FLOAT_BYTES, regions.gradients.at / FLOAT_BYTES + parameters)
    floats.set(states, regions.states.at / FLOAT_BYTES)
    putClocks(floats, regions.clocks.at / FLOAT_BYTES, microBatch)
    putTruth(floats, regions.truth.at / FLOAT_BYTES, microBatch)

    const [unitRow, leadRow] = [HEAD_UNITS * FLOAT_BYTES, LEADS * FLOAT_BYTES]
    run.packPanels(
      HEAD_UNITS,
      HEAD_UNITS,
      reads,
      from.hidden,
      unitRow,
      FLOAT_BYTES,
      hiddenPanels.at,
      reads,
      0,
    )
    run.packPanels(LEADS, LEADS, HEAD_UNITS, from.out, leadRow, FLOAT_BYTES, outPanels.at, HEAD_UNITS, 0)
    run.packPanels(wide, width, HEAD_UNITS, from.hidden, FLOAT_BYTES, unitRow, hiddenBack.at, HEAD_UNITS, 0)
    run.packPanels(HEAD_UNITS, HEAD_UNITS, LEADS, from.out, FLOAT_BYTES, leadRow, outBack.at, LEADS, 0)
    writeHeadStep(floats, regions.fields.at, {
      samples: size,
      width,
      wide,
      clock: CLOCK_FEATURES,
      hidden: HEAD_UNITS,
      outputs: LEADS,
      known: Math.max(1, knownCount),
      states: regions.states.at,
      clocks: regions.clocks.at,
      truth: regions.truth.at,
      gamma: from.gamma,
      beta: from.beta,
      hiddenPanels: hiddenPanels.at,
      hiddenBias: from.hiddenBias,
      outPanels: outPanels.at,
      outBias: from.outBias,
      hiddenBack: hiddenBack.at,
      outBack: outBack.at,
      normal: regions.normal.at,
      scales: regions.scales.at,
      read: regions.read.at,
      derivatives: regions.derivatives.at,
      active: regions.active.at,
      predicted: regions.predicted.at,
      deltas: regions.deltas.at,
      readGradient: regions.readGradient.at,
      statesGradient: statesGradient.at,
      gammaGradient: to.gamma,
      betaGradient: to.beta,
      hiddenGradient: to.hidden,
      hiddenBiasGradient: to.hiddenBias,
      outGradient: to.out,
      outBiasGradient: to.outBias,
    })
    const loss = run.headStep(regions.fields.at)
    const given = (at: number, length: number) => floats.subarray(at / FLOAT_BYTES, at / FLOAT_BYTES + length)
    for (const name of NAMES) gradients[name].set(given(to[name], gradients[name].length))
    const outcome = { loss, states: given(statesGradient.at, states.length).slice() }
    for (const region of Object.values(regions)) heap.give(region)
    return outcome
  }
}

const NAMES = ['gamma', 'beta', 'hidden', 'hiddenBias', 'out', 'outBias'] as const

/** Where each array lies when they follow one another from `base` on. */
function placesOf(arrays: HeadWeights, base: number): Record<(typeof NAMES)[number], number> {
  const places = { gamma: 0, beta: 0, hidden: 0, hiddenBias: 0, out: 0, outBias: 0 }
  let at = base
  for (const name of NAMES) {
    places[name] = at
    at += arrays[name].length * FLOAT_BYTES
  }
  return places
}

/** Each window's features end with the clock of its issue. */
function putClocks(floats: Float32Array, at: number, { size, inputs }: MicroBatch): void {
  const length = inputs.length / size
  for (let sample = 0; sample < size; sample++) {
    const end = (sample + 1) * length
    for (let index = 0; index < CLOCK_FEATURES; index++) {
      floats[at + sample * CLOCK_FEATURES + index] = inputs[end - CLOCK_FEATURES + index]!
    }
  }
}

/** Not a number where unknown. */
function putTruth(floats: Float32Array, at: number, { changes, known }: MicroBatch): void {
  for (let index = 0; index < changes.length; index++) {
    floats[at + index] = known[index] === 0 ? Number.NaN : changes[index]!
  }
}
