import { z } from 'zod'
import { parseInstant } from '../domain/instant.ts'
import { basisSchema } from './basis.ts'
import type { ForecastMessage } from './forecast.ts'
import { forecastId } from './forecast-id.ts'
import { instant, maybe } from './json-values.ts'

/** Why a forecast is what it is, and what came of it. */
export const receiptSchema = z.object({
  id: z.string(),
  station: z.string(),
  issued_at: instant,
  target: z.string(),
  unit: z.string(),
  model: z.string(),
  weights_version: z.number().int(),
  hindcast: z.literal(true).optional(),
  /** Absent of forecasts from before it was kept. */
  basis: basisSchema.optional(),
  leads: z.array(
    z.object({
      lead_hours: z.number().int(),
      valid_time: instant,
      mean: z.number(),
      quantiles: z.record(z.string(), z.number()),
      /** Null where none has come, or not yet. */
      truth: maybe,
      error: maybe,
      /** By expert: what it said and what that weighed, the heaviest first. */
      experts: z.array(z.object({ name: z.string(), mean: maybe, weight: maybe })),
    }),
  ),
})
export type Receipt = z.infer<typeof receiptSchema>

/** `truth` by lead, NaN where none is known. Shape [lead 24]. */
export function receiptOf(station: string, message: ForecastMessage, truth: Float64Array): Receipt {
  const { issued_at, target, unit, model, weights_version, hindcast, basis, leads, models, weights } = message
  const experts = Object.keys(models).filter((name) => name !== model)
  return {
    id: forecastId(station, parseInstant(issued_at) ?? Number.NaN),
    ...{ station, issued_at, target, unit, model, weights_version },
    ...(hindcast && { hindcast }),
    ...(basis && { basis }),
    leads: leads.map((lead, at) => {
      const came = truth[at] ?? Number.NaN
      return {
        ...lead,
        truth: known(came),
        error: known(came - lead.mean),
        experts: experts
          .map((name) => ({
            name,
            mean: models[name]![at] ?? null,
            weight: weights?.[name]?.[at] ?? null,
          }))
          .sort((a, b) => (b.weight ?? 0) - (a.weight ?? 0)),
      }
    }),
  }
}

function known(value: number): number | null {
  return Number.isNaN(value) ? null : Math.round(value * 1000) / 1000 + 0
}
