import { z } from 'zod'
import { instant } from './json-values.ts'

/** The sensor jumped away just now, stays on another level, or says the same again and again. */
export const sensorFaultSchema = z.enum(['spike', 'shift', 'stuck'])

const faultSchema = z.object({
  fault: sensorFaultSchema,
  /** When it began; of a stuck sensor the first reading of the value. */
  since: instant,
  /** Readings that were masked. */
  masked: z.number().int(),
})

/** Whether what the target's sensor says is a measurement. */
export const sensorHealthSchema = z.object({
  state: z.enum(['ok', ...sensorFaultSchema.options]),
  /** What goes on, and what would make sense of it. Readings are masked until it is over. */
  fault: faultSchema
    .extend({
      /** What came in last, and the last value that was accepted. */
      value: z.number(),
      accepted: z.number(),
      /** The unit in which it would be what was expected. */
      looks_like: z.string().optional(),
    })
    .optional(),
  /** The newest that is over: the sensor is back, a new level is believed after its time, or the owner said it is real. */
  ended: faultSchema.extend({ until: instant, how: z.enum(['over', 'new_level', 'accepted']) }).optional(),
  /** In this session: faults found, and readings masked. */
  faults: z.number().int(),
  masked: z.number().int(),
})
export type SensorHealthMessage = z.infer<typeof sensorHealthSchema>
