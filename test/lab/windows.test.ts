import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../src/domain/random.ts'
import { jenaTask } from '../../src/lab/jena-task.ts'
import { frameOf, PROTOCOLS, splitOf } from '../../src/lab/protocol.ts'
import { drawnRows, rowBatches, scaleOf, windowsOver } from '../../src/lab/windows.ts'
import { madeUpSeries } from './series.ts'

const series = madeUpSeries({ rows: 3000 })
const scale = scaleOf(series, 1000)
/** Scaled so that it can be compared: the target at a row. */
const at = (row: number) => (series.values[row * 2 + 1]! - scale.mean[1]!) / scale.deviation[1]!

describe('windows', () => {
  it('windows - in the published protocol the target lies 25 h after the last step, in the exact one 24 h', () => {
    for (const [protocol, last] of [
      ['published', 499],
      ['exact', 500],
    ] as const) {
      const batch = windowsOver(series, { frame: frameOf(series, protocol), scale }).batch(Int32Array.of(500))
      expect(batch.inputs.at(-1)).toBeCloseTo(at(last), 5)
      expect(batch.targets[0]).toBeCloseTo(at(524), 5)
    }
  })

  it('windows - any window is 240 hourly steps of its series, forwards or reversed', () => {
    fc.assert(
      fc.property(
        fc.record({
          rowsPerHour: fc.constantFrom(1, 2, 6),
          back: fc.nat(500),
          reversed: fc.boolean(),
          protocol: fc.constantFrom(...PROTOCOLS),
        }),
        ({ rowsPerHour, back, reversed, protocol }) => {
          const finer = madeUpSeries({ rows: 300 * rowsPerHour + 600, rowsPerHour })
          const frame = frameOf(finer, protocol)
          const plain = { count: 0, mean: Float64Array.of(0, 0), deviation: Float64Array.of(1, 1) }
          const row = finer.rows - 1 - frame.ahead - back
          const { inputs, targets } = windowsOver(finer, { frame, scale: plain, reversed }).batch(
            Int32Array.of(row),
          )
          const newest = row - (protocol === 'published' ? rowsPerHour : 0)
          const steps = Array.from({ length: 240 }, (_, step) => newest - (239 - step) * rowsPerHour)
          const ordered = reversed ? steps.reverse() : steps
          expect([...inputs]).toEqual(
            ordered.flatMap((each) => [...finer.values.slice(each * 2, each * 2 + 2)]),
          )
          expect(targets[0]).toBe(finer.values[(row + 24 * rowsPerHour) * 2 + 1])
        },
      ),
      { numRuns: 30 },
    )
  })

  it('windows - what was never measured is the mean, 0, and no number', () => {
    const holed = { ...series, values: series.values.with(0, Number.NaN).with(2 * 450, Number.NaN) }
    const { inputs } = windowsOver(holed, { frame: frameOf(series, 'exact'), scale }).batch(
      Int32Array.of(500),
    )
    expect(inputs.every(Number.isFinite)).toBe(true)
    expect(inputs[2 * (239 - 50)]).toBe(0)
  })

  it('windows - the scale is that of the first rows alone', () => {
    const changed = { ...series, values: series.values.map((value, index) => (index < 2000 ? value : 1e6)) }
    expect(scaleOf(changed, 1000)).toEqual(scale)
  })

  it('windows - drawn rows stay within their part, and an epoch of them is repeatable', () => {
    const draw = () => drawnRows({ from: 10, until: 13 }, 200, seededRandom(1))
    expect(new Set(draw())).toEqual(new Set([10, 11, 12]))
    expect(draw()).toEqual(draw())
  })

  it('windows - batches cover every row of a part once', () => {
    const rows = [...rowBatches({ from: 5, until: 27 }, { size: 4, every: 2 })].flatMap((batch) => [...batch])
    expect(rows).toEqual([5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25])
  })
})

describe('split', () => {
  it("split - a whole archive has the chapter's borders, at ten minutes and hourly alike", () => {
    const fine = splitOf({ ...series, rows: 420_551, rowsPerHour: 6 })
    expect(fine).toMatchObject({ training: { from: 1440, until: 200_000 }, scaled: 200_000, chapters: true })
    expect(fine).toMatchObject({ validation: { from: 201_441, until: 300_000 }, test: { from: 301_441 } })
    const hourly = splitOf({ ...series, rows: 70_038, rowsPerHour: 1 })
    expect(hourly).toMatchObject({
      training: { until: 33_333 },
      validation: { until: 50_000 },
      chapters: true,
    })
  })

  it('split - a shorter file is split in proportion, and its parts share no window', () => {
    const { training, validation, test, chapters } = splitOf(series)
    expect(chapters).toBe(false)
    expect(training.until / series.rows).toBeCloseTo(200_000 / 420_551, 3)
    expect(validation.from - 240).toBeGreaterThan(training.until)
    expect(test.from - 240).toBeGreaterThan(validation.until)
  })

  it('split - a file without enough windows is rejected', () => {
    const task = () => jenaTask(madeUpSeries({ rows: 700 }), { protocol: 'exact', reversed: false })
    expect(task).toThrow(/made up: 700 rows are too few/)
  })
})
