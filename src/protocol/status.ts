import { z } from 'zod'
import { askedSchema } from './asked.ts'
import { instant, maybe } from './json-values.ts'
import { neighboursStatus } from './neighbour.ts'
import { provenance } from './provenance.ts'
import { rejectedSchema } from './rejected.ts'
import { sensorHealthSchema } from './sensor-health.ts'

export const statusSchema = z.object({
  as_of: instant.nullable(),
  /**
   * While the models are brought back to where they were before a restart, out of what is kept: at which event time they
   * are, and up to which that leads, where it is known. `as_of` is what was published, then too.
   */
  catching_up: z.object({ at: instant.nullable(), to: instant.nullable() }).optional(),
  target: z.string(),
  unit: z.string(),
  /** What trains the recurrent networks: the kernel with its variant, `fused kernel (relaxed SIMD)`, or a backend of
   * TensorFlow.js; `none` without any. */
  engine: z.string(),
  training: z.object({
    state: z.enum(['off', 'warming_up', 'idle', 'training', 'waited_for']),
    samples: z.number().int(),
    rounds: z.number().int(),
    steps: z.number().int(),
    loss: maybe,
    weights_version: z.number().int(),
    /** Event time at which the weights in use took effect. */
    promoted_at: instant.nullable(),
    network: z.string(),
    /** Why nothing is learnt any more, where training has failed. */
    trouble: z.string().optional(),
    /** By expert that trains beside the stream: rounds whose outcome has taken effect, how many of them were rolled back
     * (`undone`), and until its first weights come into use when they will, by event time. */
    networks: z
      .record(
        z.string(),
        z.object({
          rounds: z.number().int(),
          undone: z.number().int(),
          first_weights: instant.optional(),
        }),
      )
      .optional(),
  }),
  intake: z.object({
    rows: z.number().int(),
    readings: z.number().int(),
    bridged: z.number().int(),
    gaps: z.number().int(),
    masked: z.number().int(),
    rejected: z.number().int(),
    rejected_by_reason: z.record(z.string(), z.number().int()),
    /** The newest rejections, newest first, at most 10. */
    last_rejected: z.array(rejectedSchema),
  }),
  forecasts: z.number().int(),
  scores: z.number().int(),
  /** Of the forecasts at a lead that wait for no truth any more: the share whose truth came. Null before any. */
  settled_share: maybe.optional(),
  /** Whether the published intervals held what they promise over the last 30 days. */
  calibration: z
    .object({
      /** `early`: 30 days have not passed yet. `off`: one is more than 8 points from nominal at some lead. */
      state: z.enum(['early', 'held', 'off']),
      /** The interval furthest from nominal. */
      worst: z.object({ lead_hours: z.number().int(), nominal: z.number(), coverage: z.number() }).nullable(),
      /** How many of the 72 intervals, three at each lead, are off. */
      off: z.number().int(),
    })
    .optional(),
  /** By issuer of forecasts from outside that the station file names, of a quantity by `issuer.quantity`: what came of them in this session. */
  outside: z
    .record(
      z.string(),
      z.object({
        forecasts: z.number().int(),
        /** The newest one's; null before the first. */
        issued_at: instant.nullable(),
        available_at: instant.nullable(),
        /** Up to which time it says anything. */
        valid_until: instant.nullable(),
        /** How asking for them goes, where this process asks. */
        asked: askedSchema.optional(),
      }),
    )
    .optional(),
  /** By neighbour that has said something: how it leads, and who learns from it. */
  neighbours: neighboursStatus.optional(),
  /** How the target's sensor stands; absent of a station that looks for no faults. */
  health: sensorHealthSchema.optional(),
  ...provenance,
})
export type StatusMessage = z.infer<typeof statusSchema>
