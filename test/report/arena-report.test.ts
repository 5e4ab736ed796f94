import { describe, expect, it } from 'vitest'
import { type ArenaReport, arenaSentence } from '../../src/report/arena-report.ts'
import type { Duel } from '../../src/verify/arena.ts'

/** Of the best against others, with the chance of each by Holm. */
function reportOf(chances: readonly number[], days = 40): ArenaReport {
  const best = chances.map(
    (adjusted, at): Duel => ({
      ...{ model: 'mixture', against: `m${at}`, mae: 1, maeAgainst: 1.1, adjusted, p: adjusted },
      ...{ forecasts: 900, days, difference: -0.1, low: -0.2, high: 0, degrees: 4 },
    }),
  )
  return {
    ...{ models: ['mixture', ...best.map(({ against }) => against)], reference: 'mixture', best },
    ...{ leadHours: 24, whole: { label: '+24 h', forecasts: 900, maes: [], duels: [] }, tables: [] },
    ...{ apart: [], leftOut: [], issues: 900, first: 0, last: 0, source: 'a file', unit: 'K' },
  }
}

describe('arena sentence', () => {
  const begin = (models: number) =>
    `At +24 h, over the 900 forecasts of 40 days that all ${models} made, mixture missed least, by 1.000 K on average`

  it('arena sentence - where nobody is told apart it says that, once, whoever many there are', () => {
    expect(arenaSentence(reportOf(Array(19).fill(1)))).toBe(
      `${begin(20)}, which may be luck: nobody was shown to be worse (5 %, Holm over 190 pairs).`,
    )
  })

  it.each([
    [
      [0.001, 0.2, 0.01],
      'less than 2 of the other 3 beyond luck (5 %, Holm over 6 pairs); than m1 it may be luck',
    ],
    [
      [0.3, 0.2, 0.01],
      'less than 1 of the other 3 beyond luck (5 %, Holm over 6 pairs); than m0 and m1 it may be luck',
    ],
    [
      [0.3, 0.01, ...Array(6).fill(1)],
      'less than 1 of the other 8 beyond luck (5 %, Holm over 36 pairs); than m0, m2 and 5 more it may be luck',
    ],
    [[0.001, 0.01], 'less than all others beyond luck (5 %, Holm over 3 pairs)'],
  ])('arena sentence - it names at most three that are not told apart: %j', (chances, said) => {
    expect(arenaSentence(reportOf(chances))).toBe(`${begin(chances.length + 1)}, and ${said}.`)
  })

  it('arena sentence - too few days are told as that, not as p of each', () => {
    expect(arenaSentence(reportOf([Number.NaN, Number.NaN], 13))).toMatch(
      /on average; 13 days are too few to tell skill from luck, 14 are the fewest\.$/,
    )
  })
})
