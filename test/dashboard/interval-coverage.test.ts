import { describe, expect, it } from 'vitest'
import { calibrationText, heldIntervals } from '../../src/dashboard/interval-coverage.ts'
import { score } from './messages.ts'

describe('calibration', () => {
  it('calibration - what each interval held, at the chosen lead and window', () => {
    const at24 = (value: number) => [...new Array<null>(23).fill(null), value]
    const scores = {
      ...score({ mixture: 2 }),
      coverage: { '0.9': { '30d': at24(0.91) }, '0.5': { '30d': at24(0.48) } },
      width: { '0.9': { '30d': at24(9.8) } },
    }
    expect(heldIntervals(scores, { lead: 24, window: '30d' })).toEqual([
      { nominal: 0.5, held: 0.48, width: undefined },
      { nominal: 0.8, held: undefined, width: undefined },
      { nominal: 0.9, held: 0.91, width: 9.8 },
    ])
    for (const { held } of heldIntervals(scores, { lead: 1, window: '30d' })) expect(held).toBeUndefined()
    for (const { held } of heldIntervals(score({}), { lead: 24, window: '1d' })) expect(held).toBeUndefined()
  })

  it('calibration - is said in words, and which interval is off, where, and by how much', () => {
    expect(calibrationText(undefined)).toEqual({ kind: 'unknown', text: '' })
    expect(calibrationText({ state: 'early', worst: null, off: 0 }).kind).toBe('early')
    const worst = { lead_hours: 24, nominal: 0.9, coverage: 0.783 }
    expect(calibrationText({ state: 'held', worst, off: 0 })).toMatchObject({
      kind: 'held',
      text: expect.stringContaining('within 8 points'),
    })
    expect(calibrationText({ state: 'off', worst, off: 5 })).toEqual({
      kind: 'off',
      text: 'Not calibrated: the 90 % interval at +24 h held 78.3 % over 30 days, 4 more at this or other leads.',
    })
    expect(calibrationText({ state: 'off', worst, off: 1 }).text).toBe(
      'Not calibrated: the 90 % interval at +24 h held 78.3 % over 30 days.',
    )
  })
})
