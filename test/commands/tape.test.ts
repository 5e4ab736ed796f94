import { describe, expect, it } from 'vitest'
import { tapeText } from '../../src/commands/tape.ts'
import { tape } from '../dashboard/messages.ts'

const text = (of: Parameters<typeof tape>[0] = {}) =>
  tapeText('jena', tape({ position: '2009-10-24T04:00:00Z', ...of }))

describe('tape text', () => {
  it('tape text - how a tape moves, where it is, and whether it remembers', () => {
    expect(text()).toBe('jena: playing at 3600x, at 2009-10-24T04:00:00Z, 10 rows played')
    expect(text({ speed: 'max', loop: true, remembers: true })).toBe(
      'jena: playing as fast as possible, at 2009-10-24T04:00:00Z, 10 rows played, loops, remembers what was lived',
    )
    expect(text({ ended: true, remembers: false })).toBe(
      'jena: at its end, at 2009-10-24T04:00:00Z, 10 rows played, is not kept: a seek back forgets',
    )
    expect(text({ paused: true, paused_because: 'live ticks arrived', position: null })).toBe(
      'jena: paused (live ticks arrived), speed 3600x, at its beginning, 10 rows played',
    )
  })

  it('tape text - on the way to a time it is not said to be there', () => {
    const to = { catching_up_to: '2009-10-24T04:00:00Z' }
    expect(text(to)).toBe('jena: on its way to 2009-10-24T04:00:00Z, then on at 3600x, 10 rows played')
    expect(text({ ...to, paused: true })).toBe(
      'jena: on its way to 2009-10-24T04:00:00Z, then paused, speed 3600x, 10 rows played',
    )
  })

  it('tape text - where it ends is said where that is before the end of the file', () => {
    expect(text({ until: '2012-07-01T00:00:00Z' })).toMatch(/, ends before 2012-07-01T00:00:00Z$/)
    expect(text({ until: '2012-07-01T00:00:00Z', last: null })).toContain('ends before')
    expect(text({ until: '2020-01-01T00:00:00Z' })).not.toContain('ends before')
  })
})
