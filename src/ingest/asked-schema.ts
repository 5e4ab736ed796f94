import { z } from 'zod'
import { DAY, formatSpan, MINUTE, parseSpan, type Span } from '../domain/instant.ts'
import { text } from './text-rule.ts'

/* How issuers that are asked stand in a station file, under `outside`; docs/outside.md has examples. */

const ADDRESS = 'an address such as http://homeassistant.local:8123, without user and password'
const OFFSETS = 'hours and minutes such as "+01:00"'

const address = z
  .string(ADDRESS)
  .max(2048, 'at most 2048 characters')
  .refine((given) => {
    const url = URL.canParse(given) ? new URL(given) : undefined
    return url !== undefined && /^https?:$/.test(url.protocol) && url.username === '' && url.password === ''
  }, ADDRESS)

function everyFrom(least: Span) {
  const rule = `a span such as 1h, from ${formatSpan(least)} to 1d`
  return z.string(rule).refine((given) => {
    const span = parseSpan(given) ?? 0
    return span >= least && span <= DAY
  }, rule)
}

const span = z
  .string('a span such as 6h')
  .refine((given) => (parseSpan(given) ?? 3 * DAY) <= 2 * DAY, 'a span such as 6h, at most 2d')

function degrees(most: number) {
  const rule = `degrees from -${most} to ${most}`
  return z.number(rule).min(-most, rule).max(most, rule)
}

const number = z.number('a number').min(-1e15, 'at least -1e15').max(1e15, 'at most 1e15')
const scaled = { scale: number.optional(), offset: number.optional() }
const name = z.string('a name').regex(/^[a-z0-9_]{1,64}$/, 'a name of lower-case letters, digits and _')

const openMeteo = {
  latitude: degrees(90),
  longitude: degrees(180),
  variable: name.optional(),
  model: name.optional(),
  every: everyFrom(15 * MINUTE).optional(),
  delay: span.optional(),
  url: address.optional(),
  past_url: address.optional(),
  ...scaled,
}

const homeAssistant = {
  entity: z
    .string('an entity such as weather.home')
    .regex(/^weather\.[a-z0-9_]{1,200}$/, 'an entity such as weather.home'),
  attribute: name.optional(),
  url: address,
  token_file: text.optional(),
  every: everyFrom(MINUTE).optional(),
  ...scaled,
}

const json = {
  url: address,
  every: everyFrom(MINUTE).optional(),
  rows: text.optional(),
  valid_at: text,
  mean: text,
  issued_at: text.optional(),
  utc_offset: z
    .string(OFFSETS)
    .regex(/^[+-](0\d|1[0-4]):[0-5]\d$/, OFFSETS)
    .optional(),
  token_file: text.optional(),
  ...scaled,
}

const TOPIC = 'a topic such as home/forecast, without + and #'

/** Ways by which an issuer's forecasts come by themselves. */
export const askedShape = {
  open_meteo: z.strictObject(openMeteo, 'latitude and longitude').optional(),
  home_assistant: z.strictObject(homeAssistant, 'url and entity').optional(),
  json: z.strictObject(json, 'url, valid_at and mean').optional(),
  /** Over MQTT. */
  topic: z
    .string(TOPIC)
    .max(256, 'at most 256 characters')
    .regex(/^[^+#\p{Cc}]+$/u, TOPIC)
    .optional(),
}
export type AskedOfFile = { readonly [K in keyof typeof askedShape]?: z.infer<(typeof askedShape)[K]> }

/** The keys of each, by where they stand. */
export const ASKED_KEYS = {
  open_meteo: Object.keys(openMeteo),
  home_assistant: Object.keys(homeAssistant),
  json: Object.keys(json),
} as const
