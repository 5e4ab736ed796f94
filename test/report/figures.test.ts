import { describe, expect, it } from 'vitest'
import { type Figures, figuresOf } from '../../src/report/figures.ts'
import { reportPage } from '../../src/report/report-page.ts'
import { figureLines } from '../../src/report/text.ts'
import { someResults } from './backtest-results.ts'
import { RUN } from './reported-run.ts'

describe('figures', () => {
  const state = someResults()
  const figures: Figures = figuresOf(state, 'mixture')

  it('figures - of every model, overall and by year of issue', () => {
    const { mixture, persistence, climatology } = figures.models
    expect(mixture).toMatchObject({ mae24h: 1, maeMean: 1, bias24h: 1, rmse24h: 1, skill24h: 0.5 })
    expect(mixture).toMatchObject({
      skill24hClimatology: 0.75,
      skill24hSeasonalNaive: null,
      coverage90: 0.9,
      width90: 4,
    })
    expect(persistence).toMatchObject({
      mae24h: 2,
      bias24h: -2,
      skill24h: 0,
      coverage90: null,
      width90: null,
    })
    expect(Object.keys(climatology!.years)).toEqual(['2009', '2010'])
    expect(mixture!.years['2009']!.n24h + mixture!.years['2010']!.n24h).toBe(mixture!.n24h)
    expect(mixture!.leads.mae).toEqual(new Array(24).fill(1))
  })

  it('figures - a model that came late is held against persistence over its own time', () => {
    const { late, mixture } = figures.models
    expect(late!.n24h).toBeLessThan(mixture!.n24h)
    expect(late!.skill24h).toBe(0.25)
  })

  it('figures - say since when and how often persistence was beaten', () => {
    expect(figures).toMatchObject({ belowPersistenceFromDay: 1, windowsWon30d: 1 })
    expect(figures.windows30d).toBeGreaterThan(40)
    expect(figures.worstCoverage90In30d).toHaveLength(24)
  })

  it('figures - as lines for a terminal: each year, all of them, every model', () => {
    const lines = figureLines(figures, RUN)
    const line = (start: string) => lines.find((each) => each.trimStart().startsWith(start))
    expect(line('2009')).toMatch(/1\.000 +2\.000 +4\.000 +50\.0 %/)
    expect(line('all')).toMatch(/1\.000 +2\.000 +4\.000 +50\.0 %/)
    expect(line('late')).toContain('25.0 %')
    expect(figureLines(figuresOf(someResults({ days: 0 }), 'mixture'), RUN)).toEqual([
      'nothing was scored: no forecast that counts was settled',
    ])
  })

  it('report - one page that needs nothing else, with its tables and plots', () => {
    const page = reportPage({ ...RUN, ...figures }, state)
    expect(page).not.toMatch(/<script|<link|<img|https?:|url\(|@import/)
    expect(page).not.toContain('NaN')
    expect(page).not.toContain('undefined')
    expect(page).toContain('some&lt;file&gt;.csv')
    for (const title of ['Year by year', 'Lead by lead', 'Month after month', 'How sure', 'Calibration']) {
      expect(page).toContain(`<h2>${title}`)
    }
    expect(page.match(/<figure>/g)).toHaveLength(6)
    expect(page).toMatch(/<th scope="row">2010<\/th><td>1\.000<\/td><td>2\.000<\/td>/)
  })

  it('report - claims nothing about persistence where it did not take part', () => {
    const alone = someResults({ reference: false })
    const without = figuresOf(alone, 'mixture')
    expect(without).toMatchObject({ belowPersistenceFromDay: null, windowsWon30d: null })
    expect(without.models['mixture']).toMatchObject({ mae24h: 1, skill24h: null, skill24hClimatology: 0.75 })
    const page = reportPage({ ...RUN, ...without }, alone)
    expect(page).not.toContain('below persistence')
    expect(page).not.toContain('NaN')
    expect(figureLines(without, RUN).join('\n')).not.toContain('below persistence')
  })

  it('report - says of simulated data that it is', () => {
    expect(reportPage({ ...RUN, ...figures, source: 'simulated' }, state)).toContain('SIMULATED')
  })

  it('report - says so where nothing was scored', () => {
    const nothing = someResults({ days: 0 })
    expect(reportPage({ ...RUN, ...figuresOf(nothing, 'mixture') }, nothing)).toContain('Nothing was scored')
  })
})
