import { describe, expect, it } from 'vitest'
import { askedText } from '../../src/dashboard/asked-words.ts'
import { stationClock } from '../../src/dashboard/format.ts'
import type { AskedMessage } from '../../src/protocol/asked.ts'

const clock = stationClock(60)
const forecasts = { forecasts: 3, issued_at: null, available_at: null, valid_until: null }
const well: AskedMessage = {
  ...{ whom: 'api.open-meteo.com for temperature_2m', times: 3, failures: 1, failing: 0 },
  ...{ asked_at: '2026-03-01T12:50:13Z', next_at: null, issued_at_is: 'asked' },
  error: { kind: 'status', message: 'api.open-meteo.com answers 500', at: '2026-03-01T10:50:13Z' },
}

describe('asked words', () => {
  it('asked words - name whom, and when last by the clock of the station', () => {
    expect(askedText({ icon: { ...forecasts, asked: well } }, clock)).toBe(
      'icon (api.open-meteo.com for temperature_2m) last at 13:50',
    )
  })

  it('asked words - tell what fails for as long as it fails, and of each', () => {
    const outside = {
      icon: { ...forecasts, asked: { ...well, failing: 2 } },
      mine: forecasts,
      'icon.wind': { ...forecasts, asked: { ...well, whom: 'x for y', asked_at: null, error: null } },
    }
    expect(askedText(outside, clock)).toBe(
      'icon (api.open-meteo.com for temperature_2m) last at 13:50, in vain 2 times: ' +
        'api.open-meteo.com answers 500; icon.wind (x for y) not yet',
    )
  })

  it('asked words - are none where nobody is asked', () => {
    expect([askedText(undefined, clock), askedText({ mine: forecasts }, clock)]).toEqual(['', ''])
  })
})
