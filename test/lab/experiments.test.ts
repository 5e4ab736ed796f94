import { beforeAll, describe, expect, it } from 'vitest'
import { EXPERIMENTS, namedExperiments } from '../../src/lab/experiments.ts'
import { openModel } from '../../src/lab/model/experiment-model.ts'
import { startBackend } from '../../src/tensorflow/start-backend.ts'

describe('experiments', () => {
  beforeAll(() => startBackend('auto'))

  it('experiments - each name is there once', () => {
    expect(new Set(EXPERIMENTS.map(({ name }) => name)).size).toBe(EXPERIMENTS.length)
  })

  it('experiments - all that the chapter prints is there with its numbers', () => {
    const printed = EXPERIMENTS.flatMap(({ name, printed }) => (printed ? [[name, printed.validation]] : []))
    expect(Object.fromEntries(printed)).toEqual({
      persistence: 0.2897,
      dense: 0.3235,
      gru: 0.2624,
      dropout: 0.2826,
      stacked: 0.2721,
      reversed: 0.356,
      bidirectional: 0.2619,
      'reviews-reversed': 0.872,
      'reviews-bidirectional': 0.878,
    })
  })

  it.each(EXPERIMENTS.filter(({ layers }) => layers))(
    'experiments - $name can be built',
    ({ layers, task }) => {
      const input =
        task === 'jena'
          ? ({ kind: 'series', steps: 4, width: 3 } as const)
          : ({ kind: 'tokens', length: 4, words: 10 } as const)
      const model = openModel({ input, layers: [...layers!, { kind: 'dense', units: 1 }], loss: 'mae' }, 1)
      expect(model.initial.length).toBeGreaterThan(0)
      model.dispose()
    },
  )

  it('experiments - names are taken in their order and once, all is every one, an unknown one is rejected', () => {
    expect(namedExperiments(['gru', 'dense', 'gru']).map(({ name }) => name)).toEqual(['gru', 'dense'])
    expect(namedExperiments(['all'])).toEqual(EXPERIMENTS)
    expect(() => namedExperiments(['gur'])).toThrow(/no experiment 'gur'; there are persistence, dense, gru/)
  })
})
