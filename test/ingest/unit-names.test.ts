import { describe, expect, it } from 'vitest'
import { jena } from '../../src/ingest/jena.ts'
import { parseStation } from '../../src/ingest/station-file.ts'
import { unitNotes } from '../../src/ingest/unit-names.ts'

const notesOf = (...units: readonly string[]) =>
  unitNotes(units.map((unit, index) => ({ name: `c${index}`, unit })))

describe('unit names', () => {
  it.each([
    ...[
      'degC',
      '°C',
      '℃',
      'C',
      'celsius',
      'deg C',
      'Degrees Celsius',
      '°F',
      'K',
      '%',
      '% RH',
      'hPa',
      'mbar',
      'inHg',
    ],
    ...[
      'W/m²',
      'W m-2',
      'W/m^2',
      'W/m**2',
      'µg/m³',
      'μg/m3',
      'ug/m3',
      'm³/h',
      'kWh',
      'm/s',
      'm s-1',
      'µmol/m²/s',
    ],
    ...['Ω', 'kΩ', '°', 'mm/h', 'EUR/MWh', '€/MWh', '', '-', 'L/min', 'dBm', 'µS/cm', 'count'],
  ])('unit names - %s is known', (unit) => expect(notesOf(unit)).toEqual([]))

  it('unit names - those of the archive are known', () => expect(unitNotes(jena.channels)).toEqual([]))

  it('unit names - one that is not known is told once, with what follows of it', () => {
    expect(notesOf('furlong', 'Furlong', 'degC')).toEqual([
      "the unit 'furlong' of c0 is not known: it is shown as it is, nothing is converted from it, and Home Assistant has no device class for it",
    ])
  })

  it.each([
    ['celcius', 'celsius'],
    ['Celsuis', 'celsius'],
    ['farenheit', 'fahrenheit'],
    ['deg celcius', 'celsius'],
    ['precent', 'percent'],
    ['inhes', 'inches'],
  ])('unit names - %s is nearly %s', (unit, meant) => {
    expect(notesOf(unit)[0]).toContain(`(is it '${meant}'?)`)
  })

  it('unit names - it is a note of whoever reads the station file, and no error', () => {
    const notes: string[] = []
    const text = `id: x
time: { column: time, utc_offset: "+00:00" }
cadence: 1h
target: d
channels:
  - { name: d, unit: furlong, min: 0, max: 9 }
`
    const { channels } = parseStation(text, 'x.yaml', { onNote: (note) => notes.push(note) })
    expect(channels[0]?.unit).toBe('furlong')
    expect(notes).toEqual([expect.stringContaining("the unit 'furlong' of d is not known")])
  })
})
