import { LEADS, type Settlement } from '../../src/domain/forecast.ts'
import { HOUR, type Instant } from '../../src/domain/instant.ts'

/** Each model with one number for all leads. */
export function modelsPredicting(predicted: Readonly<Record<string, number>>): Map<string, Float64Array> {
  return new Map(
    Object.entries(predicted).map(([name, value]) => [name, new Float64Array(LEADS).fill(value)]),
  )
}

/** What was predicted, and the truth: 0 within an interval of 1 on either side unless told otherwise. */
export function settlementOf(
  validAt: Instant,
  predicted: Readonly<Record<string, number>>,
  { leadIndex = 23, truth = 0, half = 1 } = {},
): Settlement {
  return {
    issuedAt: validAt - (leadIndex + 1) * HOUR,
    validAt,
    leadIndex,
    truth,
    models: modelsPredicting(predicted),
    quantiles: Float64Array.of(-half, -half, -half, 0, half, half, half),
  }
}
