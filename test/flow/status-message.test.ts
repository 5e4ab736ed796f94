import { expect, test } from 'vitest'
import { trainingStatus } from '../../src/flow/status-message.ts'

test('status - trouble of what learns is told where there is no recurrent network, too', () => {
  const off = trainingStatus(undefined, { network: 'none', trouble: undefined })
  expect(off).toMatchObject({ state: 'off', network: 'none' })
  expect('trouble' in off).toBe(false)
  const trouble = 'mlp: the thread is gone'
  expect(trainingStatus(undefined, { network: 'none', trouble })).toEqual({ ...off, trouble })
})
