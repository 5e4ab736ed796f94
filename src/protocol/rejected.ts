import { z } from 'zod'
import { instant } from './json-values.ts'
import { provenance } from './provenance.ts'

export const rejectedSchema = z.object({
  tick: z.string(),
  event_time: z.string(),
  field: z.string(),
  value: z.union([z.string(), z.number(), z.null()]),
  rule: z.string(),
  reason: z.string(),
  rejected_at: instant,
  ...provenance,
})
export type RejectedMessage = z.infer<typeof rejectedSchema>
