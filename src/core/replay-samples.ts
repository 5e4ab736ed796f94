import { LEADS } from '../domain/forecast.ts'
import { DAY, type Instant, type Span } from '../domain/instant.ts'
import type { MeasurementRule } from '../domain/measurement-rule.ts'
import { type Random, resumedRandom, seededRandom } from '../domain/random.ts'
import { sharedFloats } from '../domain/shared-floats.ts'
import { CLOCK_COLUMNS, writeClock } from '../forecast/features/clock-columns.ts'
import type { Taught } from '../forecast/forecaster.ts'
import { addSample, drawSlots, emptyBuffer, newestSlot, type ReplayBuffer } from '../learn/replay-buffer.ts'
import { emptySlab, type Slab, slabRow } from '../learn/slab.ts'
import type { Batch } from '../learn/trainer.ts'
import type { Lesson } from './ensemble.ts'
import { batchOf, type History, timeOf, type WindowShape } from './history.ts'
import { batchOfRows, keepRows, type OwnRows } from './own-rows.ts'

/* What networks learn from beside the stream: samples that have matured, for each kind of network once. */

/** How far back from the newest sample the newest ones reach. */
const RECENT: Span = 60 * DAY
/** Features, and what is known of the hours ahead, take as much memory as a hundred rows: fewer of them do as well. */
const FEATURE_SAMPLES = 22_000

interface KeptSamples {
  readonly buffer: ReplayBuffer
  /** Of the generator that chooses which samples stay. */
  random: readonly number[]
}

/** How much there has been to learn from. */
export interface SampleCount {
  /** Ever. */
  samples: number
  /** Issue time of the first one. */
  first: Instant | undefined
}

/** Samples of recurrent networks: places in the history. Plain data. */
export interface LookbackSamples extends KeptSamples {
  readonly count: SampleCount
  /** The row in the history, by slot. */
  readonly rows: Int32Array
  /** By slot, of a station that names quantities: what networks knew of the hours ahead. */
  readonly lookahead?: Slab
}

/** Samples of networks on features. Plain data. */
export interface FeatureSamples extends KeptSamples {
  /** By slot. */
  readonly issuedAt: Float64Array
  /** By slot: the columns that stem from measurements. Those of the clock follow from the issue time. */
  readonly features: Slab
  /** By expert. */
  readonly lessons: Record<string, Lessons>
}

/** What one expert is taught. */
export interface Lessons {
  readonly count: SampleCount
  /** By slot: [lead 24], NaN where there is nothing to teach. */
  readonly targets: Slab
  /** Of a network with inputs of its own, from the first of them on. */
  own?: OwnRows
}

export function emptyLookbackSamples(seed: number, lookahead?: number): LookbackSamples {
  const kept = emptySamples(seed, emptyBuffer(lookahead === undefined ? {} : { capacity: FEATURE_SAMPLES }))
  return {
    ...kept,
    ...{ count: noSamples(), rows: new Int32Array(slotsOf(kept.buffer)) },
    ...(lookahead !== undefined && { lookahead: emptySlab(lookahead) }),
  }
}

export function emptyFeatureSamples(
  seed: number,
  { measured, experts }: { readonly measured: number; readonly experts: readonly string[] },
): FeatureSamples {
  const kept = emptySamples(seed, emptyBuffer({ capacity: FEATURE_SAMPLES }))
  return {
    ...kept,
    issuedAt: new Float64Array(slotsOf(kept.buffer)),
    features: emptySlab(measured),
    lessons: Object.fromEntries(
      experts.map((name) => [name, { count: noSamples(), targets: emptySlab(LEADS) }]),
    ),
  }
}

function emptySamples(seed: number, buffer: ReplayBuffer): KeptSamples {
  return { buffer, random: seededRandom(seed).state() }
}

function noSamples(): SampleCount {
  return { samples: 0, first: undefined }
}

function addTo(count: SampleCount, issuedAt: Instant): void {
  count.samples++
  count.first ??= issuedAt
}

function slotsOf({ capacity, recentCapacity }: ReplayBuffer): number {
  return capacity + recentCapacity
}

/** The slots that a sample is to be written to. */
function slotsFor(samples: KeptSamples): readonly number[] {
  const random = resumedRandom(samples.random)
  const slots = addSample(samples.buffer, random)
  samples.random = random.state()
  return slots
}

export function keepLookback(
  samples: LookbackSamples,
  {
    row,
    issuedAt,
    lookahead,
  }: { readonly row: number; readonly issuedAt: Instant; readonly lookahead?: Float32Array },
): void {
  addTo(samples.count, issuedAt)
  for (const slot of slotsFor(samples)) {
    samples.rows[slot] = row
    if (samples.lookahead && lookahead) slabRow(samples.lookahead, slot).set(lookahead)
  }
}

/** Drops the samples whose windows the history has let go of. */
export function dropForgotten(
  { buffer, rows, lookahead }: LookbackSamples,
  history: History,
  window: WindowShape,
): void {
  const oldest = oldestSample(history, window)
  const { recentCapacity, kept } = buffer
  buffer.kept = 0
  for (let slot = recentCapacity; slot < recentCapacity + kept; slot++) {
    if (rows[slot]! < oldest) continue
    const to = recentCapacity + buffer.kept++
    rows[to] = rows[slot]!
    if (lookahead) slabRow(lookahead, to).set(slabRow(lookahead, slot))
  }
}

function oldestSample({ first }: History, { steps, stride }: WindowShape): number {
  return first + (steps - 1) * stride
}

export function keepLesson(samples: FeatureSamples, { example, taught }: Lesson): void {
  if (taught.size === 0) return
  const { issuedAt, features } = example
  for (const name of taught.keys()) addTo(samples.lessons[name]!.count, issuedAt)
  for (const slot of slotsFor(samples)) {
    samples.issuedAt[slot] = issuedAt
    slabRow(samples.features, slot).set(features.subarray(0, samples.features.width))
    for (const [name, lessons] of Object.entries(samples.lessons)) {
      const { targets, rows } = taught.get(name) ?? NOTHING_TO_TEACH
      slabRow(lessons.targets, slot).set(targets)
      keepRows(lessons, slot, rows)
    }
  }
}

const NOTHING_TO_TEACH: Taught = { targets: new Float32Array(LEADS).fill(Number.NaN) }

interface Draw {
  readonly size: number
  readonly recentShare: number
}

/** A batch of lookbacks with their truths, read from the history; undefined where nothing is kept. */
export function drawLookbacks(
  { buffer, rows, lookahead }: LookbackSamples,
  history: History,
  {
    draw,
    random,
    window,
    rule,
  }: {
    readonly draw: Draw
    readonly random: Random
    readonly window: WindowShape
    readonly rule: MeasurementRule
  },
): Batch | undefined {
  const newest = newestSlot(buffer)
  if (newest === undefined) return undefined
  const since = timeOf(history, rows[newest]!) - RECENT
  const oldest = oldestSample(history, window)
  const isRecent = (slot: number): boolean => rows[slot]! >= oldest && timeOf(history, rows[slot]!) >= since
  const slots = drawSlots(buffer, { ...draw, isRecent }, random)
  if (!slots) return undefined
  const batch = batchOf(
    history,
    slots.map((slot) => rows[slot]!),
    { window, rule },
  )
  return lookahead ? { ...batch, lookahead: rowsOf(lookahead, slots) } : batch
}

function rowsOf(slab: Slab, slots: readonly number[]): Float32Array {
  const rows = sharedFloats(slots.length * slab.width)
  for (const [index, slot] of slots.entries()) rows.set(slabRow(slab, slot), index * slab.width)
  return rows
}

/** A batch of features, or of rows of its own, with what an expert is to be taught; undefined where nothing is kept. */
export function drawFeatures(
  samples: FeatureSamples,
  expert: string,
  {
    draw,
    random,
    utcOffsetMinutes,
  }: { readonly draw: Draw; readonly random: Random; readonly utcOffsetMinutes: number },
): Batch | undefined {
  const { buffer, features, issuedAt } = samples
  const { targets, own } = samples.lessons[expert]!
  const newest = newestSlot(buffer)
  if (newest === undefined) return undefined
  const since = issuedAt[newest]! - RECENT
  const isRecent = (slot: number): boolean => issuedAt[slot]! >= since
  const isUsable = (slot: number): boolean => holdsNumber(slabRow(targets, slot))
  const slots = drawSlots(buffer, { ...draw, isRecent, isUsable }, random)
  if (!slots) return undefined
  if (own) return batchOfRows({ own, targets, issuedAt }, slots)
  const columns = features.width + CLOCK_COLUMNS
  const inputs = sharedFloats(slots.length * columns)
  const clock = new Float64Array(CLOCK_COLUMNS)
  const truth = sharedFloats(slots.length * LEADS)
  for (const [index, slot] of slots.entries()) {
    const offset = index * columns
    inputs.set(slabRow(features, slot), offset)
    writeClock(issuedAt[slot]!, utcOffsetMinutes, { into: clock, offset: 0 })
    inputs.set(clock, offset + features.width)
    truth.set(slabRow(targets, slot), index * LEADS)
  }
  return {
    size: slots.length,
    inputs,
    truth,
    base: new Float32Array(slots.length),
    issuedAt: Float64Array.from(slots, (slot) => issuedAt[slot]!),
  }
}

/** By index: `some` would call back for every lead of every sample that is looked at. */
function holdsNumber(row: Float32Array): boolean {
  for (let lead = 0; lead < row.length; lead++) if (Number.isFinite(row[lead])) return true
  return false
}
