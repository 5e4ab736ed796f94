import { formatInstant, HOUR, type Instant, MINUTE } from '../../src/domain/instant.ts'
import type { ForecastMessage } from '../../src/protocol/forecast.ts'
import type { ReplayMarkMessage } from '../../src/protocol/provenance.ts'
import type { ReadingMessage } from '../../src/protocol/reading.ts'
import type { ScoreMessage, ScoreWindow } from '../../src/protocol/scores.ts'
import type { StationMessage } from '../../src/protocol/station-message.ts'
import type { TapeMessage } from '../../src/protocol/tape.ts'

/* Messages as the server sends them, with what a test does not care for filled in. */

export const START: Instant = Date.parse('2009-10-24T04:00:00Z')
export const TEN_MINUTES = 10 * MINUTE

export function mark(session: string): ReplayMarkMessage {
  return { session, speed: 3600, paused: false }
}

export function station(overrides: Partial<StationMessage> = {}): StationMessage {
  return {
    id: 'jena',
    title: 'Jena',
    target: 'T (degC)',
    unit: 'degC',
    cadence_seconds: 600,
    source: 'replay',
    channels: [],
    time: { column: 'Date Time', formats: ['iso'], utc_offset_minutes: 60 },
    ...overrides,
  }
}

export function reading(time: Instant, value: number | null, session = 's1'): ReadingMessage {
  return {
    event_time: formatInstant(time),
    ingest_time: formatInstant(time),
    values: { 'T (degC)': value },
    bridged: false,
    source: 'replay',
    replay: mark(session),
  }
}

/** Means 1, 2, … 24; the 90 % interval is twice as wide as the 80 % one, and that as the 50 % one. */
export function forecast(issuedAt: Instant, session = 's1'): ForecastMessage {
  return {
    issued_at: formatInstant(issuedAt),
    target: 'T (degC)',
    unit: 'degC',
    model: 'mixture',
    weights_version: 3,
    leads: Array.from({ length: 24 }, (_, index) => ({
      lead_hours: index + 1,
      valid_time: formatInstant(issuedAt + (index + 1) * HOUR),
      mean: index + 1,
      quantiles: {
        '0.05': index - 3,
        '0.1': index - 1,
        '0.25': index,
        '0.5': index + 1,
        '0.75': index + 2,
        '0.9': index + 3,
        '0.95': index + 5,
      },
    })),
    models: {},
    source: 'replay',
    replay: mark(session),
  }
}

export function tape(overrides: Partial<TapeMessage> = {}): TapeMessage {
  return {
    session: 's1',
    speed: 3600,
    paused: false,
    loop: false,
    ended: false,
    position: formatInstant(START),
    first: '2009-01-01T00:00:00Z',
    last: '2016-12-31T23:00:00Z',
    rows: 10,
    ...overrides,
  }
}

/** MAE of each model at lead +24 h over 30 days; every other figure unknown. */
export function score(mae: Readonly<Record<string, number | null>>, session = 's1'): ScoreMessage {
  const unknown = { '1d': null, '7d': null, '30d': null, all: null }
  return {
    as_of: formatInstant(START),
    unit: 'degC',
    models: Object.fromEntries(
      Object.entries(mae).map(([model, value]) => [
        model,
        { mae: { '24': { ...unknown, '30d': value } }, n: { '24': { ...unknown, '30d': 720 } } },
      ]),
    ),
    coverage90: {},
    width90: {},
    source: 'replay',
    replay: mark(session),
  }
}

/** The published model's at +24 h over so many forecasts, by window. */
export function scoreOver(n: Partial<Record<ScoreWindow, number>>): ScoreMessage {
  const unknown = { '1d': null, '7d': null, '30d': null, all: null }
  const { models, ...rest } = score({ mixture: 1 })
  return { ...rest, models: { mixture: { ...models['mixture']!, n: { '24': { ...unknown, ...n } } } } }
}
