import { z } from 'zod'
import { instant } from './json-values.ts'
import { speedSchema } from './provenance.ts'
import { STATION_ID } from './topics.ts'

/** How a tape stands. */
export const tapeSchema = z.object({
  session: z.string(),
  speed: speedSchema,
  paused: z.boolean(),
  /** Why it is paused, where no command did that. */
  paused_because: z.string().optional(),
  loop: z.boolean(),
  ended: z.boolean(),
  /** Event time of the tick played last; null before the first. */
  position: instant.nullable(),
  first: instant.nullable(),
  last: instant.nullable(),
  /** Rows played since the models began. */
  rows: z.number().int(),
  /** Where it begins: what was lived, of a tape that is kept. A seek to before it is another past. */
  start: instant.optional(),
  /** What is played ends before here, the tape itself or not. */
  until: instant.optional(),
  /** What was lived is kept: a seek back restores it, and lives on to there. Else it forgets all that was learnt. */
  remembers: z.boolean().optional(),
  /** While that goes on, as fast as possible: where it leads. */
  catching_up_to: instant.optional(),
})
export type TapeMessage = z.infer<typeof tapeSchema>

/** A command to a tape; several keys at once are carried out in this order. */
export const tapeCommandSchema = z
  .object({
    station: z.string().regex(STATION_ID).optional(),
    speed: speedSchema.optional(),
    loop: z.boolean().optional(),
    /** Begins anew at the start: everything learnt is forgotten. */
    anew: z.literal(true).optional(),
    seek: z.string().optional(),
    /** Lets a seek forget what was learnt where it cannot be had again; without it such a seek is refused. */
    forget: z.literal(true).optional(),
    pause: z.literal(true).optional(),
    resume: z.literal(true).optional(),
    /** Plays this many ticks while paused. */
    step: z.number().int().min(1).max(10_000).optional(),
    /** Changes nothing, answers how the tape stands. */
    state: z.literal(true).optional(),
  })
  .strict()
export type TapeCommand = z.infer<typeof tapeCommandSchema>
