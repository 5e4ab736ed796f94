import { z } from 'zod'

/** How asking an issuer goes: who is asked, when, and what went wrong last. */
export const askedSchema = z.object({
  /** In words: what of which host. */
  whom: z.string(),
  /** How often, and how many of those askings failed. */
  times: z.number().int(),
  failures: z.number().int(),
  /** How many have failed in a row up to now; 0 where all is well. */
  failing: z.number().int(),
  /** Null before the first. */
  asked_at: z.string().nullable(),
  /** Null while an answer is awaited. */
  next_at: z.string().nullable(),
  /** What `issued_at` of its forecasts is: as the answer says, or when it was asked for. Null before the first answer. */
  issued_at_is: z.enum(['said', 'asked']).nullable(),
  /** The last, however long ago. */
  error: z.object({ kind: z.string(), message: z.string(), at: z.string() }).nullable(),
})
export type AskedMessage = z.infer<typeof askedSchema>
