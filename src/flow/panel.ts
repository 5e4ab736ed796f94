import type { Forecast, Settlement } from '../domain/forecast.ts'
import type { Instant } from '../domain/instant.ts'
import type { Lookback } from '../domain/lookback.ts'
import type { Reading } from '../domain/reading.ts'
import type { Station } from '../domain/station.ts'
import { FeatureStage } from '../forecast/features/feature-stage.ts'
import type { Forecaster } from '../forecast/forecaster.ts'
import { conformalIntervals, type IntervalState } from '../forecast/intervals.ts'
import { emptyMixture, learnMixture, MIXTURE, type MixtureState, mix } from '../forecast/mixture.ts'

/** All models of a station, the mixture over them and the intervals round it: what a forecast is made by. */
export interface Panel {
  /** Learns from settlements first: what was said before is judged before anything new is learnt. */
  observe(reading: Reading, settlements: readonly Settlement[]): void
  /** Undefined while no model can say anything. */
  forecast(
    issuedAt: Instant,
    from: {
      readonly current: number
      readonly lookback: Lookback | undefined
      readonly weightsVersion: number
    },
  ): Forecast | undefined
  reset(): void
}

interface Judges {
  readonly forecasters: readonly Forecaster[]
  /** What those learn from that learn examples; undefined where none does. */
  readonly features: FeatureStage | undefined
  mixture: MixtureState
  intervals: IntervalState
}

export function panel(station: Station, forecasters: () => readonly Forecaster[]): Panel {
  const intervals = conformalIntervals(station, MIXTURE)
  const begin = (): Judges => {
    const models = forecasters()
    return {
      forecasters: models,
      features: models.some(({ learn }) => learn) ? new FeatureStage(station) : undefined,
      mixture: emptyMixture(),
      intervals: intervals.initial(),
    }
  }
  let judges = begin()

  return {
    observe(reading, settlements) {
      for (const settlement of settlements) {
        judges.mixture = learnMixture(judges.mixture, settlement)
        judges.intervals = intervals.learn(judges.intervals, settlement)
      }
      judges.intervals = intervals.observe(judges.intervals, reading)
      const examples = judges.features?.observe(reading) ?? []
      for (const forecaster of judges.forecasters) {
        forecaster.observe(reading)
        for (const example of examples) forecaster.learn?.(example)
      }
    },
    forecast(issuedAt, { current, lookback, weightsVersion }) {
      const models = new Map<string, Float64Array>()
      const features = judges.features?.issue(issuedAt, current)
      for (const forecaster of judges.forecasters) {
        const mean = forecaster.predict({ issuedAt, current, lookback, ...(features && { features }) })
        // One model that runs away must not take the published forecast with it.
        if (mean?.every(Number.isFinite)) models.set(forecaster.name, mean)
      }
      const mixed = mix(judges.mixture, models)
      if (!mixed) return undefined
      const quantiles = intervals.quantiles(judges.intervals, issuedAt, mixed.mean)
      models.set(MIXTURE, mixed.mean)
      const { mean, weights } = mixed
      return { issuedAt, model: MIXTURE, mean, quantiles, models, weights, weightsVersion }
    },
    reset() {
      judges = begin()
    },
  }
}
