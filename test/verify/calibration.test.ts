import { describe, expect, it } from 'vitest'
import { HOUR } from '../../src/domain/instant.ts'
import { calibrationOf } from '../../src/verify/calibration.ts'
import { rolling, scoreTable } from '../../src/verify/rolling.ts'
import { worstCoverage } from '../../src/verify/worst-coverage.ts'
import { START } from '../forecast/series.ts'
import { settlementOf } from './settlements.ts'

/** Hourly at +24 h; `truths` says where each truth lies, in intervals that end at 1, 2 and 3 on either side. */
function ran(
  hours: number,
  truth: (hour: number) => number,
  jump: { at: number; hours: number } | undefined = undefined,
) {
  const placeOf = (hour: number) => hour + (jump && hour >= jump.at ? jump.hours : 0)
  const settlements = Array.from({ length: hours }, (_, hour) => ({
    ...settlementOf(START + placeOf(hour) * HOUR, { mixture: 0 }, { truth: truth(hour) }),
    quantiles: Float64Array.of(-3, -2, -1, 0, 1, 2, 3),
  }))
  const { state } = rolling.step(rolling.initial(), settlements)
  return {
    calibration: calibrationOf(scoreTable(state, START + placeOf(hours - 1) * HOUR)),
    worst: worstCoverage.step(worstCoverage.initial(), settlements).state.lowest[23]!,
  }
}

/** 5 of 10 within the narrowest, 3 more within the next, one more within the widest. */
const WELL = [0, 0, 0, 0, 0, 1.5, 1.5, 1.5, 2.5, 3.5]
const well = (hour: number): number => WELL[hour % 10]!

describe('calibration', () => {
  it('calibration - is early until a lead has 30 days behind it', () => {
    expect(ran(720, well).calibration).toMatchObject({ state: 'early', worst: undefined })
    expect(ran(721, well).calibration.state).toBe('held')
  })

  it('calibration - of one day after a jump there is no alarm, nor any praise', () => {
    const jump = { at: 960, hours: 2400 }
    expect(ran(960 + 24, (hour) => (hour >= 960 ? 9 : well(hour)), jump).calibration.state).toBe('early')
    expect(ran(960 + 99, well, jump).calibration.state).toBe('early')
    expect(ran(960 + 100, well, jump).calibration.state).toBe('held')
    expect(ran(960 + 100, (hour) => (hour >= 960 ? 9 : well(hour)), jump).calibration.state).toBe('off')
  })

  it('calibration - says which interval has left its nominal coverage, and at which lead', () => {
    // From day 40 on a fifth of the truths lies outside of all: 80 % within the widest, 64 % within the next.
    const { calibration } = ran(80 * 24, (hour) => (hour >= 960 && hour % 5 === 0 ? 9 : well(hour)))
    expect(calibration.state).toBe('off')
    expect(calibration.worst).toMatchObject({ leadIndex: 23 })
    expect(calibration.off.map(({ nominal }) => nominal)).toEqual([0.9, 0.8, 0.5])
  })

  it('calibration - is held again once the bad month is over', () => {
    expect(ran(100 * 24, (hour) => (hour >= 960 && hour < 1200 ? 9 : well(hour))).calibration.state).toBe(
      'held',
    )
  })

  it('calibration - the worst 30 days are remembered', () => {
    const { worst } = ran(200 * 24, (hour) => (hour >= 960 && hour < 960 + 240 ? 9 : well(hour)))
    expect(worst).toBeCloseTo(0.9 * (480 / 720), 2)
    expect(ran(200 * 24, well).worst).toBeCloseTo(0.9, 2)
  })
})
