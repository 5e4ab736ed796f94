import { describe, expect, it } from 'vitest'
import { type Figures, figuresOf } from '../../src/report/figures.ts'
import { reportPage } from '../../src/report/report-page.ts'
import { modelTable } from '../../src/report/tables.ts'
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

  it('figures - a model that came late is compared with all others over the forecasts that all of them made', () => {
    // Ten hard days before it came: over all of their own forecasts it would be the best by far.
    const { models, comparison, apart } = figuresOf(someResults({ hard: 10 }), 'mixture')
    expect(models['late']!.mae24h).toBeLessThan(models['mixture']!.mae24h!)
    expect(models['late']!.n24h).toBeLessThan(models['mixture']!.n24h)
    const { late, mixture, persistence } = comparison.models
    expect([mixture!.mae24h, late!.mae24h, persistence!.mae24h]).toEqual([1, 1.5, 2])
    expect(late).toMatchObject({ skill24h: 0.25, skill24hClimatology: 0.625 })
    for (const each of Object.values(comparison.models)) expect(each.n24h).toBe(comparison.n24h)
    expect(comparison.n24h).toBe(models['late']!.n24h)
    expect(apart).toEqual({})
  })

  it('figures - one that came too late is apart, beside the published one over its own forecasts, and cuts no other short', () => {
    const few = figuresOf(someResults({ hard: 50, lateFrom: 50 }), 'mixture')
    expect(Object.keys(few.comparison.models)).toEqual(['mixture', 'climatology', 'persistence'])
    expect(few.comparison.n24h).toBe(few.models['mixture']!.n24h)
    const { late } = few.apart
    expect(late!.n24h).toBe(few.models['late']!.n24h)
    const errors = Object.entries(late!.models).map(([name, { mae24h }]) => [name, mae24h])
    expect(Object.fromEntries(errors)).toEqual({ late: 1.5, mixture: 1, persistence: 2 })
    const lines = figureLines(few, RUN)
    const at = lines.findIndex((line) => line.startsWith('Not ranked'))
    expect(lines[at + 2]).toMatch(/^ {2}late +\d+ +1\.500 +1\.000 +2\.000 +25\.0 %$/)
    expect(lines.slice(0, at).join('\n')).not.toContain('late ')
    expect(reportPage({ ...RUN, ...few }, someResults({ lateFrom: 50 }))).toContain('Not ranked')
  })

  it('figures - say who has made no forecast at all, and over how many the others are', () => {
    const lines = figureLines(figures, RUN)
    expect(lines).toContain('No forecast that was scored yet: never.')
    expect(lines.find((line) => line.startsWith('Every model'))).toContain('over the n = 1,679 forecasts')
    expect(figureLines(figures, { ...RUN, experts: ['late'] }).join('\n')).not.toContain('No forecast')
  })

  it('figures - every table of models is in the order of its own MAE', () => {
    const { rows } = modelTable(figures, RUN)
    const errors = rows.map(([, mae]) => Number(mae))
    expect(errors).toEqual(errors.toSorted((a, b) => a - b))
    expect(rows.map(([name]) => name)).toEqual(['mixture', 'late', 'persistence', 'climatology'])
  })

  it('figures - say since when and how often persistence was beaten', () => {
    expect(figures).toMatchObject({ belowPersistenceFromDay: 1, windowsWon30d: 1 })
    expect(figures.windows30d).toBeGreaterThan(40)
    expect(figures.worstCoverage90In30d).toHaveLength(24)
    expect(figures.coverage90ByHour).toHaveLength(24)
    expect(figureLines(figures, RUN).join('\n')).toMatch(/by hour of day .* it holds .*, the least at \d+ h/)
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
    expect(page.match(/<figure>/g)).toHaveLength(7)
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
