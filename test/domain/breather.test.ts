import { describe, expect, it } from 'vitest'
import { breather } from '../../src/domain/breather.ts'

const SLICE_MS = 5

function work(): void {
  const until = performance.now() + 2 * SLICE_MS
  while (performance.now() < until);
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('breather', () => {
  it('breather - a pause is due once work has gone on for long enough, in however many pieces', async () => {
    const breath = breather(60_000)
    work()
    expect(breath.isDue).toBe(false)
    const short = breather(SLICE_MS)
    expect(short.isDue).toBe(false)
    work()
    await Promise.resolve()
    expect(short.isDue).toBe(true)
    expect(short.isDue).toBe(true)
  })

  it('breather - everybody else has a turn in a pause, and the next slice begins with its end', async () => {
    const breath = breather(SLICE_MS)
    const order: string[] = []
    setImmediate(() => order.push('another'))
    work()
    await breath.pause()
    order.push('goes on')
    expect(order).toEqual(['another', 'goes on'])
    work()
    expect(breath.isDue).toBe(true)
  })

  it('breather - what was worked in an earlier turn is not counted', async () => {
    const breath = breather(SLICE_MS)
    work()
    await turn()
    await turn()
    expect(breath.isDue).toBe(false)
    work()
    expect(breath.isDue).toBe(true)
  })
})
