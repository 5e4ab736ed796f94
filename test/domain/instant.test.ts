import { describe, expect, it } from 'vitest'
import { parseDateOrInstant, parseInstant } from '../../src/domain/instant.ts'

describe('instant', () => {
  it('instant - a message says hour and zone; a bare date is one for those who ask, by hand', () => {
    const midnight = Date.UTC(2026, 10, 28)
    expect(parseInstant('2026-11-28')).toBeUndefined()
    expect(parseInstant('2026-11-28T00:00:00')).toBeUndefined()
    expect(parseInstant('2026-11-28T01:00:00+01:00')).toBe(midnight)
    expect(parseDateOrInstant('2026-11-28')).toBe(midnight)
    expect(parseDateOrInstant('2026-11-28T01:00:00+01:00')).toBe(midnight)
    expect(parseDateOrInstant('2026-11-28T00:00:00')).toBeUndefined()
    expect(parseDateOrInstant('2026-02-30')).toBeUndefined()
  })
})
