import type { Channel } from '../domain/station.ts'
import { isSameUnit } from './unit-text.ts'

/** What a channel is called by those who forecast the weather. */
export interface WeatherVariable {
  readonly openMeteo: string
  /** Undefined where Home Assistant has none. */
  readonly homeAssistant: string | undefined
}

interface Rule extends WeatherVariable {
  readonly units: readonly string[]
  readonly name: RegExp
}

const TEMPERATURES = ['degC', 'degF']
const SPEEDS = ['m/s', 'km/h', 'mph', 'kn']

/** The first that fits. Pressure and rain are not among them: at which height, over how long, nobody can tell by a name. */
const RULES: readonly Rule[] = [
  { units: TEMPERATURES, name: /dew/i, openMeteo: 'dew_point_2m', homeAssistant: 'dew_point' },
  {
    units: TEMPERATURES,
    name: /temp|(^|[^a-z])(air|t)([^a-z]|$)/i,
    openMeteo: 'temperature_2m',
    homeAssistant: 'temperature',
  },
  {
    units: ['%'],
    name: /humid|(^|[^a-z])rh([^a-z]|$)/i,
    openMeteo: 'relative_humidity_2m',
    homeAssistant: 'humidity',
  },
  { units: SPEEDS, name: /gust/i, openMeteo: 'wind_gusts_10m', homeAssistant: 'wind_gust_speed' },
  { units: SPEEDS, name: /wind/i, openMeteo: 'wind_speed_10m', homeAssistant: 'wind_speed' },
  {
    units: ['W/m2', 'W m-2'],
    name: /solar|radiation|irradiance/i,
    openMeteo: 'shortwave_radiation',
    homeAssistant: undefined,
  },
]

/** What no weather service forecasts, whatever its unit. */
const ELSEWHERE =
  /soil|ground|water|pool|sea|room|indoor|inside|cellar|floor|boiler|heat|flow|cpu|core|fridge|oven|green/i

/** The variable that a channel plainly is, by its name and unit; undefined where that is not plain. */
export function plainVariable({ name, unit }: Pick<Channel, 'name' | 'unit'>): WeatherVariable | undefined {
  if (ELSEWHERE.test(name)) return undefined
  return RULES.find((rule) => rule.name.test(name) && rule.units.some((each) => isSameUnit(each, unit)))
}
