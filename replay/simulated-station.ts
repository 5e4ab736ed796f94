import { DAY, HOUR, type Instant, MINUTE } from '../src/domain/instant.ts'
import { normal, type Random, seededRandom } from '../src/domain/random.ts'
import type { Channel, Station } from '../src/domain/station.ts'
import type { RawRow } from '../src/ingest/raw-row.ts'
import type { Tape } from './tape.ts'
import { between, CALM, nextHour, type Observed, observed, type Weather } from './weather.ts'

const START: Instant = Date.UTC(2020, 0, 1)
const DAYS = 3653
const CADENCE = 10 * MINUTE
const ROWS_A_DAY = DAY / CADENCE
/** Longitude of Jena: its sun is 46 minutes ahead of Greenwich's. */
const SOLAR_AHEAD = 46 * MINUTE
const SENTINEL = -9999

/** Named as Jena's own, so that whoever knows those can read these. */
const CHANNELS = {
  'p (mbar)': ['mbar', 870, 1085],
  'T (degC)': ['degC', -60, 60],
  'Tdew (degC)': ['degC', -70, 40],
  'rh (%)': ['%', 0, 100],
  'VPmax (mbar)': ['mbar', 0, 200],
  'wv (m/s)': ['m/s', 0, 75],
  'max. wv (m/s)': ['m/s', 0, 115],
  'wd (deg)': ['deg', 0, 360],
} as const

export const simulatedStation: Station = {
  id: 'simulated',
  title: 'Simulated station (made-up weather, no instrument has measured this)',
  time: { column: 'time', formats: ['iso'], utcOffsetMinutes: 0 },
  cadence: CADENCE,
  target: 'T (degC)',
  channels: Object.entries(CHANNELS).map(
    ([name, [unit, min, max]]): Channel => ({
      name,
      column: name,
      unit,
      limits: { min, max },
      sentinels: [SENTINEL],
    }),
  ),
  simulated: true,
}

/**
 * Ten years of simulated weather with the faults of real stations: rows missing, duplicate or out of order, and
 * sentinels. A row depends on the seed and its time alone, wherever playing starts.
 */
export function simulatedTape({ seed }: { readonly seed: number }): Tape {
  return {
    station: simulatedStation,
    source: 'simulated',
    name: `simulated station, seed ${seed}`,
    first: START,
    last: START + DAYS * DAY - CADENCE,
    notes: [],
    async *rows({ from = START } = {}) {
      for (const { day, hours } of daysOfWeather(seed)) {
        const midnight = START + day * DAY
        if (midnight + DAY <= from) continue
        const random = seededRandom(Math.imul(seed, 0x9e3779b1) ^ Math.imul(day + 1, 0x85ebca6b))
        const rows = faultless(midnight, hours, random)
        // The first and the last day are whole, so that the tape begins and ends where it says.
        const kept = day === 0 || day === DAYS - 1 ? rows : withFaults(rows, random)
        const batch = kept.filter(({ eventTime }) => eventTime !== undefined && eventTime >= from)
        if (batch.length > 0) yield batch
      }
    },
  }
}

/** Day by day, the weather at its 25 full hours: one chain from the start, cheap enough to run through for a seek. */
function* daysOfWeather(
  seed: number,
): Generator<{ readonly day: number; readonly hours: readonly Weather[] }> {
  const random = seededRandom(seed)
  let now = CALM
  // Two synoptic weeks in, the calm it began with is forgotten.
  for (let hour = 0; hour < 14 * 24; hour++) now = nextHour(now, random)
  for (let day = 0; day < DAYS; day++) {
    const hours = [now]
    for (let hour = 0; hour < 24; hour++) {
      now = nextHour(now, random)
      hours.push(now)
    }
    yield { day, hours }
  }
}

function faultless(midnight: Instant, hours: readonly Weather[], random: Random): RawRow[] {
  const perHour = HOUR / CADENCE
  let warmth = normal(random)
  return Array.from({ length: ROWS_A_DAY }, (_, index) => {
    const eventTime = midnight + index * CADENCE
    const hour = Math.floor(index / perHour)
    const weather = between(hours[hour]!, hours[hour + 1]!, (index % perHour) / perHour)
    warmth = 0.7 * warmth + Math.sqrt(1 - 0.7 ** 2) * normal(random)
    const solar = eventTime + SOLAR_AHEAD
    const dayOfYear = (solar - Date.UTC(new Date(solar).getUTCFullYear(), 0, 1)) / DAY
    return {
      place: `simulated:${(midnight - START) / CADENCE + index + 1}`,
      eventTime,
      values: cells(
        observed(weather, {
          dayOfYear,
          turbulence: [warmth, normal(random), normal(random), normal(random)],
        }),
      ),
    }
  })
}

/** With as many decimals as a logger writes. */
function cells(seen: Observed): Record<keyof typeof CHANNELS, number> {
  const rounded = (value: number, decimals = 2) => Number(value.toFixed(decimals))
  return {
    'p (mbar)': rounded(seen.pressureMbar),
    'T (degC)': rounded(seen.temperatureC),
    'Tdew (degC)': rounded(seen.dewPointC),
    'rh (%)': rounded(seen.humidityPercent, 1),
    'VPmax (mbar)': rounded(seen.saturationMbar),
    'wv (m/s)': rounded(seen.windMs),
    'max. wv (m/s)': rounded(seen.gustMs),
    'wd (deg)': rounded(seen.directionDeg, 1) % 360,
  }
}

/** Somewhat more of each than in a good year of a real station, so that a short run meets them all. */
function withFaults(rows: readonly RawRow[], random: Random): RawRow[] {
  const faulty = [...rows]
  const happens = (everyDays: number) => random.unit() < 1 / everyDays
  if (happens(15)) {
    const at = random.below(faulty.length)
    const gusts = random.unit() < 0.5
    for (let index = at; index < Math.min(at + 1 + random.below(3), faulty.length); index++) {
      const row = faulty[index]!
      faulty[index] = {
        ...row,
        values: { ...row.values, 'wv (m/s)': SENTINEL, ...(gusts && { 'max. wv (m/s)': SENTINEL }) },
      }
    }
  }
  if (happens(12)) {
    const at = random.below(faulty.length - 1)
    faulty.splice(at, 2, faulty[at + 1]!, faulty[at]!)
  }
  if (happens(20)) {
    const at = random.below(faulty.length)
    faulty.splice(at, 0, { ...faulty[at]!, place: `${faulty[at]!.place} again` })
  }
  if (happens(6)) faulty.splice(random.below(faulty.length), 1)
  if (happens(30)) faulty.splice(random.below(faulty.length), 2 + random.below(10))
  if (happens(300)) faulty.splice(random.below(faulty.length), 40 + random.below(ROWS_A_DAY))
  return faulty
}
