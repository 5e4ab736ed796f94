import type { Series } from './series.ts'

/** A quantity that others determine. Units as in its name; what it is made of is named in the formula's arguments. */
interface Derived {
  readonly name: string
  readonly of: (air: Air) => number
}

interface Air {
  readonly mbar: number
  readonly kelvin: number
  /** Partial and saturation pressure of water vapour. */
  readonly vapour: number
  readonly saturation: number
}

/** Molar mass of water over that of dry air. */
const WATER_SHARE = 0.622
/** J/(kg K), of dry air. */
const GAS_CONSTANT = 287.05
/** Gas constant over specific heat, of dry air. */
const POISSON = 0.286
const FREEZING = 273.15

const DERIVED: readonly Derived[] = [
  { name: 'Tpot (K)', of: ({ kelvin, mbar }) => kelvin * (1000 / mbar) ** POISSON },
  { name: 'VPact (mbar)', of: ({ vapour }) => vapour },
  { name: 'VPdef (mbar)', of: ({ saturation, vapour }) => saturation - vapour },
  { name: 'sh (g/kg)', of: (air) => 1000 * specificHumidity(air) },
  { name: 'H2OC (mmol/mol)', of: ({ vapour, mbar }) => (1000 * vapour) / mbar },
  {
    name: 'rho (g/m**3)',
    of: (air) => (1e5 * air.mbar) / (GAS_CONSTANT * air.kelvin * (1 + 0.608 * specificHumidity(air))),
  },
]

function specificHumidity({ mbar, vapour }: Air): number {
  return (WATER_SHARE * vapour) / (mbar - (1 - WATER_SHARE) * vapour)
}

/**
 * Jena's series with the quantities that pressure, temperature and humidity determine, each where the file lacks it:
 * with them only gusts and the wind's direction are missing from the 14 that the chapter has. A series without the
 * four that they are made of stays as it is.
 */
export function withDerived(series: Series): Series {
  const { channels, rows, values } = series
  const width = channels.length
  const places = ['p (mbar)', 'T (degC)', 'rh (%)', 'VPmax (mbar)'].map((name) => channels.indexOf(name))
  const missing = DERIVED.filter(({ name }) => !channels.includes(name))
  if (places.includes(-1) || missing.length === 0) return series
  const wide = width + missing.length
  const all = new Float32Array(rows * wide)
  for (let row = 0; row < rows; row++) {
    all.set(values.subarray(row * width, (row + 1) * width), row * wide)
    const [mbar, celsius, humidity, saturation] = places.map((place) => values[row * width + place]!)
    const vapour = (saturation! * humidity!) / 100
    const air = { mbar: mbar!, kelvin: celsius! + FREEZING, saturation: saturation!, vapour }
    for (const [index, { of }] of missing.entries()) all[row * wide + width + index] = of(air)
  }
  return { ...series, channels: [...channels, ...missing.map(({ name }) => name)], values: all }
}
