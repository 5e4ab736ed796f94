import { basename } from 'node:path'
import { inspect } from 'node:util'
import { LineCounter, parseDocument } from 'yaml'
import { z } from 'zod'
import { errorMessage, TickcastError } from '../domain/errors.ts'
import { parseSpan } from '../domain/instant.ts'
import type { Station } from '../domain/station.ts'
import { valueAt } from '../protocol/schema-issue.ts'
import { STATION_ID } from '../protocol/topics.ts'
import { listed, shown } from './bad-file.ts'
import { isTimeFormat } from './stamp.ts'
import { readSmallFile } from './steady-file.ts'

const OFFSET = /^([+-])(0\d|1[0-4]):([0-5]\d)$/
const OFFSETS = 'hours and minutes such as "+01:00", up to 14:59'
const TIME_FORMATS = "'iso', 'unix', 'unix_ms' or Luxon tokens such as dd.MM.yyyy HH:mm:ss"

const text = z.string('text').trim().min(1, 'at least one character').max(128, 'at most 128 characters')
const number = z.number('a number')
const format = z.string(TIME_FORMATS).refine(isTimeFormat, TIME_FORMATS)

const channelSchema = z
  .strictObject(
    {
      name: text.optional(),
      column: text,
      unit: z.string('text').max(32, 'at most 32 characters'),
      min: number,
      max: number,
      sentinels: z.array(number, 'a list of numbers').default([]),
    },
    'a channel: column, unit, min and max',
  )
  .refine(({ min, max }) => min < max, { error: 'less than max', path: ['min'] })

const timeSchema = z.strictObject(
  {
    column: text,
    format: z
      .union([format, z.array(format).min(1)], `${TIME_FORMATS}, or a list of those`)
      .transform((given) => [given].flat())
      .default(['iso']),
    utc_offset: z.string(OFFSETS).regex(OFFSET, OFFSETS),
  },
  'column, format and utc_offset',
)

/** A station as a person writes it; README shows an example. */
const stationSchema = z
  .strictObject(
    {
      id: z
        .string('text')
        .regex(STATION_ID, 'lower-case letters, digits, - and _, a letter or digit first, at most 64'),
      title: text.optional(),
      time: timeSchema,
      cadence: z
        .string('a span such as 10m or 1h')
        .refine((span) => (parseSpan(span) ?? 0) > 0, 'a span such as 10m or 1h'),
      target: text,
      channels: z
        .array(channelSchema, 'a list of channels')
        .min(1, 'at least one channel')
        .max(64, 'at most 64 channels'),
    },
    'a station: id, time, cadence, target and channels',
  )
  .superRefine(({ time, target, channels }, context) => {
    const names = channels.map(({ name, column }) => name ?? column)
    const columns = channels.map(({ column }) => column)
    const unique = (key: 'name' | 'column', texts: readonly string[]) =>
      texts.forEach((text, index) => {
        if (texts.indexOf(text) === index && (key === 'name' || text !== time.column)) return
        const message = `unique, but '${text}' is there twice`
        context.addIssue({ code: 'custom', path: ['channels', index, key], message })
      })
    unique('name', names)
    unique('column', columns)
    if (!names.includes(target))
      context.addIssue({
        code: 'custom',
        path: ['target'],
        message: `the name of one of the channels: ${names.join(', ')}`,
      })
  })

/** A station of 64 channels takes a third of it; YAML that means harm could take seconds with more. */
const LARGEST = 64 * 1024

/** Reads a station file, YAML or JSON. An error names the file, the place in it, the value and the rule. */
export async function loadStation(path: string): Promise<Station> {
  return parseStation(await readSmallFile(path, { largest: LARGEST, empty: 'a station' }), path)
}

export function parseStation(content: string, path: string): Station {
  const lines = new LineCounter()
  const document = parseDocument(content, { lineCounter: lines, prettyErrors: false })
  const [broken] = document.errors
  if (broken) {
    const { line, col } = lines.linePos(broken.pos[0])
    throw new TickcastError(
      'bad_station',
      `${path}:${line}:${col}: no YAML or JSON: ${shown(broken.message)}`,
    )
  }
  let given: unknown
  try {
    given = document.toJS()
  } catch (cause) {
    // Aliases of aliases of aliases: a small file that would be an enormous station.
    const why = shown(errorMessage(cause))
    throw new TickcastError('bad_station', `${path}: no YAML or JSON: ${why}`, { cause })
  }
  const parsed = stationSchema.safeParse(given)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw new TickcastError(
      'bad_station',
      `${path}: ${issue ? described(issue, given) : parsed.error.message}`,
    )
  }
  const { id, title, time, cadence, target, channels } = parsed.data
  return {
    id,
    title: title ?? basename(path).replace(/\.[^.]+$/, ''),
    time: { column: time.column, formats: time.format, utcOffsetMinutes: offsetMinutes(time.utc_offset) },
    cadence: parseSpan(cadence) ?? 0,
    target,
    channels: channels.map(({ name, column, unit, min, max, sentinels }) => ({
      name: name ?? column,
      column,
      unit,
      limits: { min, max },
      sentinels,
    })),
    simulated: false,
  }
}

function described(issue: z.core.$ZodIssue, given: unknown): string {
  const path = issue.path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
  const place = path === '' ? 'the whole' : path.replace(/^\./, '')
  if (issue.code === 'unrecognized_keys') {
    return `${place}: unknown key ${listed(issue.keys)}`
  }
  const value = valueAt(given, issue.path)
  const shown = value === undefined ? 'it is missing' : `it is ${shortened(value)}`
  return `${place}: ${shown}; expected ${issue.message}`
}

/** YAML has numbers that JSON has not, and values that contain themselves. */
function shortened(value: unknown): string {
  const whole = typeof value === 'string' ? JSON.stringify(value) : inspect(value, { breakLength: Infinity })
  return shown(whole.replace(/\s+/g, ' '))
}

function offsetMinutes(offset: string): number {
  const [, sign, hours, minutes] = OFFSET.exec(offset) ?? []
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes))
}
