import { expect, it } from 'vitest'

it('leaves a rejection behind', () => {
  void Promise.reject(new Error('nobody caught this'))
  expect(1).toBe(1)
})
