import type { z } from 'zod'
import { instant } from './json-values.ts'
import { takenOutsideSchema } from './outside.ts'
import { provenance } from './provenance.ts'

/** What others have forecast, as it came and was taken. */
export const publishedOutsideSchema = takenOutsideSchema.extend({
  available_at: instant,
  came_at: instant,
  ...provenance,
})
export type PublishedOutside = z.infer<typeof publishedOutsideSchema>
