import { HOUR } from '../../src/domain/instant.ts'
import { seededRandom } from '../../src/domain/random.ts'
import type { Series } from '../../src/lab/series.ts'

/** Two channels, hourly or finer: a daily cycle that is forecast, and noise. */
export function madeUpSeries({
  rows,
  rowsPerHour = 1,
}: {
  readonly rows: number
  readonly rowsPerHour?: number
}): Series {
  const random = seededRandom(11)
  const values = new Float32Array(rows * 2)
  for (let row = 0; row < rows; row++) {
    values[row * 2] = random.unit()
    values[row * 2 + 1] =
      10 + 5 * Math.sin((2 * Math.PI * row) / (24 * rowsPerHour)) + 3 * Math.sin(row / (50 * rowsPerHour))
  }
  return {
    name: 'made up',
    channels: ['noise', 'T (degC)'],
    target: 1,
    times: Float64Array.from({ length: rows }, (_, row) => (row * HOUR) / rowsPerHour),
    values,
    rows,
    rowsPerHour,
    rejected: 0,
  }
}
