import { LEADS } from '../domain/forecast.ts'
import type { Instant } from '../domain/instant.ts'
import { sharedFloats } from '../domain/shared-floats.ts'
import type { LearnerState } from '../learn/learner-state.ts'
import { slotsInUse } from '../learn/replay-buffer.ts'
import { slabRow } from '../learn/slab.ts'
import type { Batch } from '../learn/trainer.ts'
import { batchOfRows } from './own-rows.ts'
import type { FeatureSamples } from './replay-samples.ts'

/*
 * Rounds under way without the samples that they are trained from, as far as those are kept: by far the most of a round.
 * A lean batch has the issue times and whatever of its inputs is not in the samples, which is the clock.
 */

type Learners = Record<string, LearnerState>

/** Leaves the learners as they are. */
export function leanRounds(learners: Learners, samples: FeatureSamples): Learners {
  const slots = slotsByIssue(samples)
  return withBatches(learners, samples, (batch, expert) => leanBatch(batch, { samples, expert, slots }))
}

/** The learners whose rounds were made lean, to the last bit. Throws where a sample is missing. */
export function wholeRounds(lean: Learners, samples: FeatureSamples): Learners {
  const slots = slotsByIssue(samples)
  return withBatches(lean, samples, (batch, expert) => wholeBatch(batch, { samples, expert, slots }))
}

interface Kept {
  readonly samples: FeatureSamples
  readonly expert: string
  readonly slots: ReadonlyMap<Instant, number>
}

function withBatches(
  learners: Learners,
  { lessons }: FeatureSamples,
  change: (batch: Batch, expert: string) => Batch,
): Learners {
  const changed = Object.entries(learners).map(([expert, learner]): [string, LearnerState] => {
    if (!lessons[expert]) return [expert, learner]
    const open = learner.open.map((one) => ({
      ...one,
      request: one.request && {
        ...one.request,
        batches: one.request.batches.map((batch) => change(batch, expert)),
      },
    }))
    return [expert, { ...learner, open }]
  })
  return Object.fromEntries(changed)
}

/** The batch itself where a sample of it was let go of meanwhile. */
function leanBatch(batch: Batch, { samples, expert, slots }: Kept): Batch {
  const { size, inputs, truth, issuedAt } = batch
  const { width } = samples.features
  if (samples.lessons[expert]!.own) {
    const kept = ownBatch(batch, { samples, expert, slots })
    const isKept = kept && isSame(kept.inputs, inputs) && isSame(kept.truth, truth)
    return isKept ? { ...batch, inputs: NOTHING, truth: NOTHING } : batch
  }
  const columns = inputs.length / size
  const clock = new Float32Array(size * (columns - width))
  for (let index = 0; index < size; index++) {
    const slot = slots.get(issuedAt[index]!)
    const row = inputs.subarray(index * columns, (index + 1) * columns)
    const targets = truth.subarray(index * LEADS, (index + 1) * LEADS)
    if (
      slot === undefined ||
      !isSame(slabRow(samples.features, slot), row.subarray(0, width)) ||
      !isSame(slabRow(samples.lessons[expert]!.targets, slot), targets)
    )
      return batch
    clock.set(row.subarray(width), index * (columns - width))
  }
  return { ...batch, inputs: clock, truth: NOTHING }
}

function wholeBatch(batch: Batch, { samples, expert, slots }: Kept): Batch {
  if (batch.truth.length > 0) return batch
  if (samples.lessons[expert]!.own) {
    const kept = ownBatch(batch, { samples, expert, slots })
    if (!kept) throw new Error(MISSING)
    return kept
  }
  const { size, inputs: clock, issuedAt } = batch
  const { width } = samples.features
  const clockColumns = clock.length / size
  const columns = width + clockColumns
  const inputs = sharedFloats(size * columns)
  const truth = sharedFloats(size * LEADS)
  for (let index = 0; index < size; index++) {
    const slot = slots.get(issuedAt[index]!)
    if (slot === undefined) throw new Error(MISSING)
    inputs.set(slabRow(samples.features, slot), index * columns)
    inputs.set(clock.subarray(index * clockColumns, (index + 1) * clockColumns), index * columns + width)
    truth.set(slabRow(samples.lessons[expert]!.targets, slot), index * LEADS)
  }
  return { ...batch, inputs, truth }
}

/** Of a network with rows of its own, from the samples of its issues; undefined where one was let go of. */
function ownBatch({ size, issuedAt }: Batch, { samples, expert, slots }: Kept): Batch | undefined {
  const { own, targets } = samples.lessons[expert]!
  if (!own) return undefined
  const drawn = Array.from({ length: size / own.rows }, (_, index) => slots.get(issuedAt[index * own.rows]!))
  const known = drawn.filter((slot) => slot !== undefined)
  if (known.length < drawn.length) return undefined
  return batchOfRows({ own, targets, issuedAt: samples.issuedAt }, known)
}

const NOTHING = new Float32Array(0)
const MISSING = 'a sample of a round under way is missing'

function slotsByIssue(samples: FeatureSamples): ReadonlyMap<Instant, number> {
  const slots = new Map<Instant, number>()
  for (const slot of slotsInUse(samples.buffer)) slots.set(samples.issuedAt[slot]!, slot)
  return slots
}

/** Bit for bit: leads that were not measured are no numbers. */
function isSame(one: Float32Array, other: Float32Array): boolean {
  for (let index = 0; index < one.length; index++) {
    if (!Object.is(one[index], other[index])) return false
  }
  return true
}
