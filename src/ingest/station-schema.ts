import { z } from 'zod'
import { DAY, parseInstant, parseSpan, SECOND } from '../domain/instant.ts'
import { stationMessageSchema } from '../protocol/messages.ts'
import { STATION_ID } from '../protocol/topics.ts'
import { isTimeFormat } from './stamp.ts'

/*
 * What a station may be, whether a person writes it into a file or it comes over the bus: the two are written in two
 * ways and held to the same rules.
 */

export const OFFSET = /^([+-])(0\d|1[0-4]):([0-5]\d)$/
const OFFSETS = 'hours and minutes such as "+01:00", up to 14:59'
const MOST_OFFSET_MINUTES = 14 * 60 + 59
const TIME_FORMATS = "'iso', 'unix', 'unix_ms' or Luxon tokens such as dd.MM.yyyy HH:mm:ss"
const CADENCES = 'a span such as 10m or 1h, from 1s to 1d'

const text = z
  .string('text')
  .trim()
  .min(1, 'at least one character')
  .max(128, 'at most 128 characters')
  .regex(/^\P{Cc}*$/u, 'no control characters')
const number = z.number('a number')
const stationId = z
  .string('text')
  .regex(STATION_ID, 'lower-case letters, digits, - and _, a letter or digit first, at most 64')
const format = z.string(TIME_FORMATS).max(128, 'at most 128 characters').refine(isTimeFormat, TIME_FORMATS)
const MOST_FORMATS = 16

const measured = {
  column: text,
  unit: z
    .string('text')
    .max(32, 'at most 32 characters')
    .regex(/^\P{Cc}*$/u, 'no control characters'),
  min: number,
  max: number,
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
    readonly channels: readonly { readonly name?: string | undefined; readonly column: string }[]
  },
  context: z.RefinementCtx,
): void {
  const add = (path: (string | number)[], message: string) =>
    context.addIssue({ code: 'custom', path, message })
  const names = channels.map(({ name, column }) => name ?? column)
  const columns = channels.map(({ column }) => column)
  const unique = (key: 'name' | 'column', texts: readonly string[]) =>
    texts.forEach((text, index) => {
      if (texts.indexOf(text) === index && (key === 'name' || text !== time.column)) return
      add(['channels', index, key], `unique, but '${text}' is there twice`)
    })
  unique('name', names)
  unique('column', columns)
  if (!names.includes(target)) add(['target'], `the name of one of the channels: ${names.join(', ')}`)
}

/** A station as a person writes it; README shows an example. */
export const stationFileSchema = z
  .strictObject(
    {
      id: stationId,
      title: text.optional(),
      time: z.strictObject(
        {
          column: text,
          format: z
            .union([format, z.array(format).min(1).max(MOST_FORMATS)], `${TIME_FORMATS}, or a list of those`)
            .transform((given) => [given].flat())
            .default(['iso']),
          utc_offset: z.string(OFFSETS).regex(OFFSET, OFFSETS),
        },
        'column, format and utc_offset',
      ),
      cadence: z.string(CADENCES).refine((span) => {
        const cadence = parseSpan(span) ?? 0
        return cadence >= SECOND && cadence <= DAY
      }, CADENCES),
      target: text,
      channels: channelsOf(
        z
          .strictObject(
            { name: text.optional(), ...measured, sentinels: sentinels.default([]) },
            'a channel: column, unit, min and max',
          )
          .refine(rising, LOW_BEFORE_HIGH),
      ),
    },
    'a station: id, time, cadence, target and channels',
  )
  .superRefine(consistent)

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
    channels: channelsOf(z.object({ name: text, ...measured, sentinels }).refine(rising, LOW_BEFORE_HIGH)),
    time: z.object({
      column: text,
      formats: z.array(format).min(1).max(MOST_FORMATS),
      utc_offset_minutes: z.number().int().min(-MOST_OFFSET_MINUTES).max(MOST_OFFSET_MINUTES),
    }),
    tape: stationMessageSchema.shape.tape
      .unwrap()
      .extend({ first: stamp, last: stamp.nullable() })
      .optional(),
  })
  .superRefine(consistent)
