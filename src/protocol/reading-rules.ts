import { z } from 'zod'
import { parseSpan } from '../domain/instant.ts'

/*
 * How what a station writes is to be read, the same in a station file and in a station's message. Each message of an
 * error says what was expected.
 */

const text = z
  .string('text')
  .min(1, 'at least one character')
  .max(128, 'at most 128 characters')
  .regex(/^\P{Cc}*$/u, 'no control characters')

/** YAML reads `1`, `yes` and `2024-01-01` as what they look like; a cell is text. */
const cellText = z.union([text, z.number(), z.boolean()], 'text').transform(String)
const few = (most: number) => `at most ${most} of them`

const decimal = z.enum(['comma', 'point'], "'comma' or 'point'")
const missing = z
  .union(
    [cellText, z.array(cellText).max(64, few(64))],
    "a word that means 'not measured', or a list of those",
  )
  .transform((given): readonly string[] => [given].flat())
const where = z
  .record(
    text,
    z.union(
      [cellText, z.array(cellText).min(1, 'at least one of them').max(64, few(64)).readonly()],
      'what it holds, or a list of that',
    ),
    'columns and what they hold, such as { entity_id: sensor.outdoor }',
  )
  .refine((given) => Object.keys(given).length <= 8, few(8))

const SPANS = 'a span such as 1h'
const difference = z
  .union(
    [
      z.literal(true),
      z.literal(false),
      z.strictObject({
        overflow: z.number('a number').positive('above 0').optional(),
        reset: z.enum(['zero', 'unknown'], "'zero' or 'unknown'").optional(),
        per: z
          .string(SPANS)
          .refine((span) => (parseSpan(span) ?? 0) > 0, SPANS)
          .optional(),
      }),
    ],
    'true, or some of overflow, reset and per',
  )
  .transform((given) => (given === true ? {} : given === false ? undefined : given))
const flag = z.strictObject(
  {
    separator: z.string('text').min(1, 'at least one character').max(8, 'at most 8 characters').optional(),
    good: z
      .array(z.union([z.string().max(32), z.number()], 'text').transform(String))
      .max(64, few(64))
      .readonly()
      .optional(),
  },
  'some of separator and good',
)
/** Past this, a sum of squares is no number any more. */
const factor = z.number('a number').min(-1e12, 'at least -1e12').max(1e12, 'at most 1e12')

const TOPIC =
  'a topic of MQTT such as tele/plug/SENSOR; + stands for any one level, # at the end for any further ones'
const topic = z
  .string(TOPIC)
  .max(256, 'at most 256 characters')
  .regex(/^\P{Cc}*$/u, 'no control characters')
  .refine((given) => given !== '' && given.split('/').every(isLevel), TOPIC)

/** `+` and `#` stand alone in their level, and `#` is the last. */
function isLevel(level: string, index: number, levels: readonly string[]): boolean {
  return !/[+#]/.test(level) || level === '+' || (level === '#' && index === levels.length - 1)
}

/** Of a channel's cells. */
export const cellRules = {
  topic: topic.optional(),
  scale: factor.refine((scale) => scale !== 0, 'a number other than 0').optional(),
  offset: factor.optional(),
  decimal: decimal.optional(),
  missing: missing.optional(),
  where: where.optional(),
  flag: flag.optional(),
  difference: difference.optional(),
}

const zones = z
  .record(text, z.string().regex(/^[+-](?:0\d|1[0-4]):[0-5]\d$/, 'an offset such as "-05:00", up to 14:59'))
  .refine((given) => Object.keys(given).length <= 32, few(32))

/** Of a row's time, beside its column, formats and offset. */
export const timeRules = {
  columns: z.array(text).min(2, 'at least two').max(8, few(8)).readonly().optional(),
  zone: z
    .string('a zone such as Europe/Berlin')
    .max(64)
    .refine(isZone, 'a zone of the IANA database such as Europe/Berlin')
    .optional(),
  zone_column: text.optional(),
  zones: zones.optional(),
}

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

const SEPARATORS: Readonly<Record<string, string>> = {
  comma: ',',
  semicolon: ';',
  tab: '\t',
  pipe: '|',
  blanks: 'blanks',
}
const SEPARATOR_NAMES = `one character, or one of ${Object.keys(SEPARATORS).join(', ')}`
const knownAs = z
  .union([cellText, z.array(cellText).min(1).max(16, few(16))], 'a name that senders use, or a list of those')
  .transform((given): readonly string[] => [given].flat())
const separator = z
  .string(SEPARATOR_NAMES)
  .transform((given) => SEPARATORS[given] ?? given)
  .refine((given) => given === 'blanks' || (given.length === 1 && /[^"\r\n\w]/.test(given)), SEPARATOR_NAMES)

const encoding = z
  .string('an encoding such as utf-16le or windows-1252')
  .max(32)
  .refine((label) => {
    try {
      return new TextDecoder(label).encoding !== ''
    } catch {
      return false
    }
  }, 'an encoding such as utf-16le or windows-1252')

const order = z.enum(['oldest_first', 'newest_first'], "'oldest_first' or 'newest_first'")

/** Of the table itself. */
export const tableRules = {
  encoding: encoding.optional(),
  comment: z.string('text').min(1, 'at least one character').max(16, 'at most 16 characters').optional(),
  header: z
    .union(
      [z.literal('none'), z.number().int().min(1).max(100_000)],
      "the number of the line with the names, or 'none'",
    )
    .optional(),
  columns: z
    .array(z.union([z.string(), z.number()], 'text').transform(String))
    .min(1, 'at least one')
    .max(4096, few(4096))
    .readonly()
    .optional(),
  separator: separator.optional(),
  ragged: z.boolean('true or false').optional(),
  rows: text.optional(),
}

export const layoutSchema = z.object({ order: order.optional(), ...tableRules })
export const knownAsRule = knownAs
export const orderRule = order
export const topRules = {
  topic: cellRules.topic,
  decimal: cellRules.decimal,
  missing: cellRules.missing,
  where: cellRules.where,
}
