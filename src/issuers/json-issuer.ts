import type { JsonIssuer } from '../domain/asked-issuer.ts'
import { type Instant, parseInstant } from '../domain/instant.ts'
import { shown } from '../ingest/bad-file.ts'
import { countedInstant, likelyEpoch } from '../ingest/epoch.ts'
import { jsonAt } from '../ingest/json-path.ts'
import { forecastOf, type Point, scaled } from '../ingest/outside-points.ts'
import { stampReader } from '../ingest/stamp.ts'
import { askJson } from './ask-json.ts'
import type { AskIssuer } from './issuer.ts'
import { expected, IssuerError } from './issuer-error.ts'
import { tokenIn } from './token.ts'

/** Hours of a year; what has more is no forecast. */
const MOST_ROWS = 10_000

/** Any address that answers with JSON, read by the paths of the station file. */
export const askJsonIssuer: AskIssuer<JsonIssuer> = async ({ issuer, quantity, asked }, context) => {
  const url = new URL(asked.url)
  const token = asked.tokenFile === undefined ? undefined : await tokenIn(asked.tokenFile)
  const answer: Readonly<Record<string, unknown>> = Object(await askJson({ url, token }, context))
  const points = pointsIn(answer, asked, url.host)
  const issuedAt =
    asked.issuedAt === undefined
      ? context.askedAt
      : timeOf(jsonAt(answer, asked.issuedAt), asked, `${asked.issuedAt} of ${url.host}`)
  const availableAt = context.now()
  if (issuedAt > availableAt)
    throw new IssuerError('unexpected', `${asked.issuedAt} of ${url.host} is a time to come`)
  const from = `${asked.mean} of ${url.host}`
  const forecast = forecastOf(
    points.filter(({ validAt }) => validAt > context.askedAt),
    { issuer, quantity, issuedAt, availableAt, from },
  )
  return { forecast: expected(forecast), saysIssued: asked.issuedAt !== undefined }
}

function pointsIn(
  answer: Readonly<Record<string, unknown>>,
  asked: JsonIssuer,
  host: string,
): readonly Point[] {
  const { rows, validAt, mean } = asked
  const listAt = (path: string): readonly unknown[] => {
    const list = path === '' ? answer : jsonAt(answer, path)
    if (!Array.isArray(list)) throw new IssuerError('unexpected', `${path} of ${host} is no list`)
    if (list.length > MOST_ROWS)
      throw new IssuerError(
        'unexpected',
        `${path} of ${host} has ${list.length} entries, more than ${MOST_ROWS}`,
      )
    return list
  }
  const pairs: readonly (readonly [unknown, unknown])[] =
    rows !== undefined || Array.isArray(answer)
      ? listAt(rows ?? '').map((row) => [jsonAt(Object(row), validAt), jsonAt(Object(row), mean)])
      : paired(listAt(validAt), listAt(mean), `${validAt} and ${mean} of ${host}`)
  if (pairs.length > 0 && pairs.every(([, value]) => value === undefined))
    throw new IssuerError('unexpected', `none of ${pairs.length} entries of ${host} has '${mean}'`)
  return pairs.flatMap(([time, value], index) => {
    if (value === null || value === undefined) return []
    return [
      {
        validAt: timeOf(time, asked, `${validAt} of ${host}, entry ${index}`),
        mean: scaled(numberOf(value, `${mean} of ${host}, entry ${index}`), asked),
      },
    ]
  })
}

function paired(
  times: readonly unknown[],
  values: readonly unknown[],
  what: string,
): readonly (readonly [unknown, unknown])[] {
  if (times.length !== values.length)
    throw new IssuerError('unexpected', `${what} are ${times.length} times and ${values.length} values`)
  return times.map((time, at) => [time, values[at]])
}

function numberOf(value: unknown, what: string): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof number === 'number' && Number.isFinite(number)) return number
  throw new IssuerError('unexpected', `${what} is ${valueText(value)}; expected a number`)
}

/** A count is of whatever unit makes it a time of ours. */
function timeOf(
  value: unknown,
  { utcOffsetMinutes }: Pick<JsonIssuer, 'utcOffsetMinutes'>,
  what: string,
): Instant {
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : ''
  const unit = likelyEpoch(text)
  const time =
    unit === undefined
      ? (parseInstant(text) ??
        (utcOffsetMinutes === undefined
          ? undefined
          : stampReader({ formats: ['iso'], utcOffsetMinutes })(text)))
      : countedInstant(text, unit)
  if (time !== undefined) return time
  throw new IssuerError(
    'unexpected',
    `${what} is ${valueText(value)}; expected a time with its zone, a count since 1970, or utc_offset in the station file`,
  )
}

function valueText(value: unknown): string {
  return shown(JSON.stringify(value) ?? 'nothing', 40)
}
