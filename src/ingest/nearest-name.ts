/** The name that is meant by one with a slip of the pen in it; undefined where none is near. */
export function nearestName(given: string, names: readonly string[]): string | undefined {
  const wanted = plain(given)
  let nearest: string | undefined
  let least = wanted.length < 8 ? 1.5 : 2.5
  for (const name of names) {
    const distance = editDistance(wanted, plain(name))
    if (distance < least) {
      least = distance
      nearest = name
    }
  }
  return nearest
}

function plain(name: string): string {
  return name
    .normalize('NFKC')
    .trim()
    .toLowerCase()
    .replace(/[\s_-]+/g, '_')
}

/** Letters to insert, to leave out, to change or to swap with their neighbour. */
function editDistance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2 || a.length > 64) return Number.POSITIVE_INFINITY
  let before: number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1
      let least = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + change)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, before[j - 2]! + 1)
      next.push(least)
    }
    before = row
    row = next
  }
  return row[b.length]!
}
