import { monitorEventLoopDelay } from 'node:perf_hooks'
import { HOUR, MINUTE } from '../src/domain/instant.ts'
import type { Lookback } from '../src/domain/lookback.ts'
import { seededRandom } from '../src/domain/random.ts'
import type { NetworkSpec, Weights } from '../src/domain/weights.ts'
import { jena } from '../src/ingest/jena.ts'
import type { Batch, TrainerState } from '../src/learn/trainer.ts'
import { networkForecaster } from '../src/networks/network-forecaster.ts'
import { freeThreads, openTrainerPool } from '../src/networks/trainer-pool.ts'

/** Delays of the event loop while the trainer did nothing but train. */
export interface LoopDelay {
  readonly seconds: number
  readonly engine: string
  readonly steps: number
  readonly forecasts: number
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
  readonly largest: number
}

const SPEC: NetworkSpec = {
  cell: 'gru',
  units: [32],
  bidirectional: true,
  steps: 72,
  stepSpan: HOUR,
  channels: 6,
  target: 1,
}
const BATCH = 128

/**
 * Trains without a pause in the trainer's threads. Meanwhile this thread does what a live stream does, but more
 * often: a reading every 10 ms, a forecast with each, and new weights as soon as they arrive.
 */
export async function eventLoopDelay(seconds: number): Promise<LoopDelay> {
  const pool = await openTrainerPool({ threads: 1 })
  const trainer = pool.trainer({ kind: 'recurrent', spec: SPEC, threads: freeThreads() }, 1)
  const random = seededRandom(1)
  const draw = (length: number): Float32Array =>
    Float32Array.from({ length }, () => 10 + 5 * (random.unit() - 0.5))
  const values = draw(SPEC.steps * SPEC.channels)
  let weights: Weights | undefined
  const forecaster = networkForecaster(jena, { name: 'network', spec: SPEC })
  const range = forecaster.initial()
  const scaler = {
    count: 1000,
    mean: new Float64Array(SPEC.channels).fill(10),
    deviation: new Float64Array(SPEC.channels).fill(5),
  }
  const batch = (): Batch => ({
    size: BATCH,
    inputs: draw(BATCH * SPEC.steps * SPEC.channels),
    base: draw(BATCH),
    issuedAt: new Float64Array(BATCH),
    truth: draw(BATCH * 24),
  })

  let steps = 0
  let forecasts = 0
  let issuedAt = 0
  let training = true
  const delay = monitorEventLoopDelay({ resolution: 1 })
  const train = async (): Promise<void> => {
    let state: TrainerState | undefined
    for (let round = 1; training; round++) {
      const trained = await trainer.train(state, {
        ...{ round, requestedAt: 0, scaler, learningRate: 1e-3 },
        batches: [batch(), batch()],
      })
      state = trained.state
      weights = trained.result.weights
      steps += trained.result.steps
    }
  }
  const trained = train()
  const stream = setInterval(() => {
    issuedAt += 10 * MINUTE
    const lookback: Lookback = {
      ...{ issuedAt, steps: SPEC.steps, stepSpan: SPEC.stepSpan, channels: SPEC.channels },
      copyTo: (into) => into.set(values),
    }
    if (forecaster.predict(range, { issuedAt, current: 10, lookback, ...(weights && { weights }) }))
      forecasts += 1
  }, 10)
  await new Promise((resolve) => setTimeout(resolve, 2000))
  delay.enable()
  await new Promise((resolve) => setTimeout(resolve, 1000 * seconds))
  delay.disable()
  training = false
  clearInterval(stream)
  await trained
  await pool.close()
  return {
    ...{ seconds, engine: trainer.engine, steps, forecasts },
    p50: delay.percentile(50) / 1e6,
    p99: delay.percentile(99) / 1e6,
    largest: delay.max / 1e6,
  }
}
