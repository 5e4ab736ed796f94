import { DAY, type Span } from '../domain/instant.ts'
import type { Sample } from '../domain/lookback.ts'
import type { Random } from '../domain/random.ts'
import type { Batch } from './trainer.ts'

/** Matured samples to learn from: a fair choice of all there ever were, beside the newest ones. Plain data, bounded. */
export interface Reservoir {
  readonly capacity: number
  readonly recentCapacity: number
  /** How many samples were ever offered. */
  seen: number
  /** Every sample ever offered is in here with the same probability. */
  readonly chosen: Sample[]
  /** The newest samples as a ring; `seen` tells where it is written next. */
  readonly recent: Sample[]
}

export interface DrawOptions {
  readonly size: number
  /** Share of a batch that comes from the newest samples, 0..1. Default 0.25. */
  readonly recentShare?: number
  /** How far back from the newest sample 'newest' reaches. Default 60 days. */
  readonly recentSpan?: Span
}

/** Defaults hold half a year of hourly samples whole, then thin out evenly; and 60 days of newest ones. */
export function emptyReservoir({ capacity = 4096, recentCapacity = 60 * 24 } = {}): Reservoir {
  return { capacity, recentCapacity, seen: 0, chosen: [], recent: [] }
}

/** Vitter's Algorithm R: the n-th sample enters with probability capacity / n, in the place of any other. */
export function offer(reservoir: Reservoir, sample: Sample, random: Random): void {
  const { capacity, recentCapacity, chosen, recent } = reservoir
  recent[reservoir.seen % recentCapacity] = sample
  reservoir.seen += 1
  if (chosen.length < capacity) {
    chosen.push(sample)
    return
  }
  const place = random.below(reservoir.seen)
  if (place < capacity) chosen[place] = sample
}

/** Draws with replacement; undefined from an empty reservoir. The batch is a copy that may be given away. */
export function draw(
  reservoir: Reservoir,
  { size, recentShare = 0.25, recentSpan = 60 * DAY }: DrawOptions,
  random: Random,
): Batch | undefined {
  const newest = newestSample(reservoir)
  if (newest === undefined) return undefined
  const since = newest.issuedAt - recentSpan
  const recent = reservoir.recent.filter((sample) => sample.issuedAt >= since)
  const fromRecent = Math.round(size * recentShare)
  const samples = Array.from({ length: size }, (_, index) => {
    const source = index < fromRecent ? recent : reservoir.chosen
    return source[random.below(source.length)]!
  })
  return stacked(samples)
}

function newestSample({ seen, recent, recentCapacity }: Reservoir): Sample | undefined {
  return recent[(seen - 1) % recentCapacity]
}

function stacked(samples: readonly Sample[]): Batch {
  const [first] = samples
  const inputLength = first?.inputs.length ?? 0
  const leads = first?.truth.length ?? 0
  const inputs = new Float32Array(samples.length * inputLength)
  const truth = new Float32Array(samples.length * leads)
  for (const [index, sample] of samples.entries()) {
    inputs.set(sample.inputs, index * inputLength)
    truth.set(sample.truth, index * leads)
  }
  return {
    size: samples.length,
    inputs,
    truth,
    base: Float32Array.from(samples, (sample) => sample.base),
    issuedAt: Float64Array.from(samples, (sample) => sample.issuedAt),
  }
}
