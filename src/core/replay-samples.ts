import { LEADS } from '../domain/forecast.ts'
import { DAY, HOUR, type Instant, type Span } from '../domain/instant.ts'
import { type Random, resumedRandom, seededRandom } from '../domain/random.ts'
import { addSample, drawSlots, emptyBuffer, newestSlot, type ReplayBuffer } from '../learn/replay-buffer.ts'
import { emptySlab, type Slab, slabRow } from '../learn/slab.ts'
import type { Batch } from '../learn/trainer.ts'
import type { Lesson } from './ensemble.ts'
import { batchOf, type History, timeOf, type WindowShape } from './history.ts'

/* What networks learn from beside the stream: samples that have matured, for each kind of network once. */

/** How far back from the newest sample the newest ones reach. */
const RECENT: Span = 60 * DAY
/** Features take as much memory as a hundred rows: fewer of them do as well. */
const FEATURE_SAMPLES = 16_000

interface KeptSamples {
  readonly buffer: ReplayBuffer
  /** Of the generator that chooses which samples stay. */
  random: readonly number[]
  /** Issue time of the first one ever. */
  first: Instant | undefined
}

/** Samples of recurrent networks: places in the history. Plain data. */
export interface LookbackSamples extends KeptSamples {
  /** The row in the history, by slot. */
  readonly rows: Int32Array
}

/** Samples of networks on features. Plain data. */
export interface FeatureSamples extends KeptSamples {
  /** By slot: the hour of the issue, counted from 1970, then its features. */
  readonly features: Slab
  /** By expert and slot: what it is to be taught. Width [lead 24]. */
  readonly targets: Record<string, Slab>
}

export function emptyLookbackSamples(seed: number): LookbackSamples {
  const kept = emptySamples(seed, emptyBuffer())
  return { ...kept, rows: new Int32Array(kept.buffer.capacity + kept.buffer.recentCapacity) }
}

export function emptyFeatureSamples(
  seed: number,
  { columns, experts }: { readonly columns: number; readonly experts: readonly string[] },
): FeatureSamples {
  return {
    ...emptySamples(seed, emptyBuffer({ capacity: FEATURE_SAMPLES })),
    features: emptySlab(1 + columns),
    targets: Object.fromEntries(experts.map((name) => [name, emptySlab(LEADS)])),
  }
}

function emptySamples(seed: number, buffer: ReplayBuffer): KeptSamples {
  return { buffer, random: seededRandom(seed).state(), first: undefined }
}

/** The slots that a sample is to be written to. */
function slotsFor(samples: KeptSamples, issuedAt: Instant): readonly number[] {
  const random = resumedRandom(samples.random)
  const slots = addSample(samples.buffer, random)
  samples.random = random.state()
  samples.first ??= issuedAt
  return slots
}

export function keepLookback(samples: LookbackSamples, row: number, issuedAt: Instant): void {
  for (const slot of slotsFor(samples, issuedAt)) samples.rows[slot] = row
}

/** Drops the samples whose windows the history has let go of. */
export function dropForgotten(
  { buffer, rows }: LookbackSamples,
  history: History,
  window: WindowShape,
): void {
  const oldest = oldestSample(history, window)
  const { recentCapacity, kept } = buffer
  buffer.kept = 0
  for (let slot = recentCapacity; slot < recentCapacity + kept; slot++) {
    if (rows[slot]! >= oldest) rows[recentCapacity + buffer.kept++] = rows[slot]!
  }
}

function oldestSample({ first }: History, { steps, stride }: WindowShape): number {
  return first + (steps - 1) * stride
}

export function keepLesson(samples: FeatureSamples, { example, targets }: Lesson): void {
  if (targets.size === 0) return
  for (const slot of slotsFor(samples, example.issuedAt)) {
    const row = slabRow(samples.features, slot)
    row[0] = Math.floor(example.issuedAt / HOUR)
    row.set(example.features, 1)
    for (const [name, slab] of Object.entries(samples.targets)) {
      const target = targets.get(name)
      if (target) slabRow(slab, slot).set(target)
      else slabRow(slab, slot).fill(Number.NaN)
    }
  }
}

interface Draw {
  readonly size: number
  readonly recentShare: number
}

/** A batch of lookbacks with their truths, read from the history; undefined where nothing is kept. */
export function drawLookbacks(
  { buffer, rows }: LookbackSamples,
  history: History,
  {
    draw,
    random,
    window,
    tolerance,
  }: { readonly draw: Draw; readonly random: Random; readonly window: WindowShape; readonly tolerance: Span },
): Batch | undefined {
  const newest = newestSlot(buffer)
  if (newest === undefined) return undefined
  const since = timeOf(history, rows[newest]!) - RECENT
  const oldest = oldestSample(history, window)
  const isRecent = (slot: number): boolean => rows[slot]! >= oldest && timeOf(history, rows[slot]!) >= since
  const slots = drawSlots(buffer, { ...draw, isRecent }, random)
  return (
    slots &&
    batchOf(
      history,
      slots.map((slot) => rows[slot]!),
      { window, tolerance },
    )
  )
}

/** A batch of features with what an expert is to be taught; undefined where nothing is kept. */
export function drawFeatures(
  samples: FeatureSamples,
  expert: string,
  { draw, random }: { readonly draw: Draw; readonly random: Random },
): Batch | undefined {
  const { buffer, features } = samples
  const targets = samples.targets[expert]
  const newest = newestSlot(buffer)
  if (newest === undefined || !targets) return undefined
  const since = slabRow(features, newest)[0]! - RECENT / HOUR
  const slots = drawSlots(
    buffer,
    { ...draw, isRecent: (slot) => slabRow(features, slot)[0]! >= since },
    random,
  )
  if (!slots) return undefined
  const columns = features.width - 1
  const inputs = new Float32Array(slots.length * columns)
  const truth = new Float32Array(slots.length * LEADS)
  const issuedAt = new Float64Array(slots.length)
  for (const [index, slot] of slots.entries()) {
    const row = slabRow(features, slot)
    issuedAt[index] = row[0]! * HOUR
    inputs.set(row.subarray(1), index * columns)
    truth.set(slabRow(targets, slot), index * LEADS)
  }
  return { size: slots.length, inputs, truth, base: new Float32Array(slots.length), issuedAt }
}
