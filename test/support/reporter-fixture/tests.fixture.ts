import { describe, expect, it } from 'vitest'

describe('tests', () => {
  it('passes', () => expect(1).toBe(1))
  it('fails', () => expect(1).toBe(2))
  it.skip('is skipped', () => expect(1).toBe(1))
})
