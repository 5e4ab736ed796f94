/**
 * A core that was idle runs slower for some tenths of a second, on shared machines at two thirds: half a second that
 * is not counted goes before. Contenders with short steps would otherwise be measured in nothing but that time.
 */
const WARM_UP_MS = 500

/** Milliseconds of each of so many repeats. */
export function timed(work: () => void, repeats: number): number[] {
  const start = performance.now()
  do work()
  while (performance.now() - start < WARM_UP_MS)
  return Array.from({ length: repeats }, () => {
    const begun = performance.now()
    work()
    return performance.now() - begun
  })
}
