import { afterAll, beforeAll, describe, expect, it } from 'vitest'

describe('begins badly', () => {
  beforeAll(() => {
    throw new Error('no server here')
  })
  it('never runs', () => expect(1).toBe(1))
  it('nor does this', () => expect(1).toBe(1))
})

describe('never begins', () => {
  beforeAll(() => new Promise(() => undefined))
  it('waits in vain', () => expect(1).toBe(1))
})

describe('ends badly', () => {
  afterAll(() => {
    throw new Error('the server stays')
  })
  it('passes by itself', () => expect(1).toBe(1))
})
