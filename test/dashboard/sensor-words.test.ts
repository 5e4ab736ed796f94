import { describe, expect, it } from 'vitest'
import { stationClock } from '../../src/dashboard/format.ts'
import { faultName, faultText, sensorFact } from '../../src/dashboard/sensor-words.ts'
import type { SensorHealthMessage } from '../../src/protocol/sensor-health.ts'
import { status } from '../gateway/messages.ts'

const clock = stationClock(60)
const well: SensorHealthMessage = { state: 'ok', faults: 0, masked: 0 }
const shifted: SensorHealthMessage = {
  state: 'shift',
  fault: {
    ...{ fault: 'shift', since: '2020-05-07T06:00:00Z', masked: 12 },
    ...{ value: 59, accepted: 14.8, looks_like: 'degF' },
  },
  faults: 1,
  masked: 12,
}

describe('sensor words', () => {
  it('sensor words - a fault is told with its time on the station’s clock, what is said, and what that means', () => {
    expect(faultText({ ...status, health: shifted }, clock)).toBe(
      'the sensor is on another level since 7 May 2020 07:00: it says 59 °C, which looks like degF, after 14.8 °C; ' +
        'not scored, not learnt from',
    )
    expect(faultName({ ...status, health: shifted })).toBe('the sensor is on another level')
    expect(faultName({ ...status, health: well })).toBeUndefined()
    expect(faultText({ ...status, health: well }, clock)).toBeUndefined()
    expect(faultText(undefined, clock)).toBeUndefined()
  })

  it('sensor words - what is over is told with how it ended', () => {
    const { fault: _, ...rest } = shifted
    const ended: SensorHealthMessage = {
      ...rest,
      state: 'ok',
      ended: {
        ...{ fault: 'stuck', since: '2020-05-07T06:00:00Z', masked: 12 },
        ...{ until: '2020-05-13T06:00:00Z', how: 'accepted' },
      },
    }
    expect(sensorFact(ended, clock)).toBe(
      'ok; stuck until 13 May 2020 07:00: accepted as real; 12 masked in all',
    )
    expect(sensorFact(shifted, clock)).toBe('shift since 7 May 2020 07:00, 12 masked')
    expect(sensorFact(well, clock)).toBe('ok')
    expect(sensorFact(undefined, clock)).toBe('not watched')
  })
})
