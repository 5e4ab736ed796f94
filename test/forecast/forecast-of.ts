import { type Forecast, LEADS } from '../../src/domain/forecast.ts'
import type { Instant } from '../../src/domain/instant.ts'
import { MIXTURE } from '../../src/forecast/mixture.ts'

/** A forecast of nothing but zeros, for tests of what happens to it. */
export function forecastOf(issuedAt: Instant): Forecast {
  const mean = new Float64Array(LEADS)
  const quantiles = Array.from({ length: LEADS }, () => Float64Array.of(-3, -2, -1, 0, 1, 2, 3))
  const models = new Map([[MIXTURE, mean]])
  return { issuedAt, model: MIXTURE, mean, quantiles, models, weights: new Map(), weightsVersion: 0 }
}
