import { z } from 'zod'
import { instant, maybe } from './json-values.ts'
import { provenance } from './provenance.ts'

/* Scores as they travel: what is pushed with every forecast, and all figures on request. */

/** The windows that a rolling score is taken over; `all` is since the stream began. */
export const SCORE_WINDOWS = ['1d', '7d', '30d', 'all'] as const
export type ScoreWindow = (typeof SCORE_WINDOWS)[number]
const byWindow = z.object({ '1d': maybe, '7d': maybe, '30d': maybe, all: maybe })

/** A figure for leads +1 to +24 h. Shape [lead 24], null where nothing was settled. */
const leads = z.array(maybe)
/** By window. */
const leadsByWindow = z.record(z.string(), leads)
/** By nominal level: `"0.9"`, `"0.8"`, `"0.5"`. */
const leadsByLevel = z.record(z.string(), leads)

export const scoreSchema = z.object({
  as_of: instant,
  /** Of errors: K where the target is in degC. */
  unit: z.string(),
  models: z.record(
    z.string(),
    z.object({
      /** By lead in hours `"1"` to `"24"`: rolling MAE, and how many forecasts it is over. */
      mae: z.record(z.string(), byWindow),
      n: z.record(z.string(), byWindow),
      /** Mean of forecast - truth, over 30 days and all. */
      bias: leadsByWindow.optional(),
      rmse: leadsByWindow.optional(),
      /** By reference, `persistence` and the like: 1 - MAE / its MAE, over the forecasts that both made. */
      skill: z.record(z.string(), leadsByWindow).optional(),
      /** At +24 h since the start, January first; skill against persistence. Shapes: [month 12]. */
      by_month: z.object({ mae_24h: z.array(maybe), skill_24h: z.array(maybe) }).optional(),
    }),
  ),
  /** Share of truths within the published 90 % interval, by lead. */
  coverage90: z.record(z.string(), byWindow),
  /** Mean width of that interval, by lead. */
  width90: z.record(z.string(), byWindow),
  /** The same for each published interval, by its nominal level. */
  coverage: z.record(z.string(), leadsByWindow).optional(),
  width: z.record(z.string(), leadsByWindow).optional(),
  /** Mean continuous ranked probability score of the published quantiles. */
  crps: leadsByWindow.optional(),
  ...provenance,
})
export type ScoreMessage = z.infer<typeof scoreSchema>

/** Of one model over one stretch of time. */
export const modelFigures = z.object({
  n: leads,
  mae: leads,
  bias: leads,
  rmse: leads,
  /** By reference. */
  skill: z.record(z.string(), leads),
})
/** Of the published intervals. */
export const intervalFigures = z.object({
  n: leads,
  crps: leads,
  coverage: leadsByLevel,
  width: leadsByLevel,
})

/** Everything that is known of how good forecasts have been: what of it is too large to push with every forecast. */
export const verificationSchema = z.object({
  as_of: instant,
  /** Of errors: K where the target is in degC. */
  unit: z.string(),
  models: z.record(
    z.string(),
    z.object({
      /** By window, `"1d"` to `"all"`. */
      windows: z.record(z.string(), modelFigures),
      /** Since the start by month of the year of the valid time (UTC), January first. */
      months: z.array(modelFigures.nullable()),
    }),
  ),
  /** Of the published forecast. */
  intervals: z.object({ windows: z.record(z.string(), intervalFigures), months: z.array(intervalFigures) }),
  ...provenance,
})
export type VerificationMessage = z.infer<typeof verificationSchema>
