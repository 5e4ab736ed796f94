import type { Instant, Span } from '../src/domain/instant.ts'

const FEWEST_STEPS = 3

/**
 * The step that most neighbours keep; undefined where there are too few or none prevails. Gaps, duplicates and rows
 * out of order are in the minority in any file worth replaying.
 */
export function inferredCadence(stamps: readonly Instant[]): Span | undefined {
  const counts = new Map<Span, number>()
  for (let index = 1; index < stamps.length; index++) {
    const step = stamps[index]! - stamps[index - 1]!
    if (step > 0) counts.set(step, (counts.get(step) ?? 0) + 1)
  }
  const steps = [...counts.values()].reduce((sum, count) => sum + count, 0)
  if (steps < FEWEST_STEPS) return undefined
  const [mode] = [...counts].sort(([, a], [, b]) => b - a)
  return mode && mode[1] * 2 > steps ? mode[0] : undefined
}
