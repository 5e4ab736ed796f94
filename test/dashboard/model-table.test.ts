import { describe, expect, it } from 'vitest'
import { lineOf } from '../../src/dashboard/charts/line-style.ts'
import { bestExpert, maeByLead, modelLines, modelOrder } from '../../src/dashboard/model-table.ts'
import { score } from './messages.ts'

const choice = { published: 'mixture', lead: 24, window: '30d' } as const

describe('model table', () => {
  it('model table - the published model stands first, the baselines last, persistence at the end', () => {
    const names = ['persistence', 'ridge', 'climatology', 'mixture', 'gru', 'seasonal_naive']
    expect(modelOrder(names, 'mixture')).toEqual([
      'mixture',
      'gru',
      'ridge',
      'seasonal_naive',
      'climatology',
      'persistence',
    ])
  })

  it('model table - skill is what a model saves of the error of persistence', () => {
    const lines = modelLines(score({ mixture: 2, climatology: 3, persistence: 2.5 }), choice)
    expect(lines.map(({ model, skill }) => [model, skill])).toEqual([
      ['mixture', expect.closeTo(0.2)],
      ['climatology', expect.closeTo(-0.2)],
      ['persistence', undefined],
    ])
  })

  it('model table - without persistence, or before a score, there is no skill', () => {
    expect(modelLines(score({ mixture: 2 }), choice)[0]?.skill).toBeUndefined()
    expect(modelLines(score({ mixture: null, persistence: null }), choice)[0]).toMatchObject({
      mae: undefined,
      skill: undefined,
    })
    expect(modelLines(score({ mixture: 2, persistence: 0 }), choice)[0]?.skill).toBeUndefined()
  })

  it('model table - a handful of forecasts gives an error, but no skill yet', () => {
    const scores = score({ mixture: 2, persistence: 0.1 })
    for (const model of Object.values(scores.models)) model.n['24']!['30d'] = 5
    expect(modelLines(scores, choice)[0]).toMatchObject({ mae: 2, skill: undefined })
  })

  it('model table - a model scored on far fewer forecasts than persistence is marked', () => {
    const scores = score({ gru: 2, mixture: 2, persistence: 2.5 })
    const n = scores.models['gru']?.n['24']
    if (n) n['30d'] = 500
    expect(modelLines(scores, choice).map(({ model, fewer }) => [model, fewer])).toEqual([
      ['mixture', false],
      ['gru', true],
      ['persistence', false],
    ])
  })

  it('model table - the error by lead has 24 places, empty where nothing was settled', () => {
    const byLead = maeByLead(score({ mixture: 2 }), 'mixture', '30d')
    expect(byLead).toHaveLength(24)
    expect(byLead[23]).toBe(2)
    expect(byLead.slice(0, 23).every((value) => value === null)).toBe(true)
  })

  it('model table - each expert has its weight in the newest forecast at the chosen lead, the mixture none', () => {
    const weights = new Map([
      ['gru', Array.from({ length: 24 }, (_, index) => index / 100)],
      ['persistence', new Array<number>(24).fill(0.5)],
    ])
    const of = (lead: number) =>
      modelLines(score({ gru: 2, mixture: 2, persistence: 2.5 }), { ...choice, lead, weights })
    expect(of(24).map(({ model, weight }) => [model, weight])).toEqual([
      ['mixture', undefined],
      ['gru', 0.23],
      ['persistence', 0.5],
    ])
    expect(of(1)[1]!.weight).toBe(0)
  })

  it('model table - the best expert is the one that misses least, over as many forecasts as persistence', () => {
    const scores = score({ gru: 1.9, rls: 2, mlp: 2.1, mixture: 1.8, persistence: 1.5 })
    expect(bestExpert(modelLines(scores, choice))).toBe('gru')
    const n = scores.models['gru']?.n['24']
    if (n) n['30d'] = 100
    expect(bestExpert(modelLines(scores, choice))).toBe('rls')
    expect(bestExpert(modelLines(score({ mixture: 2, persistence: 2 }), choice))).toBeUndefined()
  })

  it('model table - a line is drawn of the published model, the best expert and the baselines', () => {
    const models = ['mixture', 'gru', 'ridge', 'persistence', 'climatology']
    const lines = models.map((model) => lineOf(model, { published: 'mixture', best: 'ridge' }))
    expect(lines).toEqual(['published', undefined, 'expert', 'persistence', 'climatology'])
  })
})
