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

/** Of those that are known, each times its weight; NaN where none is, or none weighs anything. */
export function weightedMean(values: readonly number[], weights: readonly number[]): number {
  let [sum, weight] = [0, 0]
  for (const [index, value] of values.entries()) {
    if (Number.isNaN(value)) continue
    sum += weights[index]! * value
    weight += weights[index]!
  }
  return sum / weight
}
