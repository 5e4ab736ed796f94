import { describe, expect, it } from 'vitest'
import { HOUR } from '../../src/domain/instant.ts'
import { parseStation } from '../../src/ingest/station-file.ts'
import { announcedStationSchema } from '../../src/ingest/station-schema.ts'
import { stationMessage, stationOf } from '../../src/protocol/encode.ts'

const file = (health: string) => `
id: lounge
time: { column: time, format: iso, utc_offset: "+00:00" }
cadence: 30m
${health}
target: temp
channels:
  - { name: temp, column: t, unit: degC, min: -40, max: 60 }
`

describe('station file, health', () => {
  it.each([
    ['', undefined],
    ['health: off', 'off'],
    ['health: {}', {}],
    ['health: { stuck_after: 6h }', { stuckAfter: 6 * HOUR }],
  ])('station file - "%s" is read, and travels as it is', (text, health) => {
    const station = parseStation(file(text), 'lounge.yaml')
    expect(station.health).toEqual(health)
    const message = announcedStationSchema.parse(
      JSON.parse(JSON.stringify(stationMessage(station, { source: 'live' }))),
    )
    expect(stationOf(message)).toEqual(station)
  })

  it.each([
    ['health: maybe', /health: it is "maybe"; expected 'off', or stuck_after with a span such as 6h/],
    ['health: { stuckafter: 6h }', /health: unknown key 'stuckafter'; did you mean 'stuck_after'/],
    ['health: { stuck_after: 0h }', /health.*expected .*a span such as 6h/],
  ])('station file - "%s" is refused with the rule', (text, rule) => {
    expect(() => parseStation(file(text), 'lounge.yaml')).toThrow(rule)
  })
})
