import { HOUR, type Instant, SECOND } from '../../src/domain/instant.ts'

/** An answer of Open-Meteo with `timeformat=unixtime`, as open-meteo.com/en/docs has it. */
export function openMeteoAnswer(
  from: Instant,
  hourly: Readonly<Record<string, readonly (number | null)[]>>,
  unit = '°C',
) {
  const names = Object.keys(hourly)
  const length = Math.max(...Object.values(hourly).map((values) => values.length))
  return {
    latitude: 50.94,
    longitude: 11.579999,
    generationtime_ms: 0.0345,
    utc_offset_seconds: 0,
    timezone: 'GMT',
    timezone_abbreviation: 'GMT',
    elevation: 159,
    hourly_units: { time: 'unixtime', ...Object.fromEntries(names.map((name) => [name, unit])) },
    hourly: { time: Array.from({ length }, (_, hour) => (from + hour * HOUR) / SECOND), ...hourly },
  }
}

/** A weather entity's state, as developers.home-assistant.io/docs/api/rest and .../core/entity/weather have it. */
export function weatherState(entity: string, attributes: Readonly<Record<string, unknown>> = {}) {
  return {
    entity_id: entity,
    state: 'cloudy',
    attributes: {
      temperature: 3.4,
      temperature_unit: '°C',
      humidity: 80,
      pressure: 1012.3,
      pressure_unit: 'hPa',
      wind_speed: 10.1,
      wind_speed_unit: 'km/h',
      visibility_unit: 'km',
      precipitation_unit: 'mm',
      friendly_name: 'Home',
      supported_features: 3,
      ...attributes,
    },
    last_changed: '2026-03-01T11:40:02.412+00:00',
    last_updated: '2026-03-01T11:55:02.412+00:00',
  }
}

/** What `weather.get_forecasts` answers with under `?return_response`, of type hourly. */
export function forecastsResponse(entity: string, from: Instant, temperatures: readonly number[]) {
  return {
    changed_states: [],
    service_response: { [entity]: { forecast: hourlyForecast(from, temperatures) } },
  }
}

export function hourlyForecast(from: Instant, temperatures: readonly number[]) {
  return temperatures.map((temperature, hour) => ({
    condition: 'cloudy',
    datetime: new Date(from + hour * HOUR).toISOString().replace('.000Z', '+00:00'),
    wind_bearing: 236.1,
    cloud_coverage: 96.9,
    temperature,
    wind_speed: 9.4,
    precipitation: 0,
    humidity: 83,
  }))
}
