import { type Forecast, LEADS, type Settlement } from '../../src/domain/forecast.ts'
import type { Instant } from '../../src/domain/instant.ts'
import type { Reading } from '../../src/domain/reading.ts'
import { type Station, targetIndex } from '../../src/domain/station.ts'
import type { Forecaster } from '../../src/forecast/forecaster.ts'
import { conformalIntervals, type IntervalState } from '../../src/forecast/intervals.ts'
import { emptyMixture, learnMixture, MIXTURE, type MixtureState, mix } from '../../src/forecast/mixture.ts'
import { type LedgerState, ledger } from '../../src/verify/ledger.ts'
import { type Begun, begun } from './begun.ts'
import { type ExamplesState, examplesOf } from './examples.ts'

/** Models, mixture, intervals and ledger in the order of a tick, without streams: settle, learn, observe, issue. */
export class Chain {
  readonly models: readonly Forecaster[]
  readonly #ledger
  readonly #intervals
  readonly #begun: readonly Begun[]
  readonly #examples: ReturnType<typeof examplesOf>
  readonly #open: ExamplesState
  readonly #target: number
  ledgerState: LedgerState
  #mixture: MixtureState = emptyMixture()
  #errors: IntervalState
  #current = Number.NaN

  constructor(station: Station, models: readonly Forecaster[]) {
    this.models = models
    this.#begun = models.map((model) => begun(model))
    this.#target = targetIndex(station)
    this.#ledger = ledger(station)
    this.ledgerState = this.#ledger.initial()
    this.#intervals = conformalIntervals(station, MIXTURE)
    this.#errors = this.#intervals.initial()
    this.#examples = examplesOf(station)
    this.#open = this.#examples.initial()
  }

  settle(reading: Reading): readonly Settlement[] {
    const { state, output } = this.#ledger.step(this.ledgerState, { kind: 'reading', reading })
    this.ledgerState = state
    for (const settlement of output) {
      this.#mixture = learnMixture(this.#mixture, settlement)
      this.#errors = this.#intervals.learn(this.#errors, settlement)
    }
    const examples = this.#examples.observe(this.#open, reading)
    for (const model of this.#begun) {
      model.observe(reading)
      for (const example of examples) model.learn(example)
    }
    this.#errors = this.#intervals.observe(this.#errors, reading)
    const value = reading.values[this.#target]!
    if (!reading.bridged && !Number.isNaN(value)) this.#current = value
    return output
  }

  issue(issuedAt: Instant): Forecast | undefined {
    const models = new Map<string, Float64Array>()
    const current = this.#current
    const features = this.#examples.issue(this.#open, issuedAt, current)
    this.models.forEach(({ name }, index) => {
      const mean = this.#begun[index]!.predict({ issuedAt, current, lookback: undefined, features })
      if (mean) models.set(name, mean)
    })
    const mixed = mix(this.#mixture, models)
    if (!mixed) return undefined
    const { mean, weights } = mixed
    models.set(MIXTURE, mean)
    const quantiles = this.#intervals.quantiles(this.#errors, issuedAt, mean)
    const forecast = { issuedAt, model: MIXTURE, mean, quantiles, models, weights, weightsVersion: 0 }
    this.ledgerState = this.#ledger.step(this.ledgerState, { kind: 'issued', forecast }).state
    return forecast
  }
}

/** A forecast of nothing but zeros, for tests of what happens to it. */
export function forecastOf(issuedAt: Instant): Forecast {
  const mean = new Float64Array(LEADS)
  const quantiles = Array.from({ length: LEADS }, () => Float64Array.of(-3, -2, -1, 0, 1, 2, 3))
  const models = new Map([[MIXTURE, mean]])
  return { issuedAt, model: MIXTURE, mean, quantiles, models, weights: new Map(), weightsVersion: 0 }
}
