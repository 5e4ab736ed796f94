import { type Station, targetIndex } from '../../domain/station.ts'
import { type Recognised, type Role, recognise } from './roles.ts'

/** Which columns a quantity yields. Lags and means in hours; every column is divided by its `over`. */
export interface Family {
  /** x at each lag, less `centre`; `slow` is the running mean over about 30 days. */
  readonly level?: {
    readonly lags: readonly number[]
    readonly centre: number | 'slow'
    readonly over: number
  }
  /** x at each lag, less x now. */
  readonly change?: { readonly lags: readonly number[]; readonly over: number }
  /** Running means up to now, less `centre`; `now` is x now. */
  readonly means?: {
    readonly hours: readonly number[]
    readonly centre: number | 'now'
    readonly over: number
  }
}

/** One physical quantity that features are made from: a channel in a known unit, or what several channels amount to. */
export interface Quantity {
  readonly name: string
  /** NaN where it cannot be told. */
  of(values: Float64Array): number
  /**
   * `known`: the family's constants are meant for it as it is. `measured`: it is first brought to a deviation of
   * about 4.5, which is what temperature has within a month at Jena.
   */
  readonly scale: 'known' | 'measured'
  readonly family: Family
}

/** The target itself, for which the temperature of a station is the pattern. */
export const TARGET_FAMILY: Family = {
  level: { lags: [0], centre: 0, over: 10 },
  change: {
    lags: [1, 2, 3, 4, 6, 8, 10, 12, 15, 18, 20, 21, 22, 23, 24, 30, 36, 42, 47, 48, 60, 72, 96, 120],
    over: 6,
  },
  means: { hours: [6, 12, 24, 48, 72, 120, 240], centre: 'now', over: 5 },
}

export const PRESSURE: Family = {
  level: { lags: [0], centre: 'slow', over: 8 },
  change: { lags: [1, 3, 6, 12, 18, 24, 36, 48], over: 4 },
}
const DEPRESSION: Family = { level: { lags: [0, 3, 6, 12, 18, 24, 36, 48], centre: 4, over: 4 } }
const VAPOUR: Family = { level: { lags: [0, 6, 12, 24], centre: 2, over: 0.5 } }
const HUMIDITY: Family = {
  level: { lags: [0, 3, 6, 12, 24], centre: 70, over: 20 },
  means: { hours: [6, 12, 24], centre: 70, over: 20 },
}
const WIND: Family = {
  level: { lags: [0, 3, 6, 12, 24], centre: 1.4, over: 0.6 },
  means: { hours: [6, 12, 24], centre: 1.4, over: 0.6 },
}
const WIND_VECTOR: Family = { level: { lags: [0, 3, 6, 12, 24], centre: 0, over: 2 } }
/** Whatever else is measured: the more of it, the less of each, so that columns stay few enough to learn. */
const OTHER: readonly { readonly upTo: number; readonly family: Family }[] = [
  {
    upTo: 6,
    family: {
      level: { lags: [0], centre: 'slow', over: 4 },
      change: { lags: [1, 3, 6, 12, 24, 48], over: 4 },
      means: { hours: [6, 24], centre: 'now', over: 4 },
    },
  },
  {
    upTo: 16,
    family: { level: { lags: [0], centre: 'slow', over: 4 }, change: { lags: [3, 24], over: 4 } },
  },
  { upTo: Number.POSITIVE_INFINITY, family: { level: { lags: [0], centre: 'slow', over: 4 } } },
]

/** The target first, then what the other channels tell. */
export function quantitiesOf(station: Station): Quantity[] {
  const target = targetIndex(station)
  const channels = station.channels.map(recognise)
  const first = (role: Role): number => channels.findIndex((channel) => channel.role === role)
  const value = (index: number) => {
    const { factor, offset } = channels[index] ?? NONE
    return (values: Float64Array): number => (values[index] ?? Number.NaN) * factor + offset
  }
  const quantities: Quantity[] = [targetQuantity(channels[target]!, target)]
  const add = (name: string, of: (values: Float64Array) => number, family: Family): void => {
    quantities.push({ name, of, scale: 'known', family })
  }
  const used = new Set([target])
  const uses = (...indices: number[]): boolean => {
    if (indices.includes(-1)) return false
    for (const index of indices) used.add(index)
    return true
  }

  const warmth = channels[target]!.role === 'temperature' ? target : first('temperature')
  const [pressure, dew, humidity] = [first('pressure'), first('dew_point'), first('humidity')]
  const [wind, direction] = [first('wind'), first('direction')]
  if (pressure !== target && uses(pressure)) add('pressure', value(pressure), PRESSURE)
  const dewPoint = dew >= 0 ? value(dew) : dewPointFrom(value(warmth), value(humidity))
  const moist = dew >= 0 || (warmth >= 0 && humidity >= 0)
  if (moist && warmth >= 0) {
    const temperature = value(warmth)
    add('dew point depression', (values) => temperature(values) - dewPoint(values), DEPRESSION)
  }
  if (moist) {
    if (dew >= 0) used.add(dew)
    add('vapour pressure', (values) => logVapourPressure(dewPoint(values)), VAPOUR)
  }
  if (uses(humidity)) add('humidity', value(humidity), HUMIDITY)
  if (uses(wind)) {
    const speed = value(wind)
    add('wind', (values) => Math.sqrt(Math.max(0, speed(values))), WIND)
    if (uses(direction)) {
      const angle = (values: Float64Array): number => (value(direction)(values) * Math.PI) / 180
      add('wind from the east', (values) => speed(values) * Math.sin(angle(values)), WIND_VECTOR)
      add('wind from the north', (values) => speed(values) * Math.cos(angle(values)), WIND_VECTOR)
    }
  }
  const others = channels.flatMap(({ role }, index) =>
    used.has(index) || (role === 'derived' && moist) ? [] : [index],
  )
  const family = OTHER.find(({ upTo }) => others.length <= upTo)?.family ?? {}
  for (const index of others) {
    const { name } = station.channels[index]!
    quantities.push({ name, of: (values) => values[index]!, scale: 'measured', family })
  }
  return quantities
}

const NONE: Recognised = { role: 'other', factor: 1, offset: 0 }
/** Where the recipe's constants put the middle of a temperature, in degC. */
const MIDDLE = 10

function targetQuantity({ role, factor, offset }: Recognised, target: number): Quantity {
  if (role !== 'temperature')
    return { name: 'target', of: (values) => values[target]!, scale: 'measured', family: TARGET_FAMILY }
  const of = (values: Float64Array): number => values[target]! * factor + offset - MIDDLE
  return { name: 'target', of, scale: 'known', family: TARGET_FAMILY }
}

/** Magnus: the logarithm of the vapour pressure in mbar at which air is saturated. */
function logVapourPressure(temperatureC: number): number {
  return 1.8096 + (17.269 * temperatureC) / (temperatureC + 237.3)
}

type Of = (values: Float64Array) => number

function dewPointFrom(temperature: Of, humidity: Of): Of {
  return (values) => {
    const share = Math.max(humidity(values), 1) / 100
    const log = logVapourPressure(temperature(values)) + Math.log(share) - 1.8096
    return (237.3 * log) / (17.269 - log)
  }
}
