import { LEADS } from '../../domain/forecast.ts'
import { isOfIssuer } from '../../domain/outside.ts'
import type { Mixed } from '../mixture.ts'

/*
 * What issuers say and what is made of it is nearly as good one as the other, and for years no record tells the best weights
 * from equal ones: such means have been hard to beat for as long as forecasts are combined. Weights by inverse errors (Bates
 * and Granger 1969) are equal among equals, and take from who is worse. And of a station that begins nothing is known but
 * this: who forecasts for others mostly knows more than a model that has learnt from three days.
 */

/** Of the inverse error: who errs a tenth more counts for half. */
const POWER = 8

/**
 * The mean of all that issuers say, as it is and corrected; NaN at leads at which none does, and undefined where it is all of
 * them. Whose error is not known counts as the best of them.
 */
export function combineIssuers(
  models: ReadonlyMap<string, Float64Array>,
  errorOf: (model: string) => Float64Array | undefined,
  /** The most that each may count for; default 1. Shape of each: [lead 24]. */
  most?: ReadonlyMap<string, Float64Array>,
): Mixed | undefined {
  const parts = [...models].flatMap(([name, said]) =>
    isOfIssuer(name) ? [{ said, errors: errorOf(name), most: most?.get(name), name }] : [],
  )
  if (parts.length === 0) return undefined
  const mean = new Float64Array(LEADS).fill(Number.NaN)
  const weights = new Map(parts.map(({ name }) => [name, new Float64Array(LEADS)]))
  for (let lead = 0; lead < LEADS; lead++) {
    const awake = parts.filter(({ said }) => !Number.isNaN(said[lead]!))
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
