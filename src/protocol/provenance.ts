import { z } from 'zod'

/** A speed is event time over wall time; `"max"` is as fast as possible. */
export const FASTEST = 1_000_000
export const speedSchema = z.union([z.number().positive().max(FASTEST), z.literal('max')])
export type Speed = z.infer<typeof speedSchema>

/** Names a replay session: a ULID, which begins with the time of its making, so that a later one sorts behind it. */
export const sessionId = z.string().regex(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/, 'a ULID in upper case')

/** Carried by everything that stems from a replay, and by nothing else. */
export const replayMarkSchema = z.object({ session: sessionId, speed: speedSchema, paused: z.boolean() })
export type ReplayMarkMessage = z.infer<typeof replayMarkSchema>

export const sourceSchema = z.enum(['live', 'replay', 'simulated'])
export type Source = z.infer<typeof sourceSchema>

export const provenance = {
  /** `simulated`: no instrument has measured this. */
  source: sourceSchema,
  replay: replayMarkSchema.optional(),
}
