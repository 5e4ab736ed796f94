import { describe, expect, it } from 'vitest'
import { type Contender, compare, median } from '../../bench/harness.ts'
import { tableOf } from '../../bench/table.ts'

/** Contenders whose passes take the time they are told, on a clock of their own. */
function staged(plan: Record<string, { readonly takes: (round: number) => number; readonly holds: number }>) {
  let now = 0
  let inUse = 1000
  const order: string[] = []
  const rounds = new Map<string, number>()
  const contender = (name: string, against?: string): Contender => ({
    name,
    ...(against !== undefined && { against, target: 0.5 }),
    async open() {
      return {
        async pass(halfway) {
          order.push(name)
          const round = rounds.get(name) ?? 0
          rounds.set(name, round + 1)
          now += plan[name]!.takes(round)
          inUse += plan[name]!.holds
          halfway?.()
          inUse -= plan[name]!.holds
          return 100
        },
        async close() {},
      }
    },
  })
  return { contender, order, options: { rounds: 5, seconds: () => now, bytesInUse: () => inUse } }
}

describe('bench harness', () => {
  it('bench harness - contenders take turns, and each round begins with another one', async () => {
    const stage = staged({ a: { takes: () => 1, holds: 0 }, b: { takes: () => 1, holds: 0 } })
    await compare([stage.contender('a'), stage.contender('b', 'a')], stage.options)
    // a warm-up, five rounds, then one pass each for memory
    expect(stage.order.join('')).toBe('ab ba ab ba ab ba ab'.replaceAll(' ', ''))
  })

  it('bench harness - the ratio is taken within each round, so a slow spell of the machine does not show in it', async () => {
    const spell = [1, 1, 10, 1, 3, 7]
    const stage = staged({
      bare: { takes: (round) => spell[round]!, holds: 0 },
      bus: { takes: (round) => 2 * spell[round]!, holds: 640 },
    })
    const lines = await compare([stage.contender('bare'), stage.contender('bus', 'bare')], stage.options)
    expect(lines[1]).toMatchObject({
      name: 'bus',
      against: 'bare',
      ratio: 0.5,
      itemsPerSecond: 100 / 6,
      bytesHeld: 640,
    })
    expect(lines[0]).toMatchObject({ ratio: undefined, slowest: 10, fastest: 100, bytesHeld: 0 })
  })

  it('bench harness - fewer than five rounds are rejected', async () => {
    await expect(compare([], { ...staged({}).options, rounds: 4 })).rejects.toThrow(
      'at least 5 rounds; not 4',
    )
  })

  it('bench harness - the median of an even number lies between the middle two', () => {
    expect([median([3, 1, 2]), median([4, 1, 3, 2])]).toEqual([2, 2.5])
  })

  it('bench table - says rates, memory, ratios and whether the target was reached', () => {
    const rates = { slowest: 900, fastest: 1100, bytesHeld: 2048 }
    const table = tableOf(
      [
        {
          name: 'bare',
          itemsPerSecond: 1_000_000,
          ...rates,
          against: undefined,
          ratio: undefined,
          target: undefined,
        },
        { name: 'bus', itemsPerSecond: 790_000, ...rates, against: 'bare', ratio: 0.79, target: 0.8 },
      ],
      'ticks',
    )
    expect(table.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
      ['', 'ticks/s', 'slowest-fastest', 'bytes held', 'ratio', 'target'],
      ['bare', '1,000,000', '900-1,100', '2,048'],
      ['bus', '790,000', '900-1,100', '2,048', '0.79 of bare', '0.8 missed'],
    ])
  })
})
