import type { Channel } from '../../domain/station.ts'

/** What a channel measures, as far as its unit and its name tell. */
export type Role =
  | 'temperature'
  | 'dew_point'
  | 'humidity'
  | 'pressure'
  | 'wind'
  | 'direction'
  /** Moisture or density expressed in another way: adds nothing where dew point or humidity is measured. */
  | 'derived'
  | 'other'

/** A role, and how a value comes to the unit that role is reckoned in: degC, %, mbar, m/s, degrees. */
export interface Recognised {
  readonly role: Role
  readonly factor: number
  readonly offset: number
}

const TEMPERATURES: Record<string, readonly [factor: number, offset: number]> = {
  degc: [1, 0],
  c: [1, 0],
  celsius: [1, 0],
  k: [1, -273.15],
  degf: [1 / 1.8, -32 / 1.8],
  f: [1 / 1.8, -32 / 1.8],
}
const PRESSURES: Record<string, number> = {
  mbar: 1,
  hpa: 1,
  mb: 1,
  pa: 0.01,
  kpa: 10,
  inhg: 33.8639,
  mmhg: 1.33322,
}
const SPEEDS: Record<string, number> = {
  'm/s': 1,
  'km/h': 1 / 3.6,
  kmh: 1 / 3.6,
  kn: 0.514444,
  kt: 0.514444,
  mph: 0.44704,
}
const DERIVED = new Set(['g/kg', 'mmol/mol', 'g/m**3', 'g/m3', 'g/m³'])
/** In mbar: a lower one is the pressure of vapour, or of something else that is no barometer. */
const LOWEST_OF_AIR = 300

export function recognise({ name, unit, limits }: Channel): Recognised {
  const of = (role: Role, factor = 1, offset = 0): Recognised => ({ role, factor, offset })
  const key = unit.trim().toLowerCase().replace('°', 'deg').replace(' ', '')
  const temperature = TEMPERATURES[key]
  if (temperature) {
    if (/pot|theta/i.test(name)) return of('derived')
    return of(/dew|^td\b/i.test(name) ? 'dew_point' : 'temperature', ...temperature)
  }
  const pressure = PRESSURES[key]
  if (pressure !== undefined) {
    if (/vp|vapou?r/i.test(name)) return of('derived')
    return limits.max * pressure > LOWEST_OF_AIR ? of('pressure', pressure) : of('other')
  }
  if (key === '%') return of(/rh|humid/i.test(name) ? 'humidity' : 'other')
  const speed = SPEEDS[key]
  if (speed !== undefined)
    return of(/wind|wv|speed/i.test(name) && !/max|gust/i.test(name) ? 'wind' : 'other', speed)
  if ((key === 'deg' || key === 'degrees') && /wd|dir/i.test(name)) return of('direction')
  return of(DERIVED.has(key) ? 'derived' : 'other')
}
