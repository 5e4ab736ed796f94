import { LEADS, QUANTILE_LEVELS } from '../../src/domain/forecast.ts'
import { formatInstant, HOUR, type Instant, MINUTE } from '../../src/domain/instant.ts'
import type { Station } from '../../src/domain/station.ts'
import { forecastMessage, stationMessage } from '../../src/protocol/encode.ts'
import type { ForecastMessage } from '../../src/protocol/forecast.ts'
import type { ReplayMarkMessage } from '../../src/protocol/provenance.ts'
import type { ReadingMessage } from '../../src/protocol/reading.ts'
import type { ScoreMessage, VerificationMessage } from '../../src/protocol/scores.ts'
import type { StationMessage } from '../../src/protocol/station-message.ts'
import type { StatusMessage } from '../../src/protocol/status.ts'

/** A station of two channels, logged at UTC+1 as Jena is, with a name that is not its column. */
export const pond: Station = {
  id: 'pond',
  title: 'The pond',
  time: { column: 'Date Time', formats: ['dd.MM.yyyy HH:mm:ss'], utcOffsetMinutes: 60 },
  cadence: 10 * MINUTE,
  target: 'T (degC)',
  channels: [
    { name: 'T (degC)', column: 'T (degC)', unit: 'degC', limits: { min: -60, max: 60 }, sentinels: [-9999] },
    { name: 'humidity', column: 'rh (%)', unit: '%', limits: { min: 0, max: 100 }, sentinels: [] },
  ],
  simulated: false,
}

export const noon: Instant = Date.UTC(2020, 5, 1, 12)

export const pondMessage: StationMessage = stationMessage(pond, { source: 'live' })
export const pondWithTape: StationMessage = stationMessage(pond, {
  source: 'replay',
  tape: { session: '01H0000000000000000000000S', first: formatInstant(noon), last: null },
})

/** The n-th reading after noon; the target is n. */
export function readingAt(n: number, replay?: ReplayMarkMessage): ReadingMessage {
  const at = formatInstant(noon + n * pond.cadence)
  return {
    event_time: at,
    ingest_time: at,
    values: { 'T (degC)': n, humidity: 50 },
    bridged: false,
    source: replay ? 'replay' : 'live',
    ...(replay && { replay }),
  }
}

export function forecastAt(hour: number, replay?: ReplayMarkMessage): ForecastMessage {
  const mean = new Float64Array(LEADS).fill(hour)
  return forecastMessage(
    pond,
    {
      issuedAt: noon + hour * HOUR,
      model: 'mixture',
      mean,
      quantiles: Array.from(mean, () => Float64Array.from(QUANTILE_LEVELS)),
      models: new Map([
        ['mixture', mean],
        ['persistence', mean],
      ]),
      weights: new Map([['persistence', new Float64Array(LEADS).fill(1)]]),
      weightsVersion: 0,
    },
    { source: replay ? 'replay' : 'live', ...(replay && { replay }) },
  )
}

export const score: ScoreMessage = {
  as_of: formatInstant(noon),
  unit: 'degC',
  models: {
    mixture: {
      mae: { '24': { '1d': 1.9, '7d': 2.2, '30d': null, all: 2.3 } },
      n: { '24': { '1d': 144, '7d': 1008, '30d': null, all: 1008 } },
    },
    persistence: {
      mae: { '24': { '1d': 2.5, '7d': 2.6, '30d': null, all: 2.6 } },
      n: { '24': { '1d': 144, '7d': 1008, '30d': null, all: 1008 } },
    },
  },
  coverage90: { '24': { '1d': 0.9, '7d': 0.9, '30d': null, all: 0.9 } },
  width90: { '24': { '1d': 8, '7d': 8.1, '30d': null, all: 8.2 } },
  source: 'live',
}

const inAll = new Array<number>(LEADS).fill(1)

export const verification: VerificationMessage = {
  as_of: formatInstant(noon),
  unit: 'K',
  models: {
    persistence: {
      windows: { all: { n: inAll, mae: inAll, bias: inAll, rmse: inAll, skill: { persistence: inAll } } },
      months: new Array(12).fill(null),
    },
  },
  intervals: { windows: {}, months: [] },
  source: 'live',
}

export const status: StatusMessage = {
  as_of: formatInstant(noon),
  target: 'T (degC)',
  unit: 'degC',
  engine: 'cpu',
  training: {
    state: 'idle',
    samples: 0,
    rounds: 0,
    steps: 0,
    loss: null,
    weights_version: 0,
    promoted_at: null,
    network: 'gru 32',
  },
  intake: {
    rows: 7,
    readings: 5,
    bridged: 0,
    gaps: 0,
    masked: 0,
    rejected: 2,
    rejected_by_reason: { late: 2 },
    last_rejected: [],
  },
  forecasts: 3,
  scores: 4,
  source: 'live',
}
