import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../src/domain/random.ts'
import { emptyRegression, fade, learn, solve } from '../../../src/forecast/outside/forgetting-regression.ts'

const TRUE = [2, -1, 0.5]

function rowsOf(count: number, seed = 1): Float32Array[] {
  const random = seededRandom(seed)
  return Array.from({ length: count }, () => Float32Array.from([1, random.unit() * 100, random.unit() - 0.5]))
}

const labelOf = (row: Float32Array, weights: readonly number[] = TRUE): number =>
  row.reduce((sum, value, column) => sum + value * weights[column]!, 0)

describe('forgetting regression', () => {
  it('forgetting regression - finds the weights that made the labels, whatever the units of its columns', () => {
    const regression = emptyRegression(3)
    for (const row of rowsOf(200)) learn(regression, row, { label: labelOf(row), weight: 1 })
    for (const [column, weight] of solve(regression, 1e-9).entries())
      expect(weight).toBeCloseTo(TRUE[column]!, 5)
  })

  it('forgetting regression - the ridge does not care for units: scaled columns give weights scaled back', () => {
    const [plain, scaled] = [emptyRegression(3), emptyRegression(3)]
    for (const row of rowsOf(50)) {
      learn(plain, row, { label: labelOf(row), weight: 1 })
      learn(
        scaled,
        row.map((value, column) => (column === 1 ? value * 1024 : value)),
        { label: labelOf(row), weight: 1 },
      )
    }
    expect(solve(scaled, 20)[1]! * 1024).toBeCloseTo(solve(plain, 20)[1]!, 8)
    expect(Math.abs(solve(plain, 1e6)[1]!)).toBeLessThan(0.01)
  })

  it('forgetting regression - what was learnt long ago gives way to what is so now', () => {
    const regression = emptyRegression(3)
    for (const row of rowsOf(500)) learn(regression, row, { label: labelOf(row), weight: 1 })
    for (const row of rowsOf(500, 2)) {
      fade(regression, 0.97)
      learn(regression, row, { label: labelOf(row, [0, 3, 1]), weight: 1 })
    }
    const solved = solve(regression, 1e-9)
    for (const [column, weight] of [0, 3, 1].entries()) expect(solved[column]).toBeCloseTo(weight, 2)
  })

  it('forgetting regression - a column of zeros, or nothing learnt, weighs nothing and breaks nothing', () => {
    const regression = emptyRegression(3)
    expect([...solve(regression, 1)]).toEqual([0, 0, 0])
    for (const row of rowsOf(50))
      learn(regression, Float32Array.of(row[0]!, 0, row[2]!), { label: 1, weight: 1 })
    const solved = solve(regression, 1)
    expect(solved.every(Number.isFinite)).toBe(true)
    expect(solved[1]).toBe(0)
  })
})
