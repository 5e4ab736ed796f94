import { z } from 'zod'
import type { OpenMeteoIssuer } from '../domain/asked-issuer.ts'
import { SECOND } from '../domain/instant.ts'
import { forecastOf, type Point, scaled, unitProblem } from '../ingest/outside-points.ts'
import { isSameUnit } from '../ingest/unit-text.ts'
import { issueText } from '../protocol/schema-issue.ts'
import { askJson } from './ask-json.ts'
import type { AskIssuer } from './issuer.ts'
import { expected, IssuerError } from './issuer-error.ts'

/** Days ahead, the present one among them: 48 hours at any time of the day. */
const DAYS_AHEAD = '3'

/**
 * What Open-Meteo forecasts (open-meteo.com/en/docs). Its answer does not say when the model's run began, nor when it
 * was issued.
 */
export const askOpenMeteo: AskIssuer<OpenMeteoIssuer> = async (
  { issuer, quantity, asked, unit },
  context,
) => {
  const url = openMeteoUrl(asked, { base: asked.url, unit, hourly: [asked.variable] })
  url.searchParams.set('forecast_days', DAYS_AHEAD)
  const answer = readAnswer(await askJson({ url }, context), { asked, unit, hourly: [asked.variable] })
  const forecast = forecastOf(answer.points(asked.variable), {
    ...{ issuer, quantity, issuedAt: context.askedAt, availableAt: context.now() },
    from: `${asked.variable} of ${url.host}`,
  })
  return { forecast: expected(forecast), saysIssued: false }
}

/** A request for hours of one place; times come in seconds of UTC. */
export function openMeteoUrl(
  { latitude, longitude, model }: Pick<OpenMeteoIssuer, 'latitude' | 'longitude' | 'model'>,
  {
    base,
    unit,
    hourly,
  }: { readonly base: string; readonly unit: string; readonly hourly: readonly string[] },
): URL {
  const url = new URL(`${base}/v1/forecast`)
  url.search = new URLSearchParams({
    latitude: String(latitude),
    longitude: String(longitude),
    hourly: hourly.join(','),
    timezone: 'UTC',
    timeformat: 'unixtime',
    ...(model !== undefined && { models: model }),
    ...unitsFor(unit),
  }).toString()
  return url
}

const SPEEDS = { ms: 'm/s', mph: 'mph', kn: 'kn' } as const

/** Units are Celsius, km/h and mm where nothing else is asked for. */
function unitsFor(unit: string): Readonly<Record<string, string>> {
  const speed = Object.entries(SPEEDS).find(([, name]) => isSameUnit(name, unit))?.[0]
  return {
    ...(isSameUnit('degF', unit) && { temperature_unit: 'fahrenheit' }),
    ...(speed !== undefined && { wind_speed_unit: speed }),
    ...(isSameUnit('inch', unit) && { precipitation_unit: 'inch' }),
  }
}

const values = z.array(z.number().nullable())
const answerSchema = z.object({
  hourly_units: z.record(z.string(), z.string()),
  hourly: z.object({ time: z.array(z.number()) }).catchall(values),
})

/** An answer, variable by variable. Throws an `IssuerError` where it is none, or in another unit. */
export function readAnswer(
  given: unknown,
  {
    asked,
    unit,
    hourly,
  }: { readonly asked: OpenMeteoIssuer; readonly unit: string; readonly hourly: readonly string[] },
): { points(variable: string): readonly Point[] } {
  const { host } = new URL(asked.url)
  const read = answerSchema.safeParse(given)
  if (!read.success)
    throw new IssuerError('unexpected', `${host} answers otherwise: ${issueText(read.error, given)}`)
  const { hourly: columns, hourly_units: units } = read.data
  const listOf = (variable: string): readonly (number | null)[] => {
    const list = columns[variable]
    if (list?.length === columns.time.length) return list
    const is = list ? `${list.length} of ${columns.time.length} values` : 'nothing'
    throw new IssuerError('unexpected', `${host} has ${is} of ${variable}`)
  }
  for (const variable of hourly) {
    listOf(variable)
    const other = unitProblem(units[variable], { asked, unit, from: `${variable} of ${host}` })
    if (other) throw new IssuerError('unexpected', other.problem)
  }
  return {
    points: (variable) =>
      listOf(variable).flatMap((value, at) =>
        value === null ? [] : [{ validAt: columns.time[at]! * SECOND, mean: scaled(value, asked) }],
      ),
  }
}
