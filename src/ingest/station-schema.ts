import { z } from 'zod'
import { DAY, formatSpan, parseInstant, parseSpan, SECOND, type Span } from '../domain/instant.ts'
import { LONGEST_HOLD } from '../domain/measurement-rule.ts'
import {
  cellRules,
  knownAsRule,
  orderRule,
  tableRules,
  timeRules,
  topRules,
} from '../protocol/reading-rules.ts'
import { stationMessageSchema } from '../protocol/station-message.ts'
import { STATION_ID } from '../protocol/topics.ts'
import { checkAsked } from './asked-issuer.ts'
import { ASKED_KEYS } from './asked-schema.ts'
import { HOLIDAYS, hasHolidays } from './holidays.ts'
import { neighbourShape, neighboursRule } from './neighbours-schema.ts'
import { outsideIssuers, outsideShape } from './outside-schema.ts'
import { isTimeFormat } from './stamp.ts'
import { text } from './text-rule.ts'
import { isUnconverted, unitInName } from './unit-text.ts'

/*
 * What a station may be, whether a person writes it into a file or it comes over the bus: the two are written in two
 * ways and held to the same rules.
 */

export const OFFSET = /^([+-])(0\d|1[0-4]):([0-5]\d)$/
const OFFSETS = 'hours and minutes such as "+01:00", up to 14:59'
const MOST_OFFSET_MINUTES = 14 * 60 + 59
const TIME_FORMATS =
  "'iso', 'unix', 'unix_ms', 'unix_us', 'unix_ns', 'excel' or Luxon tokens such as dd.MM.yyyy HH:mm:ss"
const CADENCES = 'a span such as 10m or 1h, from 1s to 1d'

const HEALTHS = "'off', or stuck_after with a span such as 6h"

function spanUpTo(longest: Span) {
  const rule = `a span such as 6h, above 0 and at most ${formatSpan(longest)}`
  return z.string(rule).refine((text) => {
    const span = parseSpan(text) ?? 0
    return span > 0 && span <= longest
  }, rule)
}

/** What a hold is compared with comes with it. */
function inCadences(
  hold: Span | undefined,
  cadence: Span,
  [key, context]: [key: string, z.RefinementCtx],
): void {
  const longest = LONGEST_HOLD.cadences * cadence
  if (hold === undefined || hold <= longest) return
  const message = `at most ${LONGEST_HOLD.cadences} cadences, here ${formatSpan(longest)}`
  context.addIssue({ code: 'custom', path: [key], message })
}

const place = z.string(HOLIDAYS).refine(hasHolidays, HOLIDAYS)
const number = z.number('a number')
const stationId = z
  .string('text')
  .regex(STATION_ID, 'lower-case letters, digits, - and _, a letter or digit first, at most 64')
const format = z.string(TIME_FORMATS).max(128, 'at most 128 characters').refine(isTimeFormat, TIME_FORMATS)
const MOST_FORMATS = 16

/** Sums of squares of what lies within are far from the largest of numbers. */
const limit = number.min(-1e15, 'at least -1e15').max(1e15, 'at most 1e15')

const measured = {
  column: text,
  unit: z
    .string('text')
    .max(32, 'at most 32 characters')
    .regex(/^\P{Cc}*$/u, 'no control characters'),
  min: limit,
  max: limit,
}
const sentinels = z.array(number, 'a list of numbers').max(64, 'at most 64 numbers')

const LOW_BEFORE_HIGH = { error: 'less than max', path: ['min'] }
const rising = ({ min, max }: { readonly min: number; readonly max: number }): boolean => min < max

function channelsOf<T extends z.ZodType>(channel: T) {
  return z.array(channel, 'a list of channels').min(1, 'at least one channel').max(64, 'at most 64 channels')
}

/** Names or columns that are there twice, a target that is no channel. */
function consistent(
  {
    time,
    target,
    channels,
  }: {
    readonly time: { readonly column: string }
    readonly target: string
    readonly channels: readonly {
      readonly name?: string | undefined
      readonly column?: string | undefined
      readonly where?: unknown
      readonly topic?: string | undefined
    }[]
  },
  context: z.RefinementCtx,
): void {
  const add = (path: (string | number)[], message: string) =>
    context.addIssue({ code: 'custom', path, message })
  const names = channels.map(({ name, column }) => name ?? column ?? '')
  // In a long table several channels stand in one column, each with rows of its own; over MQTT with messages of its own.
  const columns = channels.map(({ column, where, topic }, index) => {
    const whose = [where ?? [], topic ?? []].flat()
    return `${column ?? names[index]}${whose.map((each) => ` ${JSON.stringify(each)}`).join('')}`
  })
  const unique = (key: 'name' | 'column', texts: readonly string[]) =>
    texts.forEach((text, index) => {
      if (texts.indexOf(text) === index && (key === 'name' || text !== time.column)) return
      add(['channels', index, key], `unique, but '${text}' is there twice`)
    })
  unique('name', names)
  unique('column', columns)
  if (!names.includes(target)) add(['target'], `the name of one of the channels: ${names.join(', ')}`)
}

/** A column goes by its name or, where names do not help, by its number from 1. */
const column = z.union([text, z.number().int().min(1).max(4096)], 'text').transform(String)

const timeColumns = z.union(
  [
    column.transform((name) => [name]),
    z.array(column).min(1, 'at least one column').max(8, 'at most 8 columns'),
  ],
  'the name of a column, or a list of those whose cells make up the time',
)

const formats = z
  .array(format)
  .min(1, 'at least one format')
  .max(MOST_FORMATS, `at most ${MOST_FORMATS} formats`)

const timeShape = {
  column: timeColumns.default(['time']),
  format: z
    .union([format, formats], `${TIME_FORMATS}, or a list of those`)
    .transform((given) => [given].flat())
    .default(['iso']),
  utc_offset: z.string(OFFSETS).regex(OFFSET, OFFSETS).optional(),
  zone: timeRules.zone,
  zone_column: timeRules.zone_column,
  zones: timeRules.zones,
}

const channelShape = {
  name: text.optional(),
  ...measured,
  column: column.optional(),
  sentinels: sentinels.default([]),
  ...cellRules,
}
const hasColumn = ({ name, column }: { readonly name?: unknown; readonly column?: unknown }): boolean =>
  name !== undefined || column !== undefined

const stationShape = {
  id: stationId,
  title: text.optional(),
  known_as: knownAsRule.optional(),
  time: z
    .strictObject(timeShape, 'column, format and utc_offset')
    .refine(({ utc_offset, zone }) => utc_offset !== undefined || zone !== undefined, {
      error: `${OFFSETS}, or a zone such as Europe/Berlin where clocks follow summer time`,
      path: ['utc_offset'],
    })
    .refine(({ utc_offset, zone }) => utc_offset === undefined || zone === undefined, {
      error: 'either zone or utc_offset',
      path: ['zone'],
    }),
  cadence: z.string(CADENCES).refine((span) => {
    const cadence = parseSpan(span) ?? 0
    return cadence >= SECOND && cadence <= DAY
  }, CADENCES),
  hold: spanUpTo(LONGEST_HOLD.span).optional(),
  health: z
    .union(
      [z.literal('off'), z.strictObject({ stuck_after: spanUpTo(LONGEST_HOLD.span).optional() }, HEALTHS)],
      HEALTHS,
    )
    .optional(),
  outside: outsideIssuers.optional(),
  neighbours: neighboursRule.optional(),
  holidays: place.optional(),
  target: text,
  order: orderRule.optional(),
  table: z.strictObject(tableRules, `some of ${Object.keys(tableRules).join(', ')}`).optional(),
  ...topRules,
  channels: channelsOf(
    z
      .strictObject(channelShape, 'a channel: column, unit, min and max')
      .refine(hasColumn, { error: 'text', path: ['column'] })
      .refine(rising, LOW_BEFORE_HIGH),
  ),
}

/** The keys that a station file may have, by where they stand. */
export const STATION_KEYS = {
  station: Object.keys(stationShape),
  time: Object.keys(timeShape),
  table: Object.keys(tableRules),
  channels: Object.keys(channelShape),
  flag: ['separator', 'good'],
  difference: ['overflow', 'reset', 'per'],
  health: ['stuck_after'],
  outside: Object.keys(outsideShape),
  ...ASKED_KEYS,
  neighbours: Object.keys(neighbourShape),
} as const

/** A station as a person writes it; docs/files.md shows examples. */
export const stationFileSchema = z
  .strictObject(stationShape, 'a station: id, time, cadence, target and channels')
  .superRefine(({ time, target, channels }, context) =>
    consistent({ time: { column: time.column[0]! }, target, channels }, context),
  )
  .superRefine(({ channels }, context) => {
    for (const [index, channel] of channels.entries()) {
      const named = unitInName(channel.column ?? channel.name ?? '')
      if (named === undefined || !isUnconverted(channel, named)) continue
      const message = `${named}, as its column's name has it, or scale and offset that convert it`
      context.addIssue({ code: 'custom', path: ['channels', index, 'unit'], message })
    }
  })
  .superRefine(({ id, neighbours }, context) => {
    const own = neighbours === 'auto' ? -1 : (neighbours ?? []).findIndex(({ station }) => station === id)
    if (own >= 0)
      context.addIssue({ code: 'custom', path: ['neighbours', own], message: 'another station than itself' })
  })
  .superRefine(({ hold, cadence }, context) =>
    inCadences(hold === undefined ? undefined : parseSpan(hold), parseSpan(cadence) ?? 0, ['hold', context]),
  )
  .superRefine(({ outside = [], target, channels }, context) => {
    const meant = channels.find(({ name, column }) => (name ?? column) === target)
    checkAsked(outside, meant && { name: target, unit: meant.unit }, context)
    const at = outside.findIndex(({ quantity }) => quantity === target)
    const path = ['outside', at, 'quantity']
    if (at >= 0) context.addIssue({ code: 'custom', path, message: 'no quantity where it is the target' })
  })

const stamp = z.string().refine((at) => parseInstant(at) !== undefined, 'a time such as 2009-10-24T05:10:00Z')

/** A station as it is announced on the bus, by whomever. Keys that are not known are left aside. */
export const announcedStationSchema = stationMessageSchema
  .extend({
    id: stationId,
    title: text,
    target: text,
    unit: measured.unit,
    cadence_seconds: z
      .number()
      .min(SECOND / 1_000)
      .max(DAY / SECOND),
    hold_seconds: z
      .number()
      .positive()
      .max(LONGEST_HOLD.span / SECOND)
      .optional(),
    health: z
      .union([
        z.literal('off'),
        z.object({
          stuck_after_seconds: z
            .number()
            .positive()
            .max(LONGEST_HOLD.span / SECOND)
            .optional(),
        }),
      ])
      .optional(),
    holidays: place.optional(),
    channels: channelsOf(
      z.object({ name: text, ...measured, sentinels, ...cellRules }).refine(rising, LOW_BEFORE_HIGH),
    ),
    time: z.object({
      column: text,
      formats: z.array(format).min(1).max(MOST_FORMATS),
      utc_offset_minutes: z.number().int().min(-MOST_OFFSET_MINUTES).max(MOST_OFFSET_MINUTES),
      ...timeRules,
    }),
    tape: stationMessageSchema.shape.tape
      .unwrap()
      .extend({ first: stamp, last: stamp.nullable() })
      .optional(),
  })
  .superRefine(consistent)
  .superRefine(({ hold_seconds: hold, cadence_seconds: cadence }, context) =>
    inCadences(hold === undefined ? undefined : hold * SECOND, cadence * SECOND, ['hold_seconds', context]),
  )
