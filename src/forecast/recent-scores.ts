/**
 * The scores of recent slots of time, at most one a slot, kept both in order of time and by size: keeping one costs a
 * shift within a few kilobytes, a quantile costs nothing. Shapes: [capacity], a ring from `first` on; `sorted` from 0
 * on, zeros behind.
 */
export interface RecentScores {
  readonly slots: Int32Array
  readonly scores: Float64Array
  readonly sorted: Float64Array
  first: number
  count: number
}

/** Keeps the last `capacity` slots. */
export function emptyScores(capacity: number): RecentScores {
  return {
    slots: new Int32Array(capacity),
    scores: new Float64Array(capacity),
    sorted: new Float64Array(capacity),
    first: 0,
    count: 0,
  }
}

/** Takes a score on unless its slot has one. Slots come in rising order. */
export function keepScore(recent: RecentScores, slot: number, score: number): void {
  forgetScores(recent, slot)
  const capacity = recent.slots.length
  if (recent.count > 0 && slot <= recent.slots[(recent.first + recent.count - 1) % capacity]!) return
  const place = (recent.first + recent.count) % capacity
  recent.slots[place] = slot
  recent.scores[place] = score
  const rank = rankOf(recent, score)
  recent.sorted.copyWithin(rank + 1, rank, recent.count)
  recent.sorted[rank] = score
  recent.count++
}

/** Drops what is older than `capacity` slots at the slot `now`. */
export function forgetScores(recent: RecentScores, now: number): void {
  const capacity = recent.slots.length
  while (recent.count > 0 && recent.slots[recent.first]! <= now - capacity) {
    const rank = rankOf(recent, recent.scores[recent.first]!)
    recent.sorted.copyWithin(rank, rank + 1, recent.count)
    recent.sorted[recent.count - 1] = 0
    recent.first = (recent.first + 1) % capacity
    recent.count--
  }
}

/** The score below which the next one falls with probability `level`: its place is level x (count + 1). */
export function quantileOfScores({ sorted, count }: RecentScores, level: number): number {
  const place = Math.min(Math.max(level * (count + 1) - 1, 0), count - 1)
  const below = Math.floor(place)
  const low = sorted[below]!
  return low + (place - below) * (sorted[Math.min(below + 1, count - 1)]! - low)
}

/** The same scores with `sorted` made anew. */
export function sortScores(recent: RecentScores): RecentScores {
  const { scores, first, count } = recent
  const capacity = scores.length
  const kept = Float64Array.from({ length: count }, (_, index) => scores[(first + index) % capacity]!)
  const sorted = new Float64Array(capacity)
  sorted.set(kept.sort())
  return { ...recent, sorted }
}

/** How many of the sorted scores are smaller. */
function rankOf({ sorted, count }: RecentScores, score: number): number {
  let low = 0
  let high = count
  while (low < high) {
    const middle = (low + high) >>> 1
    if (sorted[middle]! < score) low = middle + 1
    else high = middle
  }
  return low
}
