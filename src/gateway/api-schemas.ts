import { z } from 'zod'
import { REPLY_CODES } from '../protocol/codes.ts'
import { forecastSchema } from '../protocol/forecast.ts'
import { instant, maybe } from '../protocol/json-values.ts'
import { outsideSchema } from '../protocol/outside.ts'
import { publishedOutsideSchema } from '../protocol/published-outside.ts'
import { readingSchema } from '../protocol/reading.ts'
import { receiptSchema } from '../protocol/receipt.ts'
import { scoreSchema, verificationSchema } from '../protocol/scores.ts'
import { sensorHealthSchema } from '../protocol/sensor-health.ts'
import { stationMessageSchema } from '../protocol/station-message.ts'
import { statusSchema } from '../protocol/status.ts'
import { tapeCommandSchema, tapeSchema } from '../protocol/tape.ts'

/* Bodies and replies of HTTP: the messages as they travel elsewhere, and what there is here alone. */

const rejection = z.object({
  index: z.number().int().describe('Of the tick in the body, from 0'),
  field: z.string(),
  value: z.union([z.string(), z.number(), z.null()]),
  rule: z.string(),
  reason: z.string(),
})

const ticksReply = z.object({
  accepted: z.number().int(),
  rejected_count: z.number().int(),
  rejected_by_reason: z.record(z.string(), z.number().int()),
  rejected: z.array(rejection).describe('The first 20'),
  masked_count: z.number().int().optional(),
  masked: z.array(rejection).optional().describe('Cells without a measurement, of ticks that were taken'),
  ignored: z.array(z.string()).optional().describe('Keys that the station does not know'),
  advice: z.string().optional(),
})

const tick = z
  .looseObject({
    event_time: z.string().optional().describe('Without one it is of now'),
    values: z.record(z.string(), z.union([z.number(), z.string(), z.null()])).optional(),
  })
  .describe('Or as a device sends it, read as the station file says')

const codes = Object.keys(REPLY_CODES)

/** By the name under which the document has them. */
export const API_SCHEMAS = {
  Station: stationMessageSchema,
  Reading: readingSchema,
  Forecast: forecastSchema,
  Score: scoreSchema,
  Verification: verificationSchema,
  ScoreOrVerification: z.union([scoreSchema, verificationSchema]),
  Status: statusSchema,
  Tape: tapeSchema,
  TapeCommand: tapeCommandSchema,
  Tick: z.union([tick, z.array(tick)]),
  OutsideForecasts: z.union([outsideSchema, z.array(outsideSchema)]),
  TicksReply: ticksReply,
  Stations: z.object({ stations: z.array(stationMessageSchema) }),
  History: z.object({
    readings: z.array(z.object({ event_time: instant, value: maybe, bridged: z.boolean() })),
    forecasts: z.array(forecastSchema),
    session: z.string().optional(),
  }),
  Chart: z.array(
    z.object({ time: instant, observed: maybe, mean: maybe, q05: maybe, q95: maybe }).describe('A moment'),
  ),
  Receipt: receiptSchema,
  Arena: z
    .looseObject({
      answer: z.string().describe('Who was better, by how much, and whether it may be luck'),
      how: z.string(),
      leadHours: z.number().int(),
      models: z.array(z.string()).describe('Those compared over the same forecasts, the least error first'),
      reference: z.string(),
    })
    .describe('As `tickcast arena --format json`'),
  Index: z.object({
    name: z.literal('tickcast'),
    version: z.string(),
    keep: z.string().nullable().describe('Where stations are kept'),
    stations: z.array(z.string()).describe('Their ids'),
    links: z.record(z.string(), z.string()),
  }),
  Readings: z.object({ readings: z.array(readingSchema), next: z.string().nullable() }),
  Forecasts: z.object({ forecasts: z.array(forecastSchema), next: z.string().nullable() }),
  OutsideRecords: z.object({ outside: z.array(publishedOutsideSchema), next: z.string().nullable() }),
  Scores: z.object({ scores: z.array(scoreSchema), next: z.string().nullable() }),
  Accepted: z.object({ id: z.string(), accepted: sensorHealthSchema.shape.fault.unwrap().nullable() }),
  Removed: z.object({ id: z.string(), removed: z.literal(true) }),
  Health: z.object({ status: z.string(), reasons: z.array(z.string()).optional() }),
  Problem: z
    .looseObject({
      type: z.string(),
      title: z.string(),
      status: z.number().int(),
      detail: z.string().describe('Field, value and rule, and the way out'),
      code: z.enum(codes),
      temporary: z.boolean().describe('The same request may succeed later'),
    })
    .describe('RFC 9457'),
  InfluxError: z.object({ code: z.string(), message: z.string(), error: z.string() }),
} as const
export type ApiSchema = keyof typeof API_SCHEMAS
