import { LEADS, type Settlement } from '../../src/domain/forecast.ts'
import { HOUR, type Instant } from '../../src/domain/instant.ts'

/** Each model with one number for all leads. */
export function modelsSaying(said: Readonly<Record<string, number>>): Map<string, Float64Array> {
  return new Map(Object.entries(said).map(([name, value]) => [name, new Float64Array(LEADS).fill(value)]))
}

/** What was said, and the truth: 0 within an interval of 1 on either side unless told otherwise. */
export function settlementOf(
  validAt: Instant,
  said: Readonly<Record<string, number>>,
  { leadIndex = 23, truth = 0, half = 1 } = {},
): Settlement {
  return {
    issuedAt: validAt - (leadIndex + 1) * HOUR,
    validAt,
    leadIndex,
    truth,
    models: modelsSaying(said),
    quantiles: Float64Array.of(-half, -half, -half, 0, half, half, half),
  }
}
