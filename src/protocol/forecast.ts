import { z } from 'zod'
import { basisSchema } from './basis.ts'
import { instant, maybe } from './json-values.ts'
import { provenance } from './provenance.ts'

export const leadSchema = z.object({
  lead_hours: z.number().int(),
  valid_time: instant,
  mean: z.number(),
  /** By level, `"0.05"` to `"0.95"`, ordered. */
  quantiles: z.record(z.string(), z.number()),
})

export const forecastSchema = z.object({
  /** `station/issued_at`; absent in records of before there was one. */
  id: z.string().optional(),
  issued_at: instant,
  target: z.string(),
  unit: z.string(),
  model: z.string(),
  weights_version: z.number().int(),
  leads: z.array(leadSchema),
  /** What each model predicted, by lead: shape [lead 24]; null where one from outside said nothing. */
  models: z.record(z.string(), z.array(maybe)),
  /** What each expert weighs in the published mean, by lead: shape [lead 24]; they sum to 1. */
  weights: z.record(z.string(), z.array(z.number())).optional(),
  /** What it rests on, for its receipt. */
  basis: basisSchema.optional(),
  /** Made afterwards, from a file of the past, by what was known at its issue time: nobody could have had it then. */
  hindcast: z.literal(true).optional(),
  ...provenance,
})
export type ForecastMessage = z.infer<typeof forecastSchema>
