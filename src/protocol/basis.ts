import { z } from 'zod'
import type { ForecastBasis } from '../domain/forecast.ts'
import { formatInstant } from '../domain/instant.ts'

const perLead = z.array(z.number())

/** What a forecast rests on, kept beside it: what its receipt says that cannot be worked out again. */
export const basisSchema = z.object({
  /** The measurement that it was issued at, and when that was taken in; absent on a tape. */
  value: z.number(),
  taken_in: z.string().optional(),
  /** Readings of the 24 hours up to the issue, 1440 at most; and how many of them were bridged or masked. */
  last_day: z.object({ readings: z.number().int(), unmeasured: z.number().int() }),
  /** Runs of others that it knew: `source` is an issuer, or `issuer.quantity`. */
  outside: z
    .array(z.object({ source: z.string(), issued_at: z.string(), available_at: z.string() }))
    .optional(),
  /**
   * By lead: how many errors the intervals had learnt from, on which scale (`spread`: too few, from the target's own
   * spread), and the level that the 90 % interval aimed at so that 90 % hold. One scale alone is that of all leads.
   */
  intervals: z.object({
    errors: z.array(z.number().int()),
    scale: z.union([z.string(), z.array(z.string())]),
    level90: perLead,
  }),
})
export type BasisMessage = z.infer<typeof basisSchema>

export function basisMessage({ current, takenIn, lastDay, outside, intervals }: ForecastBasis): BasisMessage {
  const { errors, scales, level90 } = intervals
  const [first] = scales
  return {
    value: round(current),
    ...(takenIn !== undefined && { taken_in: formatInstant(takenIn) }),
    last_day: { ...lastDay },
    ...(outside && {
      outside: outside.map(({ source, issuedAt, availableAt }) => ({
        source,
        issued_at: formatInstant(issuedAt),
        available_at: formatInstant(availableAt),
      })),
    }),
    intervals: {
      errors: [...errors],
      scale: first !== undefined && scales.every((scale) => scale === first) ? first : [...scales],
      level90: level90.map(round),
    },
  }
}

/** As all numbers of a forecast. */
function round(value: number): number {
  return Math.round(value * 1000) / 1000 + 0
}
