import { describe, expect, it } from 'vitest'
import {
  appendRow,
  batchOf,
  copyRows,
  emptyHistory,
  firstRowFrom,
  type History,
  historyOf,
  lookbackAt,
  measuredAt,
  timeOf,
  truthAt,
} from '../../src/core/history.ts'
import { LEADS } from '../../src/domain/forecast.ts'
import { HOUR } from '../../src/domain/instant.ts'
import { truthRule } from '../../src/domain/measurement-rule.ts'
import { contents } from './windowing.ts'

const MOST = 100
const WINDOW = { steps: 3, stride: 2, cadence: HOUR }

/** Hourly rows, each of its number and that number negated; tells at which of them old rows were let go. */
function filled(rows: number, most = MOST): { history: History; letGo: number[] } {
  const history = emptyHistory(2)
  const letGo: number[] = []
  for (let row = 0; row < rows; row++) {
    const time = row * HOUR
    if (appendRow(history, { time, measured: row, inputs: [row, -row] }, most)) letGo.push(row)
  }
  return { history, letGo }
}

describe('history', () => {
  it('history - lets go of its oldest rows by whole blocks, and says so', () => {
    const { history, letGo } = filled(20_000)
    expect(letGo.length).toBeGreaterThan(2)
    const [block] = history.blocks
    const size = block!.times.length
    expect(letGo.map((row) => row + 1 - MOST)).toEqual(letGo.map((_, index) => (index + 1) * size))
    expect(history.first).toBe(letGo.length * size)
    expect(history.rows - history.first).toBeGreaterThanOrEqual(MOST)
    expect(history.rows - history.first).toBeLessThan(MOST + size)
  })

  it('history - rows keep their numbers when older ones are let go', () => {
    const { history } = filled(20_000)
    for (const row of [history.first, history.first + 1, history.rows - 1]) {
      expect([timeOf(history, row) / HOUR, measuredAt(history, row)]).toEqual([row, row])
    }
    const last = history.rows - 1
    expect(contents(lookbackAt(history, last, WINDOW))).toEqual(
      [last - 4, last - 2, last].flatMap((row) => [row, -row]),
    )
    const around = { rule: truthRule({ cadence: HOUR }), guess: 0 }
    expect(truthAt(history, last * HOUR, around)).toBe(last)
    expect(truthAt(history, (history.first - 1) * HOUR, around)).toBeNaN()
  })

  it('history - made again from copies of its rows, whatever they overlap, it is the same', () => {
    const { history } = filled(10_000, 10_000)
    const { first, rows } = history
    const middle = firstRowFrom(history, 6_000 * HOUR)
    expect(middle).toBe(6_000)
    const parts = [copyRows(history, middle, rows), copyRows(history, first, middle + 10)]
    expect(parts.map(({ times }) => times.length)).toEqual([rows - middle, middle + 10 - first])
    expect(historyOf(history, parts)).toEqual(history)
    // Of those that were let go since, nothing is wanted.
    const later = { ...history, first: first + 4096 }
    expect(historyOf(later, parts)).toEqual({ ...later, blocks: history.blocks.slice(1) })
    expect(() =>
      historyOf(history, [copyRows(history, first, middle), copyRows(history, middle + 1, rows)]),
    ).toThrow('a row that this state knows is missing')
    expect(historyOf(emptyHistory(2), [copyRows(emptyHistory(2), 0, 0)])).toEqual(emptyHistory(2))
  })

  it('history - a lookback reaches back over the border of two blocks', () => {
    const { history } = filled(4096 + 3)
    expect(contents(lookbackAt(history, 4097, WINDOW)).filter((value) => value > 0)).toEqual([
      4093, 4095, 4097,
    ])
  })

  it('history - a batch holds for each row its lookback, its measurement and the 24 that came after', () => {
    const { history } = filled(100)
    const rows = [40, 7, 90]
    const { size, inputs, base, issuedAt, truth } = batchOf(history, rows, {
      window: WINDOW,
      rule: truthRule({ cadence: HOUR }),
    })
    expect(size).toBe(3)
    expect([...base]).toEqual(rows)
    expect([...issuedAt]).toEqual(rows.map((row) => row * HOUR))
    expect([...inputs]).toEqual(
      rows.flatMap((row) => [row - 4, row - 2, row].flatMap((value) => [value, -value])),
    )
    // The last row has no more than nine after it.
    expect([...truth]).toEqual(
      rows.flatMap((row) =>
        Array.from({ length: LEADS }, (_, lead) => (row + lead + 1 < 100 ? row + lead + 1 : Number.NaN)),
      ),
    )
  })

  it('history - a batch is a copy: to write to it changes nothing that is kept', () => {
    const { history } = filled(50)
    const window = { window: WINDOW, rule: truthRule({ cadence: HOUR }) }
    const before = batchOf(history, [20], window)
    for (const array of [before.inputs, before.base, before.truth]) array.fill(Number.NaN)
    const after = batchOf(history, [20], window)
    expect([...after.inputs, ...after.base, ...after.truth].every(Number.isFinite)).toBe(true)
  })
})
