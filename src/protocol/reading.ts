import { z } from 'zod'
import { instant, maybe } from './json-values.ts'
import { provenance } from './provenance.ts'
import { sensorFaultSchema } from './sensor-health.ts'

export const readingSchema = z.object({
  event_time: instant,
  ingest_time: instant,
  values: z.record(z.string(), maybe),
  /** Held from the last measurement, not measured. */
  bridged: z.boolean(),
  /** What the target's sensor said, in place of the null in `values`: by what is wrong with it no measurement. */
  flagged: z.object({ fault: sensorFaultSchema, value: z.number() }).optional(),
  ...provenance,
})
export type ReadingMessage = z.infer<typeof readingSchema>
