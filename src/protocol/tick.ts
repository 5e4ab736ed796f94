import { z } from 'zod'
import { neighbourSchema } from './neighbour.ts'
import { outsideSchema } from './outside.ts'
import { replayMarkSchema } from './provenance.ts'

/**
 * Of a tick: which row it is since the models began, counted from 1, where whoever plays the tape counts. `unsaid`: it is
 * lived again on the way to a time long after, and what it sets off, which was published before, is not published.
 */
const tickMarkSchema = replayMarkSchema.extend({
  row: z.number().int().min(1).optional(),
  unsaid: z.literal(true).optional(),
})

/** A raw row on its way in: cells by channel name as they were read, checked by `ingest/` and nowhere else. */
export const tickSchema = z.object({
  event_time: z.string().max(64),
  ingest_time: z.string().max(64),
  /** source/run/row: the same for a retry, another for a genuine duplicate row. */
  id: z.string().max(256),
  /** A number, a cell that is no number (kept for the rejection), or null where nothing was measured. */
  values: z.record(z.string().max(128), z.union([z.number(), z.string().max(256), z.null()])),
  /** Set by whoever read the row where it was not even a row: which rule it broke. */
  malformed: z
    .object({ field: z.string(), value: z.union([z.string(), z.number(), z.null()]), rule: z.string() })
    .optional(),
  replay: tickMarkSchema.optional(),
  /** No reading: the owner's word that what the target's sensor says is real. */
  health: z.literal('accept').optional(),
  /** No reading: what somebody else has forecast. */
  outside: outsideSchema.optional(),
  /** No reading of the station's: what a neighbour has measured. */
  neighbour: neighbourSchema.optional(),
})
export interface TickMessage extends z.infer<typeof tickSchema> {
  /** What a sender wrote, where nobody has read it by the station file yet; never on the wire. */
  unread?: unknown
}
