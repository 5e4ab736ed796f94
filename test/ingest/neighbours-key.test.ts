import { describe, expect, it } from 'vitest'
import { MINUTE } from '../../src/domain/instant.ts'
import { parseStation } from '../../src/ingest/station-file.ts'
import { stationMessage, stationOf } from '../../src/protocol/encode.ts'

const stationWith = (neighbours: string) =>
  parseStation(
    `id: here\ntime: { column: t, format: iso, utc_offset: "+00:00" }\ncadence: 1h\ntarget: x\nneighbours: ${neighbours}\n` +
      'channels: [{ column: x, unit: degC, min: 0, max: 1 }]\n',
    'here.yaml',
  )

describe("the station file's neighbours", () => {
  it('neighbours key - ids alone or with a delay, or auto', () => {
    expect(stationWith('[near, { station: far, delay: 20m }]').neighbours).toEqual([
      { station: 'near' },
      { station: 'far', delay: 20 * MINUTE },
    ])
    expect(stationWith('auto').neighbours).toBe('auto')
  })

  it('neighbours key - it travels with the announcement, but for the delay of a file', () => {
    const travelled = (neighbours: string) =>
      stationOf(stationMessage(stationWith(neighbours), { source: 'live' })).neighbours
    expect(travelled('auto')).toBe('auto')
    expect(travelled('[{ station: far, delay: 20m }]')).toEqual([{ station: 'far' }])
  })

  it.each([
    ['[]', /neighbours: .*at least one|neighbours: .*list of stations/],
    ['[near, near]', /neighbours/],
    ['[here]', /neighbours\[0\].*another station than itself/],
    ['[Near]', /neighbours/],
    ['all', /neighbours: .*auto, or a list of stations/],
    [
      '[{ station: near, delay: 3d }]',
      /neighbours\[0\]\.delay: it is "3d"; expected a span such as 20m, at most 3h: what is older/,
    ],
    [
      '[far, { station: near, delay: 20 }]',
      /neighbours\[1\]\.delay: it is 20; expected a span such as 20m, at most 3h: what is older/,
    ],
    [
      '[{ station: Near }]',
      /neighbours\[0\]\.station: it is "Near"; expected the id of a station: lower-case/,
    ],
    ['[{ delay: 20m }]', /neighbours\[0\]\.station: it is missing; expected the id of a station/],
    ['[7]', /neighbours\[0\]: it is 7; expected the id of a station: .*; or station and delay$/],
    ['[{ station: near, dely: 20m }]', /neighbours\[0\]: unknown key 'dely'; did you mean 'delay'\?$/],
    ['[a, b, c, d, e, f, g, h, i]', /neighbours.*at most 8/],
  ])('neighbours key - %s is refused in a line that names the rule', (given, told) => {
    expect(() => stationWith(given)).toThrow(told)
  })
})
