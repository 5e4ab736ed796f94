import { describe, expect, it } from 'vitest'
import { lineOf } from '../../src/dashboard/charts/line-style.ts'
import { bestExpert, maeByLead, modelLines } from '../../src/dashboard/model-table.ts'
import type { ScoreMessage } from '../../src/protocol/scores.ts'
import { score } from './messages.ts'

const choice = { published: 'mixture', lead: 24, window: '30d' } as const

describe('model table', () => {
  const scoredBy = (scores: ScoreMessage, model: string, n: number) => {
    const { '24': at24 } = scores.models[model]!.n
    if (at24) at24['30d'] = n
  }

  it('model table - those that were scored over the same forecasts stand by their errors, the others behind them', () => {
    const scores = score({
      persistence: 2.5,
      gru: 0.5,
      mixture: 2,
      mlp: 0.4,
      rls: 1.9,
      climatology: 3,
      new: null,
    })
    scoredBy(scores, 'gru', 500)
    scoredBy(scores, 'mlp', 300)
    scoredBy(scores, 'new', 0)
    scores.models['gru']!.skill = { persistence: { '30d': Array.from({ length: 24 }, () => 0.3) } }
    const lines = modelLines(scores, choice)
    expect(lines.map(({ model }) => model)).toEqual([
      ...['rls', 'mixture', 'persistence', 'climatology'],
      ...['gru', 'mlp', 'new'],
    ])
    expect(lines.map(({ paired }) => paired)).toEqual([true, true, true, true, false, false, false])
    expect(lines.map(({ n }) => n)).toEqual([720, 720, 720, 720, 500, 300, 0])
  })

  it('model table - over fewer forecasts skill is what the server says of those that both made, or none', () => {
    const scores = score({ persistence: 2.5, gru: 0.5, mlp: 0.4, mixture: 2 })
    scoredBy(scores, 'gru', 500)
    scoredBy(scores, 'mlp', 500)
    scores.models['gru']!.skill = { persistence: { '30d': Array.from({ length: 24 }, () => 0.3) } }
    const skills = new Map(modelLines(scores, choice).map(({ model, skill }) => [model, skill]))
    expect(skills.get('gru')).toBe(0.3)
    expect(skills.get('mlp')).toBeUndefined()
  })

  it('model table - skill is what a model saves of the error of persistence', () => {
    const lines = modelLines(score({ mixture: 2, climatology: 3, persistence: 2.5 }), choice)
    expect(lines.map(({ model, skill }) => [model, skill])).toEqual([
      ['mixture', expect.closeTo(0.2)],
      ['persistence', undefined],
      ['climatology', expect.closeTo(-0.2)],
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
    const scores = score({ mixture: 2, persistence: 2.1 })
    for (const model of Object.values(scores.models)) model.n['24']!['30d'] = 5
    expect(modelLines(scores, choice)[0]).toMatchObject({ mae: 2, skill: undefined })
  })

  it('model table - the error by lead has 24 places, empty where nothing was settled', () => {
    const of = { published: 'mixture', window: '30d' } as const
    const byLead = maeByLead(score({ mixture: 2 }), { ...of, model: 'mixture' })
    expect(byLead).toHaveLength(24)
    expect(byLead[23]).toBe(2)
    expect(byLead.slice(0, 23).every((value) => value === null)).toBe(true)
    const scores = score({ mixture: 2, gru: 1 })
    expect(maeByLead(scores, { ...of, model: 'gru' })[23]).toBe(1)
    scoredBy(scores, 'gru', 500)
    expect(maeByLead(scores, { ...of, model: 'gru' })[23]).toBeNull()
  })

  it('model table - each expert has its weight in the newest forecast at the chosen lead, the mixture none', () => {
    const weights = new Map([
      ['gru', Array.from({ length: 24 }, (_, index) => index / 100)],
      ['persistence', new Array<number>(24).fill(0.5)],
    ])
    const of = (lead: number) =>
      modelLines(score({ gru: 1.9, mixture: 2, persistence: 2.5 }), { ...choice, lead, weights })
    expect(of(24).map(({ model, weight }) => [model, weight])).toEqual([
      ['gru', 0.23],
      ['mixture', undefined],
      ['persistence', 0.5],
    ])
    expect(of(1).find(({ model }) => model === 'gru')?.weight).toBe(0)
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
