import type { TapeStatePlace } from './state-store.ts'

/**
 * Which of a tape's states, by row, are to be let go until the others have `bytes` at most, but never the one just
 * written: each time the one whose neighbours are nearest to each other in event time, so that no gap comes to be much
 * greater than the others. Ends go last, so the states span what they did.
 */
export function superfluous(
  states: readonly TapeStatePlace[],
  { written, bytes }: { readonly written: number; readonly bytes: number },
): readonly TapeStatePlace[] {
  const left = [...states]
  const dropped: TapeStatePlace[] = []
  const gapWithout = (index: number): number => {
    if (left[index]!.row === written) return Number.POSITIVE_INFINITY
    const [before, after] = [left[index - 1], left[index + 1]]
    return before && after ? after.eventTime - before.eventTime : Number.MAX_VALUE
  }
  let sum = left.reduce((total, state) => total + state.bytes, 0)
  while (sum > bytes && left.length > 1) {
    const gaps = left.map((_, index) => gapWithout(index))
    const [state] = left.splice(gaps.indexOf(Math.min(...gaps)), 1)
    dropped.push(state!)
    sum -= state!.bytes
  }
  return dropped
}
