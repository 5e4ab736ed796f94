import { describe, expect, it } from 'vitest'
import { figuresOf } from '../../src/report/figures.ts'
import { figuresMarkdown } from '../../src/report/markdown.ts'
import { someResults } from './backtest-results.ts'
import { RUN } from './reported-run.ts'

const HOW = { command: 'npx tickcast backtest --data some.csv', cores: 2 }
const markdownOf = (of: Parameters<typeof someResults>[0] = {}) =>
  figuresMarkdown({ ...RUN, ...figuresOf(someResults(of), 'mixture') }, HOW).split('\n')

describe('markdown', () => {
  it('markdown - says what was run, and how to run it again', () => {
    expect(markdownOf()[0]).toMatch(
      /^`T \(degC\)` at pond, learning from 2009-11-22 to 2010-02-10, scored \(n = [\d,]+ at \+24 h\), seed 7: `npx tickcast backtest --data some\.csv`$/,
    )
  })

  it('markdown - has every model, the best first: the published one by its own name, baselines in words', () => {
    const lines = markdownOf()
    const at = lines.findIndex((line) => line.startsWith('| model'))
    expect(lines[at - 2]).toBe(
      'Every model over the same forecasts, those that all of them made (n = 1,679 at +24 h):',
    )
    expect(lines.slice(at, at + 6)).toEqual([
      '| model | MAE at +24 h, K | skill against persistence | MAE, mean of leads +1..+24 h, K |',
      '| --- | --- | --- | --- |',
      '| **mixture, as published** | **1.000** | **50.0 %** | **1.000** |',
      '| `late` | 1.500 | 25.0 % | 1.500 |',
      '| persistence | 2.000 |  | 2.000 |',
      '| climatology | 4.000 | -100.0 % | 4.000 |',
    ])
  })

  it('markdown - has those that came too late in a table of their own, and names those that never came', () => {
    const lines = markdownOf({ lateFrom: 50 })
    const [first, second] = lines.flatMap((line, at) => (line.startsWith('| model') ? [at] : []))
    expect(lines.slice(first, second).join('\n')).not.toContain('`late`')
    expect(lines.slice(second! - 2, second! + 3)).toEqual([
      expect.stringMatching(/^Not ranked, for too few forecasts: .*:$/),
      '',
      '| model | forecasts | MAE | mixture | persistence | skill |',
      '| --- | --- | --- | --- | --- | --- |',
      '| `late` | 719 | 1.500 | 1.000 | 2.000 | 25.0 % |',
    ])
    expect(lines).toContain('No forecast that was scored yet: never.')
    expect(markdownOf().join('\n')).not.toContain('Not ranked')
  })

  it('markdown - has a column for each year and one for all', () => {
    const lines = markdownOf()
    const at = lines.findIndex((line) => line.includes('2009 |'))
    expect(lines.slice(at, at + 6)).toEqual([
      '|  | 2009 | 2010 | all |',
      '| --- | --- | --- | --- |',
      '| mixture, MAE at +24 h, K | 1.000 | 1.000 | 1.000 |',
      '| persistence | 2.000 | 2.000 | 2.000 |',
      '| climatology | 4.000 | 4.000 | 4.000 |',
      '| n at +24 h | 984 | 936 | 1,920 |',
    ])
  })

  it('markdown - says how sure, and rightly so, and what it cost', () => {
    const last = markdownOf().findLast((line) => line !== '')
    expect(last).toContain(
      'The 90 % interval held between 0.9000 and 0.9000 of the truths at every lead, 4.0 K wide',
    )
    expect(last).toContain(
      'The mixture was below persistence for good from day 1 and won 100.0 % of all 30-day windows.',
    )
    expect(last).toContain('1,920 forecasts took 1 s and 100 MB on 2 cores.')
  })

  it('markdown - claims nothing where nothing was scored, or persistence took no part', () => {
    const text = (of: Parameters<typeof someResults>[0]) => markdownOf(of).join('\n')
    expect(text({ days: 0 })).toContain('Nothing was scored')
    expect(text({ reference: false })).not.toContain('below persistence')
    for (const of of [{}, { days: 0 }, { reference: false }])
      expect(text(of)).not.toMatch(/NaN|undefined|null/)
  })
})
