import { z } from 'zod'
import { askedSchema } from './asked.ts'
import { basisSchema } from './basis.ts'
import { neighbourSchema, neighboursOfStation, neighboursStatus } from './neighbour.ts'
import { brokenRule, ISSUER, ISSUER_RULE, outsideSchema, takenOutsideSchema } from './outside.ts'
import { cellRules, knownAsRule, layoutSchema, timeRules } from './reading-rules.ts'
import { CLIENT_TOPICS, STATION_ID } from './topics.ts'

/*
 * Public JSON: snake_case keys, times in RFC 3339 UTC, null where a number is unknown. Schemas only grow: a reader
 * ignores keys it does not know.
 */

export const instant = z.string()
/** Null where it is unknown. */
export const maybe = z.number().nullable()

/** A speed is event time over wall time; `"max"` is as fast as possible. */
export const FASTEST = 1_000_000
export const speedSchema = z.union([z.number().positive().max(FASTEST), z.literal('max')])
export type Speed = z.infer<typeof speedSchema>

/** Names a replay session: a ULID, which begins with the time of its making, so that a later one sorts behind it. */
const sessionId = z.string().regex(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/, 'a ULID in upper case')

/** Carried by everything that stems from a replay, and by nothing else. */
export const replayMarkSchema = z.object({ session: sessionId, speed: speedSchema, paused: z.boolean() })
export type ReplayMarkMessage = z.infer<typeof replayMarkSchema>

/**
 * Of a tick: which row it is since the models began, counted from 1, where whoever plays the tape counts. `unsaid`: it is
 * lived again on the way to a time long after, and what it sets off, which was published before, is not published.
 */
const tickMarkSchema = replayMarkSchema.extend({
  row: z.number().int().min(1).optional(),
  unsaid: z.literal(true).optional(),
})

export const sourceSchema = z.enum(['live', 'replay', 'simulated'])
export type Source = z.infer<typeof sourceSchema>

export const provenance = {
  /** `simulated`: no instrument has measured this. */
  source: sourceSchema,
  replay: replayMarkSchema.optional(),
}

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

/** The sensor jumped away just now, stays on another level, or says the same again and again. */
export const sensorFaultSchema = z.enum(['spike', 'shift', 'stuck'])

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

export const leadSchema = z.object({
  lead_hours: z.number().int(),
  valid_time: instant,
  mean: z.number(),
  /** By level, `"0.05"` to `"0.95"`, ordered. */
  quantiles: z.record(z.string(), z.number()),
})

export const forecastSchema = z.object({
  /** `station/issued_at`; absent in records of before there was one. */
  id: z.string().optional(),
  issued_at: instant,
  target: z.string(),
  unit: z.string(),
  model: z.string(),
  weights_version: z.number().int(),
  leads: z.array(leadSchema),
  /** What each model predicted, by lead: shape [lead 24]; null where one from outside said nothing. */
  models: z.record(z.string(), z.array(maybe)),
  /** What each expert weighs in the published mean, by lead: shape [lead 24]; they sum to 1. */
  weights: z.record(z.string(), z.array(z.number())).optional(),
  /** What it rests on, for its receipt. */
  basis: basisSchema.optional(),
  /** Made afterwards, from a file of the past, by what was known at its issue time: nobody could have had it then. */
  hindcast: z.literal(true).optional(),
  ...provenance,
})
export type ForecastMessage = z.infer<typeof forecastSchema>

/** What others have forecast, as it came and was taken. */
export const publishedOutsideSchema = takenOutsideSchema.extend({
  available_at: instant,
  came_at: instant,
  ...provenance,
})
export type PublishedOutside = z.infer<typeof publishedOutsideSchema>

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

const requestId = z.union([z.number(), z.string().max(64)])
const position = z.object({
  epoch: z.string().max(64),
  offsets: z.record(z.string().max(64), z.number().int().min(0)),
})

/** Frames a WebSocket client may send. */
export const clientFrameSchema = z.union([
  z
    .object({
      id: requestId,
      subscribe: z
        .object({
          station: z.string(),
          topics: z.array(z.string()).min(1).max(16),
          recover: position.optional(),
        })
        .strict(),
    })
    .strict(),
  z
    .object({
      id: requestId,
      unsubscribe: z.object({ station: z.string(), topics: z.array(z.string()).min(1).max(16) }).strict(),
    })
    .strict(),
  z.object({ id: requestId, ping: z.unknown() }).strict(),
  z.object({ id: requestId, replay: tapeCommandSchema }).strict(),
])
export type ClientFrame = z.infer<typeof clientFrameSchema>

export const pushSchema = z.object({
  station: z.string(),
  topic: z.enum(CLIENT_TOPICS),
  kind: z.enum(['snapshot', 'update']),
  offset: z.number().int(),
  data: z.unknown(),
})
export type Push = z.infer<typeof pushSchema>
