import { DateTime, FixedOffsetZone } from 'luxon'
import type { TimeColumn } from '../domain/station.ts'
import type { ForecastMessage } from '../protocol/forecast.ts'
import type { ReadingMessage } from '../protocol/reading.ts'
import type { ScoreMessage } from '../protocol/scores.ts'

/** What sensors show of a forecast: null where it is not known, which Home Assistant shows as unknown. */
export interface Outlook {
  readonly now: number | null
  readonly in1h: number | null
  readonly in3h: number | null
  readonly in6h: number | null
  readonly in12h: number | null
  readonly in24h: number | null
  readonly tomorrow_low: number | null
  readonly tomorrow_high: number | null
  /** Mean absolute error at +24 h over 30 days. */
  readonly mae24h: number | null
  /** Share of truths within the 90 % interval at +24 h over 30 days, in per cent. */
  readonly coverage90: number | null
  /** RFC 3339. */
  readonly issued_at: string | null
}

/** The newest of each that is known of a station. */
export interface Known {
  readonly reading?: ReadingMessage | undefined
  readonly forecast?: ForecastMessage | undefined
  readonly score?: ScoreMessage | undefined
}

export function outlookOf({ reading, forecast, score }: Known, { target, time }: OutlookStation): Outlook {
  const lead = (hours: number) => forecast?.leads.find(({ lead_hours }) => lead_hours === hours)?.mean ?? null
  const tomorrow = forecast ? tomorrowOf(forecast, time) : []
  const scored = score?.models[forecast?.model ?? PUBLISHED_MODEL]
  const coverage = score?.coverage90['24']?.['30d'] ?? null
  return {
    now: reading?.values[target] ?? null,
    ...{ in1h: lead(1), in3h: lead(3), in6h: lead(6), in12h: lead(12), in24h: lead(24) },
    tomorrow_low: tomorrow.length > 0 ? Math.min(...tomorrow) : null,
    tomorrow_high: tomorrow.length > 0 ? Math.max(...tomorrow) : null,
    mae24h: scored?.mae['24']?.['30d'] ?? null,
    coverage90: coverage === null ? null : Math.round(coverage * 10_000) / 100,
    issued_at: forecast?.issued_at ?? null,
  }
}

export interface OutlookStation {
  readonly target: string
  readonly time: Pick<TimeColumn, 'zone' | 'utcOffsetMinutes'>
}

const PUBLISHED_MODEL = 'mixture'

/**
 * A low and a high are those of a day only where most of it is seen: from the evening before, when the 24 hours reach past
 * the next afternoon. Until then they are not known.
 */
const HOURS_OF_A_DAY = 18

/** Means of the leads that fall on the day after the issue, by the clock of the station; none where too few do. */
function tomorrowOf(
  { issued_at, leads }: ForecastMessage,
  { zone, utcOffsetMinutes }: OutlookStation['time'],
) {
  const local = zone ?? FixedOffsetZone.instance(utcOffsetMinutes)
  const tomorrow = DateTime.fromISO(issued_at).setZone(local).plus({ days: 1 }).toISODate()
  const means = leads
    .filter(({ valid_time }) => DateTime.fromISO(valid_time).setZone(local).toISODate() === tomorrow)
    .map(({ mean }) => mean)
  return means.length >= HOURS_OF_A_DAY ? means : []
}

/** One hour of the forecast as cards and templates read it; `low` and `high` are the 90 % interval. */
interface AttributeHour {
  readonly datetime: string
  readonly value: number
  readonly low: number | null
  readonly high: number | null
  readonly temperature?: number
  readonly templow?: number | null
  readonly temphigh?: number | null
}

export interface Attributes {
  readonly issued_at: string
  readonly target: string
  readonly unit: string
  readonly interval: '90 %'
  /** Shape [lead 24]. */
  readonly forecast: readonly AttributeHour[]
}

/** All leads, far below the 16 kB that Home Assistant records of attributes. */
export function attributesOf(
  { issued_at, target, unit, leads }: ForecastMessage,
  { isTemperature }: { readonly isTemperature: boolean },
): Attributes {
  return {
    issued_at,
    target,
    unit,
    interval: '90 %',
    forecast: leads.map(({ valid_time, mean, quantiles }) => {
      const [low, high] = [quantiles['0.05'] ?? null, quantiles['0.95'] ?? null]
      return {
        datetime: valid_time,
        ...{ value: mean, low, high },
        ...(isTemperature && { temperature: mean, templow: low, temphigh: high }),
      }
    }),
  }
}
