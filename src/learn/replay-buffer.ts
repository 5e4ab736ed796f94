import type { Random } from '../domain/random.ts'

/**
 * Which samples are kept to learn from: a fair choice of all there ever were, beside the newest ones. It deals in
 * slots; what a sample is, its owner keeps by slot. Slots below `recentCapacity` are a ring of the newest samples, the
 * others the reservoir. Plain data.
 */
export interface ReplayBuffer {
  readonly capacity: number
  readonly recentCapacity: number
  /** How many samples were ever added. */
  seen: number
  /** How many the reservoir holds. */
  kept: number
}

/** Half a dozen years of hourly samples whole, then thinned out evenly; and 60 days of newest ones. */
export function emptyBuffer({ capacity = 50_000, recentCapacity = 60 * 24 } = {}): ReplayBuffer {
  return { capacity, recentCapacity, seen: 0, kept: 0 }
}

/**
 * Adds a sample and tells the slots that it is to be written to: one of the newest, and one of the reservoir's where
 * it enters. Vitter's Algorithm R: the n-th sample enters with probability capacity / n, in the place of any other.
 */
export function addSample(buffer: ReplayBuffer, random: Random): readonly number[] {
  const recent = buffer.seen % buffer.recentCapacity
  buffer.seen += 1
  if (buffer.kept < buffer.capacity) {
    buffer.kept += 1
    return [recent, buffer.recentCapacity + buffer.kept - 1]
  }
  const place = random.below(buffer.seen)
  return place < buffer.capacity ? [recent, buffer.recentCapacity + place] : [recent]
}

export interface DrawOptions {
  readonly size: number
  /** Share of a batch that comes from the newest samples, 0..1. */
  readonly recentShare: number
  /** Whether a sample among the newest ones is new enough. */
  readonly isRecent: (slot: number) => boolean
  /** Whether a sample can be learnt from; one that cannot is drawn again for. Default: every one. */
  readonly isUsable?: (slot: number) => boolean
}

/** Draws for one place in a batch, before a sample is taken that cannot be learnt from. */
const MOST_DRAWS = 16

/** Draws slots with replacement; undefined from an empty buffer. */
export function drawSlots(
  buffer: ReplayBuffer,
  { size, recentShare, isRecent, isUsable = () => true }: DrawOptions,
  random: Random,
): number[] | undefined {
  const { recentCapacity, kept, seen } = buffer
  if (kept === 0) return undefined
  const recent: number[] = []
  for (let slot = 0; slot < Math.min(seen, recentCapacity); slot++) if (isRecent(slot)) recent.push(slot)
  const fromRecent = Math.round(size * recentShare)
  const draw = (fresh: boolean): number =>
    fresh && recent.length > 0 ? recent[random.below(recent.length)]! : recentCapacity + random.below(kept)
  return Array.from({ length: size }, (_, index) => {
    let slot = draw(index < fromRecent)
    for (let draws = 1; draws < MOST_DRAWS && !isUsable(slot); draws++) slot = draw(index < fromRecent)
    return slot
  })
}

/** The slot of the newest sample; undefined before the first. */
export function newestSlot({ seen, recentCapacity }: ReplayBuffer): number | undefined {
  return seen === 0 ? undefined : (seen - 1) % recentCapacity
}

/** The slots that hold samples. */
export function* slotsInUse({
  seen,
  kept,
  recentCapacity,
}: ReplayBuffer): Generator<number, void, undefined> {
  for (let slot = 0; slot < Math.min(seen, recentCapacity); slot++) yield slot
  for (let slot = 0; slot < kept; slot++) yield recentCapacity + slot
}
