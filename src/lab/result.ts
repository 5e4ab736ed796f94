import { z } from 'zod'

/** What is kept of an experiment: how it was set, what came of each epoch, and how good the best one is. */

const figuresSchema = z.object({ loss: z.number(), accuracy: z.number().optional() })

const epochSchema = z.object({
  epoch: z.number(),
  training: figuresSchema,
  validation: figuresSchema,
  /** Of wall time, training alone. */
  seconds: z.number(),
  validationSeconds: z.number(),
})

const settingsSchema = z.object({
  protocol: z.enum(['published', 'exact']).optional(),
  seed: z.number(),
  epochs: z.number(),
  steps: z.number(),
  batch: z.number(),
  learningRate: z.number(),
  patience: z.number(),
  /** The experiment's own, as data. */
  layers: z.array(z.record(z.string(), z.unknown())),
  data: z.object({
    name: z.string(),
    samples: z.object({ training: z.number(), validation: z.number(), test: z.number() }),
  }),
})

export const resultSchema = z.object({
  format: z.literal(1),
  experiment: z.string(),
  task: z.enum(['jena', 'reviews']),
  settings: settingsSchema,
  engine: z.string(),
  parameters: z.number(),
  /** `diverged`: a loss was no number any more. */
  state: z.enum(['running', 'finished', 'diverged']),
  /** Where that was: the step that could not be taken, or in validation one past the last. */
  diverged: z.object({ epoch: z.number(), step: z.number() }).optional(),
  epochs: z.array(epochSchema),
  /** At the epoch whose validation loss is the least; null before the first. */
  best: z.object({ epoch: z.number(), validation: figuresSchema, test: figuresSchema.nullable() }).nullable(),
  unitOfLoss: z.object({ size: z.number(), unit: z.string() }).optional(),
})

export type EpochRecord = z.infer<typeof epochSchema>
export type Settings = z.infer<typeof settingsSchema>
export type Result = z.infer<typeof resultSchema>

/** What a result's files are called. */
export function resultKey({ experiment, settings }: Pick<Result, 'experiment' | 'settings'>): string {
  const { protocol, seed } = settings
  return [experiment, ...(protocol ? [protocol] : []), ...(seed === 1 ? [] : [`seed-${seed}`])].join('.')
}

/** Whether a result was got in just this way. */
export function sameSettings(a: Settings, b: Settings): boolean {
  return JSON.stringify(settingsSchema.parse(a)) === JSON.stringify(settingsSchema.parse(b))
}
