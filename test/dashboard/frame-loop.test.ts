import { describe, expect, it } from 'vitest'
import { frameLoop } from '../../src/dashboard/frame-loop.ts'

/** A screen whose frames the test makes. */
function screen() {
  let waiting: ((now: number) => void)[] = []
  return {
    requestFrame: (callback: (now: number) => void) => {
      waiting.push(callback)
    },
    /** Returns how many callbacks the frame had. */
    frame(now: number): number {
      const due = waiting
      waiting = []
      for (const callback of due) callback(now)
      return due.length
    },
  }
}

describe('frame loop', () => {
  it('frame loop - a thousand changes between two frames are painted once, as the last one left them', () => {
    const painted: number[] = []
    const { requestFrame, frame } = screen()
    const loop = frameLoop<number>({
      requestFrame,
      painters: [{ everyMs: 0, paint: (n) => painted.push(n) }],
    })
    for (let n = 1; n <= 1000; n++) loop.show(n)
    expect(frame(0)).toBe(1)
    expect(painted).toEqual([1000])
    expect(frame(16)).toBe(0)
  })

  it('frame loop - figures are painted at most every so often, and the newest ones in the end', () => {
    const figures: number[] = []
    const line: number[] = []
    const { requestFrame, frame } = screen()
    const loop = frameLoop<number>({
      requestFrame,
      painters: [
        { everyMs: 200, paint: (n) => figures.push(n) },
        { everyMs: 0, paint: (n) => line.push(n) },
      ],
    })
    for (let now = 0; now <= 160; now += 16) {
      loop.show(now)
      frame(now)
    }
    expect(line).toHaveLength(11)
    expect(figures).toEqual([0])
    for (let now = 176; now <= 240; now += 16) frame(now)
    expect(figures).toEqual([0, 160])
    expect(frame(256)).toBe(0)
  })
})
