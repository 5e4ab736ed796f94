import { from, lastValueFrom, toArray } from 'rxjs'
import { describe, expect, it } from 'vitest'
import type { Forecast } from '../../src/domain/forecast.ts'
import { formatInstant, HOUR } from '../../src/domain/instant.ts'
import { learningFromOffers } from '../../src/flow/learning.ts'
import type { Turn } from '../../src/flow/moment.ts'
import { panel } from '../../src/flow/panel.ts'
import { pipeline } from '../../src/flow/pipeline.ts'
import { trainingStatus } from '../../src/flow/status-message.ts'
import { verification } from '../../src/flow/verification.ts'
import { BASELINES } from '../../src/forecast/baselines.ts'
import { learner } from '../../src/learn/learner.ts'
import type { TrainingResult, TrainingRound } from '../../src/learn/trainer.ts'
import { MLP_EXPERTS, mlpSpec } from '../../src/networks/mlp/mlp-experts.ts'
import { mlpForecaster } from '../../src/networks/mlp/mlp-forecaster.ts'
import { stationOf, weather } from '../forecast/series.ts'
import { beginTraining } from '../networks/in-thread.ts'

/* A network in its real training, in this thread, and everything round it; one round is given what breaks it. */

const POISONED = 8
const station = stationOf()
const [expert] = MLP_EXPERTS

type Meddle = (round: TrainingRound, train: (round: TrainingRound) => TrainingResult) => TrainingResult

const poisoned = (round: TrainingRound): TrainingRound =>
  round.round === POISONED
    ? {
        ...round,
        batches: round.batches.map((batch) => ({ ...batch, truth: batch.truth.map(() => Infinity) })),
      }
    : round

async function lived(meddle: Meddle) {
  const train = beginTraining({ kind: 'mlp', spec: mlpSpec(station, expert!) }, 1)
  const results: TrainingResult[] = []
  const learning = learner({
    seed: 1,
    schedule: { trainEvery: 6 * HOUR, minSamples: 8 },
    batchSize: 16,
    trainer: {
      async train(round) {
        const result = meddle(round, train)
        results.push(result)
        return result
      },
      async reset() {},
    },
  })
  const offered = learningFromOffers(learning, { name: expert!.name })
  const forecasters = () => [
    ...[...BASELINES.values()].map((create) => create(station)),
    mlpForecaster(station, { expert: expert!, weights: () => learning.weights, offer: offered.offer }),
  ]
  const turns = weather({ rows: 10 * 24 }).map(({ eventTime, values }, row): Turn => {
    const [T, p] = Array.from(values, (value) => (Number.isNaN(value) ? null : value))
    const time = formatInstant(eventTime)
    const tick = { event_time: time, ingest_time: time, id: `test/${row}`, values: { T: T!, p: p! } }
    return { tick, done: () => undefined }
  })
  const moments = await lastValueFrom(
    from(turns).pipe(
      pipeline({
        station,
        lateness: 0,
        maxBridge: 3 * HOUR,
        window: undefined,
        panel: panel(station, forecasters),
        verification: verification(station),
        training: undefined,
        learning: [offered],
        issueEvery: HOUR,
      }),
      toArray(),
    ),
  )
  const forecasts = moments.flatMap((moment): Forecast[] =>
    moment.kind === 'reading' && moment.forecast ? [moment.forecast] : [],
  )
  const { networks } = trainingStatus(undefined, { network: 'none', others: [offered] })
  return { forecasts, results, told: networks![expert!.name]! }
}

describe('rollback', () => {
  it('rollback - a round that breaks a network is undone and told, and the published forecast does not notice', async () => {
    const broken = await lived((round, train) => train(poisoned(round)))
    expect(broken.results[POISONED - 1]!.loss).toBeNaN()
    expect(broken.results.slice(POISONED).every(({ loss }) => Number.isFinite(loss))).toBe(true)
    expect(broken.told.undone).toBe(1)
    expect(broken.told.rounds).toBeGreaterThan(POISONED + 5)
    for (const { mean, quantiles } of broken.forecasts) {
      expect([...mean, ...quantiles.flatMap((levels) => [...levels])].every(Number.isFinite)).toBe(true)
    }
    // As if the round had ended with the weights it began with.
    let good: TrainingResult | undefined
    const held = await lived((round, train) => {
      const result = train(poisoned(round))
      good = round.round === POISONED ? { ...good!, steps: result.steps } : result
      return good
    })
    expect(held.told.undone).toBe(0)
    expect(broken.forecasts).toEqual(held.forecasts)
    expect(broken.forecasts.at(-1)!.models.has(expert!.name)).toBe(true)
  })

  it('rollback - without one, nothing is told', async () => {
    expect((await lived((round, train) => train(round))).told.undone).toBe(0)
  })
})
