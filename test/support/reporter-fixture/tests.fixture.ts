import { describe, expect, it } from 'vitest'

describe('tests', () => {
  it('passes', () => expect(1).toBe(1))
  it('fails', () => expect(1).toBe(2))
  let tries = 0
  it('passes when tried again', { retry: 1 }, () => expect(++tries).toBe(2))
  it.skip('is skipped', () => expect(1).toBe(1))
})
