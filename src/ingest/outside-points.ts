import type { AskedIssuer } from '../domain/asked-issuer.ts'
import { formatInstant, HOUR, type Instant, parseInstant } from '../domain/instant.ts'
import { MOST_OUTSIDE_LEADS } from '../domain/outside.ts'
import type { OutsideMessage } from '../protocol/outside.ts'
import { shown } from './bad-file.ts'
import { isRecord } from './json-path.ts'
import { isSameUnit } from './unit-text.ts'

/** What somebody says of one time. */
export interface Point {
  readonly validAt: Instant
  readonly mean: number
}

/** What is wrong with an answer, for people. */
export interface Problem {
  readonly problem: string
}

/** Newer ones are there long before; what lies further ahead only costs room. */
const FURTHEST_HOURS = 48

/** A forecast of what is said of the hours to come. `from`: what it is of, in words. */
export function forecastOf(
  points: readonly Point[],
  {
    issuer,
    quantity,
    issuedAt,
    availableAt,
    from,
  }: {
    readonly issuer: string
    readonly quantity?: string | undefined
    readonly issuedAt: Instant
    readonly availableAt: Instant
    readonly from: string
  },
): OutsideMessage | Problem {
  const until = issuedAt + FURTHEST_HOURS * HOUR
  const ahead = points
    .filter(({ validAt, mean }) => validAt > issuedAt && validAt <= until && Number.isFinite(mean))
    .sort((one, other) => one.validAt - other.validAt)
  const twice = ahead.find(({ validAt }, at) => at > 0 && validAt === ahead[at - 1]!.validAt)
  if (twice) return { problem: `${from} says two things of ${formatInstant(twice.validAt)}` }
  if (ahead.length === 0)
    return {
      problem: `${from} says nothing of the ${FURTHEST_HOURS} hours after ${formatInstant(issuedAt)}`,
    }
  return {
    issuer,
    ...(quantity !== undefined && { quantity }),
    issued_at: formatInstant(issuedAt),
    available_at: formatInstant(availableAt),
    leads: ahead.slice(0, MOST_OUTSIDE_LEADS).map(({ validAt, mean }) => ({
      lead_hours: (validAt - issuedAt) / HOUR,
      mean,
    })),
  }
}

type Scale = Pick<AskedIssuer, 'scale' | 'offset'>

/** What came, in the target's unit. */
export function scaled(value: number, { scale = 1, offset = 0 }: Scale): number {
  return value * scale + offset
}

/**
 * What is wrong where something comes in another unit than it is wanted in, and nothing says how one is the other.
 * `asked`: where the station file may say that; absent where others publish.
 */
export function unitProblem(
  given: string | undefined,
  { asked, unit, from }: { readonly asked?: Scale; readonly unit: string; readonly from: string },
): Problem | undefined {
  if (asked?.scale !== undefined || asked?.offset !== undefined || given === undefined) return undefined
  if (unit === '' || isSameUnit(given, unit)) return undefined
  const remedy = asked ? 'say by scale and offset how one is the other' : 'convert it where it is published'
  return { problem: `${from} is in '${shown(given, 40)}', and wanted in '${unit}': ${remedy}` }
}

/** Of the units that stand beside a weather entity's state, which one an attribute of its forecast is in. */
export const UNIT_KEYS: Readonly<Record<string, string>> = {
  temperature: 'temperature_unit',
  templow: 'temperature_unit',
  apparent_temperature: 'temperature_unit',
  dew_point: 'temperature_unit',
  pressure: 'pressure_unit',
  wind_speed: 'wind_speed_unit',
  wind_gust_speed: 'wind_speed_unit',
  precipitation: 'precipitation_unit',
}
const PERCENT = ['humidity', 'cloud_coverage', 'precipitation_probability']

/** The unit of an attribute of Home Assistant's forecasts; undefined where it has none or does not say. */
export function homeAssistantUnit(attribute: string, attributes: unknown): string | undefined {
  if (PERCENT.includes(attribute)) return '%'
  const key = UNIT_KEYS[attribute]
  const unit = key !== undefined && isRecord(attributes) ? attributes[key] : undefined
  return typeof unit === 'string' ? unit : undefined
}

/** What Home Assistant's list of forecasts says by one of its attributes; entries that lack it are passed over. */
export function homeAssistantPoints(
  list: unknown,
  { attribute, from }: { readonly attribute: string; readonly from: string },
): readonly Point[] | Problem {
  if (!Array.isArray(list)) return { problem: `${from}: no list of forecasts` }
  const points: Point[] = []
  for (const [index, entry] of list.entries()) {
    const { datetime, [attribute]: mean }: Record<string, unknown> = Object(entry)
    if (mean === undefined || mean === null) continue
    const validAt = typeof datetime === 'string' ? parseInstant(datetime) : undefined
    if (validAt === undefined) {
      const is = shown(JSON.stringify(datetime) ?? 'nothing', 40)
      return { problem: `${from}: datetime of entry ${index} is ${is}; expected a time with its zone` }
    }
    if (typeof mean !== 'number') {
      const is = shown(JSON.stringify(mean), 40)
      return { problem: `${from}: ${attribute} of entry ${index} is ${is}; expected a number` }
    }
    points.push({ validAt, mean })
  }
  if (points.length === 0 && list.length > 0)
    return { problem: `${from}: none of its ${list.length} entries has '${attribute}'` }
  return points
}
