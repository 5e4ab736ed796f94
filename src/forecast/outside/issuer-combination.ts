import { LEADS } from '../../domain/forecast.ts'
import { isIssuerAsIs, isOfIssuer } from '../../domain/outside.ts'
import type { Mixed } from '../mixture.ts'

/*
 * Where several issuers speak, what they say and what is made of it is nearly as good one as the other, and for years no
 * record tells the best weights from equal ones: such means have been hard to beat for as long as forecasts are combined.
 * Weights by inverse errors (Bates and Granger 1969) are equal among equals, and take from who is worse.
 */

/** Of the inverse error: who errs a tenth more counts for half. */
const POWER = 8

/**
 * The mean of all that issuers say, as it is and corrected, at leads at which two of them do; NaN at others, and undefined
 * where there are none. Whose error is not known counts as the best of them.
 */
export function combineIssuers(
  models: ReadonlyMap<string, Float64Array>,
  errorOf: (model: string) => Float64Array | undefined,
  /** The most that each may count for; default 1. Shape of each: [lead 24]. */
  most?: ReadonlyMap<string, Float64Array>,
): Mixed | undefined {
  const parts = [...models].flatMap(([name, said]) =>
    isOfIssuer(name)
      ? [{ said, isAsIs: isIssuerAsIs(name), errors: errorOf(name), most: most?.get(name), name }]
      : [],
  )
  if (parts.filter(({ isAsIs }) => isAsIs).length < 2) return undefined
  const mean = new Float64Array(LEADS).fill(Number.NaN)
  const weights = new Map(parts.map(({ name }) => [name, new Float64Array(LEADS)]))
  for (let lead = 0; lead < LEADS; lead++) {
    const awake = parts.filter(({ said }) => !Number.isNaN(said[lead]!))
    if (awake.filter(({ isAsIs }) => isAsIs).length < 2) continue
    const errors = awake.map(({ errors }) => errors?.[lead] ?? Number.NaN)
    const least = Math.min(...errors.filter((error) => error > 0))
    const each = awake.map(({ most }, index) => (most?.[lead] ?? 1) * weightOf(errors[index]!, least))
    const sum = each.reduce((one, other) => one + other, 0)
    if (sum === 0) continue
    mean[lead] = 0
    for (const [index, { name, said }] of awake.entries()) {
      const weight = each[index]! / sum
      weights.get(name)![lead] = weight
      mean[lead]! += weight * said[lead]!
    }
  }
  return mean.every(Number.isNaN) ? undefined : { mean, weights }
}

function weightOf(error: number, least: number): number {
  return error > 0 ? (least / error) ** POWER : 1
}
