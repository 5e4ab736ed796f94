import { z } from 'zod'
import { instant } from './json-values.ts'
import { neighboursOfStation } from './neighbour.ts'
import { brokenRule, ISSUER, ISSUER_RULE } from './outside.ts'
import { sessionId, sourceSchema } from './provenance.ts'
import { cellRules, knownAsRule, layoutSchema, timeRules } from './reading-rules.ts'
import { STATION_ID } from './topics.ts'

export const stationMessageSchema = z.object({
  id: z.string().regex(STATION_ID),
  title: z.string(),
  /** What senders that cannot be told its id call it. */
  known_as: knownAsRule.optional(),
  target: z.string(),
  unit: z.string(),
  cadence_seconds: z.number(),
  /** Of a station that reports changes: how long at most silence after a report says that nothing has changed. */
  hold_seconds: z.number().optional(),
  /** Whether faults of the target's sensor are looked for, and after how long a repeated value is one. */
  health: z.union([z.literal('off'), z.object({ stuck_after_seconds: z.number().optional() })]).optional(),
  /** Who else forecasts the target, or a quantity that it may depend on. */
  outside: z
    .array(
      z.object({
        issuer: z.string().regex(ISSUER, ISSUER_RULE),
        quantity: z.string().max(128).optional(),
        unit: z.string().max(32).optional(),
        /** Where its forecasts come over MQTT. */
        topic: z.string().max(256).optional(),
      }),
    )
    .superRefine((given, context) => {
      const message = brokenRule(given)
      if (message !== undefined) context.addIssue({ code: 'custom', message })
    })
    .optional(),
  /** Which other stations it is told of: some, or those that turn out to lead. */
  neighbours: neighboursOfStation.optional(),
  /** Where its public holidays are. */
  holidays: z.string().max(16).optional(),
  source: sourceSchema,
  channels: z.array(
    z.object({
      name: z.string(),
      column: z.string(),
      unit: z.string(),
      min: z.number(),
      max: z.number(),
      sentinels: z.array(z.number()),
      ...cellRules,
    }),
  ),
  time: z.object({
    column: z.string(),
    formats: z.array(z.string()),
    utc_offset_minutes: z.number(),
    ...timeRules,
  }),
  layout: layoutSchema.optional(),
  /**
   * Where a tape runs: its session and the span of its file. `after`: the session goes on from what was kept behind
   * that row, and its ticks from the next one on; absent where the models begin anew.
   */
  tape: z
    .object({
      session: sessionId,
      first: instant,
      last: instant.nullable(),
      after: z.number().int().min(1).optional(),
    })
    .optional(),
  /** The last that is said of a station: whoever hears it forgets all of it, until it is announced anew without. */
  removed: z.literal(true).optional(),
})
export type StationMessage = z.infer<typeof stationMessageSchema>
