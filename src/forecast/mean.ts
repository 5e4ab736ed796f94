/** Of those that are known; NaN where none is. */
export function meanOfKnown(values: Iterable<number>): number {
  let [sum, known] = [0, 0]
  for (const value of values) {
    if (Number.isNaN(value)) continue
    sum += value
    known++
  }
  return sum / known
}
