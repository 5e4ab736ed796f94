const FIRST_MS = 500
const LONGEST_MS = 30_000

/** Close codes 4500-4999 mean 'do not come back'; everything else, a lost network included, is tried again. */
export function comesBack(closeCode: number): boolean {
  return !(closeCode >= 4500 && closeCode <= 4999)
}

/** Doubles from 0.5 s to 30 s; the upper half of each is drawn, so that the clients of one server spread out. */
export function backoffMs(attempt: number, draw: number): number {
  const longest = Math.min(LONGEST_MS, FIRST_MS * 2 ** (attempt - 1))
  return Math.round(longest / 2 + (longest / 2) * draw)
}
