/** So many rows of one sensor in a row are no chance. */
const STEADY = 20

/**
 * Watches a column that has named one sensor all along: where it comes to name another, rows are that one's, and would
 * be taken for the same series.
 */
export interface NamingWatch {
  /** The name that a row holds in place of the one before; undefined where nothing has changed. */
  changed(name: string): { readonly from: string } | undefined
}

export function namingWatch(): NamingWatch {
  let first: string | undefined
  let rows = 0
  let isWatched = true
  return {
    changed(name) {
      if (!isWatched) return undefined
      first ??= name
      if (name === first) {
        rows++
        return undefined
      }
      if (rows >= STEADY) return { from: first }
      isWatched = false
      return undefined
    },
  }
}
