import { deserialize, serialize } from 'node:v8'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../src/domain/random.ts'
import { kernelOperations } from '../../../src/forecast/linear-algebra/kernel-operations.ts'
import type { Operations } from '../../../src/forecast/linear-algebra/operations.ts'
import { plainOperations } from '../../../src/forecast/linear-algebra/plain-operations.ts'
import { learnRow, predictRow } from '../../../src/forecast/linear-algebra/recursive.ts'
import { emptySolution, PANEL_ROWS, type Solution } from '../../../src/forecast/linear-algebra/solution.ts'
import { moveInto } from '../../../src/forecast/linear-algebra/workspace.ts'
import { stored } from '../stored.ts'

const PENALTY = 3

interface Row {
  readonly x: Float64Array
  readonly y: Float64Array
  readonly weight: number
}

function rowsOf({
  seed,
  rows,
  columns,
  outputs,
}: Record<'seed' | 'rows' | 'columns' | 'outputs', number>): Row[] {
  const random = seededRandom(seed)
  const draw = (length: number): Float64Array => Float64Array.from({ length }, () => random.unit() * 4 - 2)
  return Array.from({ length: rows }, () => {
    const x = draw(columns)
    // Columns of real features are nearly alike.
    for (let column = 1; column < columns; column += 2) x[column] = x[column - 1]! + 0.05 * x[column]!
    return { x, y: draw(outputs), weight: 0.2 + random.unit() }
  })
}

/** By plain loops, and by what this machine has for them. */
const WAYS = [
  ['in plain loops', () => plainOperations],
  ['by WebAssembly', () => kernelOperations() ?? plainOperations],
] as const
type Open = () => Operations

function learnt(rows: readonly Row[], open: Open): Solution {
  const { x, y } = rows[0]!
  const solution = emptySolution({ columns: x.length, outputs: y.length, penalty: PENALTY })
  moveInto(open(), solution)
  learnRows(solution, rows)
  return solution
}

function learnRows(solution: Solution, rows: readonly Row[]): void {
  for (const { x, y, weight } of rows) {
    const predicted = predictRow(solution, x)
    learnRow(solution, x, { errors: y.map((label, output) => label - predicted[output]!), weight })
  }
}

/** (X'WX + penalty) b = X'Wy for one output, by Cholesky's factors, all rows at once. */
function solvedDirectly(rows: readonly Row[], columns: number, output: number): Float64Array {
  const gram = Array.from({ length: columns }, (_, i) =>
    Float64Array.from({ length: columns }, (_, j) =>
      rows.reduce((sum, { x, weight }) => sum + weight * x[i]! * x[j]!, i === j ? PENALTY : 0),
    ),
  )
  const b = Float64Array.from({ length: columns }, (_, i) =>
    rows.reduce((sum, { x, y, weight }) => sum + weight * x[i]! * y[output]!, 0),
  )
  for (let i = 0; i < columns; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = gram[i]![j]!
      for (let k = 0; k < j; k++) sum -= gram[i]![k]! * gram[j]![k]!
      gram[i]![j] = i === j ? Math.sqrt(sum) : sum / gram[j]![j]!
    }
  }
  for (let i = 0; i < columns; i++) {
    for (let k = 0; k < i; k++) b[i]! -= gram[i]![k]! * b[k]!
    b[i]! /= gram[i]![i]!
  }
  for (let i = columns - 1; i >= 0; i--) {
    for (let k = i + 1; k < columns; k++) b[i]! -= gram[k]![i]! * b[k]!
    b[i]! /= gram[i]![i]!
  }
  return b
}

describe.each(WAYS)('recursive least squares, %s', (_, open) => {
  it('recursive least squares - has after each row what solving all rows at once gives', () => {
    const shape = fc.record({
      seed: fc.integer({ min: 0, max: 1000 }),
      rows: fc.integer({ min: 1, max: 60 }),
      columns: fc.integer({ min: 1, max: 23 }),
      outputs: fc.constant(2),
    })
    fc.assert(
      fc.property(shape, ({ columns, outputs, ...rest }) => {
        const rows = rowsOf({ columns, outputs, ...rest })
        const solution = learnt(rows, open)
        for (let output = 0; output < outputs; output++) {
          const direct = solvedDirectly(rows, columns, output)
          for (let column = 0; column < columns; column++) {
            const unit = new Float64Array(columns)
            unit[column] = 1
            expect(predictRow(solution, unit)[output]).toBeCloseTo(direct[column]!, 9)
          }
        }
      }),
      { numRuns: 40 },
    )
  })

  it('recursive least squares - is as exact after 20,000 rows of columns that are nearly alike', () => {
    const columns = 12
    const rows = rowsOf({ seed: 7, rows: 20_000, columns, outputs: 1 })
    const solution = learnt(rows, open)
    const direct = solvedDirectly(rows, columns, 0)
    const probe = rows[0]!.x
    const expected = direct.reduce((sum, weight, column) => sum + weight * probe[column]!, 0)
    expect(predictRow(solution, probe)[0]).toBeCloseTo(expected, 10)
  })

  it('recursive least squares - leaves an output alone whose label is missing', () => {
    const rows = rowsOf({ seed: 3, rows: 10, columns: 4, outputs: 2 })
    const solution = learnt(rows, open)
    const probe = rows[0]!.x
    const before = predictRow(solution, probe)
    learnRow(solution, rows[1]!.x, { errors: Float64Array.of(Number.NaN, 5), weight: 1 })
    const after = predictRow(solution, probe)
    expect(after[0]).toBe(before[0])
    expect(after[1]).not.toBe(before[1])
  })

  it('recursive least squares - goes on to the bit from a state that was written out, wherever it was stopped', () => {
    const rows = rowsOf({ seed: 5, rows: 3 * PANEL_ROWS, columns: 13, outputs: 3 })
    for (const at of [0, 1, PANEL_ROWS - 1, PANEL_ROWS, 2 * PANEL_ROWS + 7]) {
      const unbroken = learnt([rows[0]!, ...rows.slice(0, at)], open)
      const resumed = stored(unbroken)
      moveInto(open(), resumed)
      for (const solution of [unbroken, resumed]) learnRows(solution, rows.slice(at))
      expect(stored(resumed)).toEqual(stored(unbroken))
    }
  })

  it('recursive least squares - writes its numbers out and nothing else of the memory they lie in', () => {
    const [columns, outputs] = [97, 24]
    const solution = learnt(rowsOf({ seed: 6, rows: 5, columns, outputs }), open)
    const { inverse, weights, panels, scaled } = solution
    const numbers = [inverse, weights, panels, scaled].reduce((sum, { length }) => sum + length, 0)
    expect(Math.abs(serialize(solution).length - 8 * numbers)).toBeLessThan(200)
  })

  it('recursive least squares - solutions that were read from the same bytes share nothing', () => {
    const rows = rowsOf({ seed: 8, rows: 60, columns: 9, outputs: 2 })
    const bytes = serialize([learnt(rows.slice(0, 30), open), learnt(rows.slice(0, 20), open)])
    const before = Buffer.from(bytes)
    const [one, other] = deserialize(bytes) as [Solution, Solution]
    for (const solution of [one, other]) moveInto(open(), solution)
    for (const row of rows.slice(30)) for (const solution of [one, other]) learnRows(solution, [row])
    const [alone, otherAlone] = deserialize(before) as [Solution, Solution]
    for (const solution of [alone, otherAlone]) {
      moveInto(open(), solution)
      learnRows(solution, rows.slice(30))
    }
    expect(stored([one, other])).toEqual(stored([alone, otherAlone]))
    expect(bytes.equals(before)).toBe(true)
  })
})

describe('recursive least squares', () => {
  it('recursive least squares - finds a place to work by itself, for a state that was just read too', () => {
    const rows = rowsOf({ seed: 9, rows: 40, columns: 7, outputs: 2 })
    const unbroken = emptySolution({ columns: 7, outputs: 2, penalty: PENALTY })
    learnRows(unbroken, rows.slice(0, 20))
    const resumed = stored(unbroken)
    for (const solution of [unbroken, resumed]) learnRows(solution, rows.slice(20))
    expect(stored(resumed)).toEqual(stored(unbroken))
  })
})
