import { describe, expect, it } from 'vitest'
import { recognise } from '../../../src/forecast/features/roles.ts'
import { jena } from '../../../src/ingest/jena.ts'

function roleOf(name: string, unit: string, { min = 0, max = 2000 } = {}) {
  return recognise({ name, column: name, unit, limits: { min, max }, sentinels: [] })
}

describe('roles', () => {
  it('roles - are told by unit and name for every channel of Jena', () => {
    const roles = Object.fromEntries(jena.channels.map((channel) => [channel.name, recognise(channel).role]))
    expect(roles).toMatchObject({
      'p (mbar)': 'pressure',
      'T (degC)': 'temperature',
      'Tpot (K)': 'derived',
      'Tdew (degC)': 'dew_point',
      'rh (%)': 'humidity',
      'VPmax (mbar)': 'derived',
      'sh (g/kg)': 'derived',
      'rho (g/m**3)': 'derived',
      'wv (m/s)': 'wind',
      'max. wv (m/s)': 'other',
      'wd (deg)': 'direction',
      'CO2 (ppm)': 'other',
    })
  })

  it('roles - bring a value to the unit that the role is reckoned in', () => {
    const converted = (unit: string, name: string, value: number, limits = {}): number => {
      const { factor, offset } = roleOf(name, unit, limits)
      return value * factor + offset
    }
    expect(converted('K', 'air', 273.15)).toBeCloseTo(0, 12)
    expect(converted('°F', 'air', 212)).toBeCloseTo(100, 12)
    expect(converted('hPa', 'qff', 1013)).toBe(1013)
    expect(converted('Pa', 'qff', 101_300, { max: 120_000 })).toBe(1013)
    expect(converted('km/h', 'wind speed', 36)).toBeCloseTo(10, 12)
  })

  it('roles - take nothing for weather that only has its unit', () => {
    expect(roleOf('gate opening', '%').role).toBe('other')
    expect(roleOf('belt', 'm/s').role).toBe('other')
    expect(roleOf('hydraulics', 'mbar', { max: 50 }).role).toBe('other')
    expect(roleOf('level', 'm').role).toBe('other')
  })
})
