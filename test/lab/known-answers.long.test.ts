import { beforeAll, expect, it } from 'vitest'
import { openTape } from '../../replay/open-tape.ts'
import { jenaTask } from '../../src/lab/jena-task.ts'
import { persistence } from '../../src/lab/persistence-baseline.ts'
import type { Protocol } from '../../src/lab/protocol.ts'
import { readSeries, type Series } from '../../src/lab/series.ts'
import { figuresOver } from '../../src/lab/task.ts'
import { describeWithData } from '../support/real-data.ts'

async function seriesOf(path: string): Promise<Series> {
  const { name, station, rows } = await openTape({ data: path })
  return readSeries({ name, station, cadence: station.cadence, rows: rows() })
}

/** Mean absolute error of persistence: as a loss, and in K. */
function errorOf(series: Series, protocol: Protocol, part: 'validation' | 'test') {
  const task = jenaTask(series, { protocol, reversed: false })
  const predict = persistence({ steps: 240, width: series.channels.length, target: series.target })
  const { loss } = figuresOver(task.loss, { batches: task.whole(part), predict })
  return { loss, kelvin: loss * (task.unitOfLoss?.size ?? 0) }
}

describeWithData('jena_2009_2016_hourly.csv', (path) => {
  let series: Series
  beforeAll(async () => {
    series = await seriesOf(path)
  })

  it('lab - persistence in the published protocol errs by 0.289, 2.557 K, on validation', () => {
    const { loss, kelvin } = errorOf(series, 'published', 'validation')
    expect(loss).toBeCloseTo(0.289, 3)
    expect(kelvin).toBeCloseTo(2.557, 3)
    expect(errorOf(series, 'published', 'test').kelvin).toBeCloseTo(2.704, 3)
  })

  it('lab - persistence in the exact protocol errs by 2.452 K on validation', () => {
    expect(errorOf(series, 'exact', 'validation').kelvin).toBeCloseTo(2.452, 3)
    expect(errorOf(series, 'exact', 'test').kelvin).toBeCloseTo(2.591, 3)
  })
})

describeWithData('jena_2020.csv', (path) => {
  it('lab - at ten minutes a window holds every sixth row, and its target lies 144 rows on', async () => {
    const series = await seriesOf(path)
    expect(series.rowsPerHour).toBe(6)
    const task = jenaTask(series, { protocol: 'published', reversed: false })
    const [batch] = task.whole('validation')
    const width = series.channels.length
    const temperature = (row: number) => series.values[row * width + series.target]!
    const { size = 1 } = task.unitOfLoss ?? {}
    // The row that validation begins at: 1440 after the first that is not for training.
    const row = Math.floor((200_000 / 420_551) * series.rows) + 1 + 1440
    const lastStep = batch!.inputs[239 * width + series.target]!
    const stepBefore = batch!.inputs[238 * width + series.target]!
    expect((batch!.targets[0]! - lastStep) * size).toBeCloseTo(
      temperature(row + 144) - temperature(row - 6),
      3,
    )
    expect((lastStep - stepBefore) * size).toBeCloseTo(temperature(row - 6) - temperature(row - 12), 3)
    expect(errorOf(series, 'published', 'test').kelvin).toBeGreaterThan(
      errorOf(series, 'exact', 'test').kelvin,
    )
  })
})
