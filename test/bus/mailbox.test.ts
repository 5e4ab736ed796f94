import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mailbox } from '../../src/bus/mailbox.ts'

const turn = () => new Promise((resolve) => setImmediate(resolve))

describe('mailbox', () => {
  it('mailbox - whatever its handlers do, each item is begun once, in order, and at most maxInFlight at a time', async () => {
    // How a handler ends: at once, by throwing, or after some turns of the event loop, well or not.
    const endings = fc.constantFrom('done', 'throw', 'soon', 'later', 'reject')
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ ending: endings, pause: fc.boolean() }), { maxLength: 40 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 6 }),
        async (plan, maxInFlight, highWater) => {
          const begun: number[] = []
          const failed: number[] = []
          let underWay = 0
          let most = 0
          const box = mailbox<number>({
            maxInFlight,
            highWater,
            onError: (_, item) => failed.push(item),
            handle(item) {
              begun.push(item)
              const { ending } = plan[item]!
              if (ending === 'done') return
              if (ending === 'throw') throw new Error('thrown')
              most = Math.max(most, ++underWay)
              return (async () => {
                await turn()
                if (ending === 'later') await turn()
                underWay--
                if (ending === 'reject') throw new Error('rejected')
              })()
            },
          })
          for (const [item, { pause }] of plan.entries()) {
            box.offer(item)
            if (pause) await turn()
            await box.room()
            expect(box.waiting).toBeLessThanOrEqual(highWater)
          }
          await box.drained()
          expect(begun).toEqual(plan.map((_, item) => item))
          expect([...failed].sort((a, b) => a - b)).toEqual(
            plan.flatMap(({ ending }, item) => (ending === 'throw' || ending === 'reject' ? [item] : [])),
          )
          expect(most).toBeLessThanOrEqual(maxInFlight)
          expect(box.waiting).toBe(0)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('mailbox - drained does not wait for what is offered after it was asked', async () => {
    const open: (() => void)[] = []
    const box = mailbox<number>({
      handle: () => new Promise<void>((resolve) => open.push(resolve)),
      onError: () => undefined,
    })
    box.offer(0)
    const drained = box.drained()
    box.offer(1)
    open[0]?.()
    await expect(drained).resolves.toBeUndefined()
  })

  it('mailbox - closed, it hands nothing on, and nobody waits for it any longer', async () => {
    const seen: number[] = []
    const box = mailbox<number>({
      handle(item) {
        seen.push(item)
        return turn().then(() => undefined)
      },
      onError: () => undefined,
      highWater: 1,
    })
    box.offer(0)
    box.offer(1)
    const room = box.room()
    const drained = box.drained()
    box.close()
    await Promise.all([room, drained])
    await turn()
    box.offer(2)
    expect(seen).toEqual([0])
  })

  it('mailbox - says that it has taken waiting items on, so that whoever fills it can go on', async () => {
    let taken = 0
    const box = mailbox<number>({
      handle: () => turn().then(() => undefined),
      onError: () => undefined,
      onTaken: () => taken++,
    })
    for (let item = 0; item < 3; item++) box.offer(item)
    expect(taken).toBe(0)
    await box.drained()
    expect(taken).toBe(2)
  })
})
