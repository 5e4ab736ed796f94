import { describe, expect, it } from 'vitest'
import { LEADS, type Settlement } from '../../src/domain/forecast.ts'
import {
  learnStanding,
  listenedTo as listen,
  type Models,
  mostWeight,
  PROVEN,
  type Standing,
} from '../../src/forecast/standing.ts'

const listenedTo = (standing: Standing, models: Models) => listen(standing, models).experts
const all = (value: number) => new Float64Array(LEADS).fill(value)
const saying = (said: Readonly<Record<string, number>>): Models =>
  new Map(Object.entries(said).map(([name, value]) => [name, all(value)]))

function lived(rounds: readonly Readonly<Record<string, number>>[], standing: Standing = {}): Standing {
  for (const said of rounds)
    for (let leadIndex = 0; leadIndex < LEADS; leadIndex++) {
      const settlement: Settlement = {
        ...{ issuedAt: 0, validAt: 0, leadIndex, truth: 0, quantiles: new Float64Array(7) },
        models: saying(said),
      }
      learnStanding(standing, settlement, {
        middle: listen(standing, settlement.models).middle[leadIndex]!,
        isOut: () => false,
      })
    }
  return standing
}

const USUAL = Array.from({ length: PROVEN }, (_, round) => ({ a: 1, b: -1, c: round % 2 ? 2 : -2 }))

describe('standing', () => {
  it('standing - who is more than eight times as far from the middle as usual is not listened to', () => {
    const standing = lived(USUAL)
    // The middle is 1 where c is above it.
    const limit = 1 + 8 * standing['c']!.distance[5]!
    const models = (c: number) => saying({ a: 1, b: -1, c })
    expect(listenedTo(standing, models(limit + 0.01)).get('c')![5]).toBeNaN()
    expect(listenedTo(standing, models(limit + 0.01)).get('a')).toEqual(all(1))
    expect(listenedTo(standing, models(limit - 0.01)).get('c')![5]).toBe(limit - 0.01)
  })

  it('standing - of an issuer that is not listened to, neither its correction nor the mean that it is in is', () => {
    const names = { outside_dnn: 1, outside_dnn_corrected: 1, outside_together_corrected: 1 }
    const standing = lived(USUAL.map((said) => ({ ...said, ...names, outside_lear: -1 })))
    const heard = listenedTo(
      standing,
      saying({ a: 1, b: -1, c: 1, ...names, outside_lear: -1, outside_dnn: 50 }),
    )
    for (const name of Object.keys(names)) expect(heard.get(name)![5]).toBeNaN()
    for (const name of ['a', 'b', 'c', 'outside_lear']) expect(heard.get(name)![5]).not.toBeNaN()
  })

  it('standing - an issuer that is out at two fifths of its leads is listened to at none', () => {
    const standing = lived(USUAL.map((said) => ({ ...said, outside_dnn: 1, outside_dnn_corrected: 1 })))
    const heardAt = (count: number, leads: number) => {
      const said = Float64Array.from({ length: LEADS }, (_, lead) => {
        if (lead >= leads) return Number.NaN
        return lead < count ? 50 : 1
      })
      const models = new Map([
        ...saying({ a: 1, b: -1, c: 1, outside_dnn_corrected: 1 }),
        ['outside_dnn', said],
      ])
      const { experts } = listen(standing, models)
      return ['outside_dnn', 'outside_dnn_corrected'].map(
        (name) => experts.get(name)!.filter((value) => !Number.isNaN(value)).length,
      )
    }
    expect(heardAt(9, LEADS)).toEqual([LEADS - 9, LEADS - 9])
    expect(heardAt(10, LEADS)).toEqual([0, 0])
    expect(heardAt(4, 10)).toEqual([0, LEADS - 10])
  })

  it('standing - what is usual is taken as it is, the very same numbers', () => {
    const models = saying({ a: 1.5, b: -1, c: 4 })
    for (const [name, said] of listenedTo(lived(USUAL), models)) expect(said).toBe(models.get(name))
  })

  it('standing - until three days of forecasts were scored anything may be said', () => {
    const models = saying({ a: 1, b: -1, c: 1000 })
    expect(listenedTo(lived(USUAL.slice(1)), models)).toEqual(models)
    expect(listenedTo({}, models)).toEqual(models)
  })

  it('standing - of two that are far from each other both are listened to: nobody knows who is wrong', () => {
    const standing = lived(Array.from({ length: PROVEN }, () => ({ a: 1, b: -1 })))
    const models = saying({ a: 1, b: 1e6 })
    expect(listenedTo(standing, models)).toEqual(models)
  })

  it('standing - a newcomer is held to what is usual of the others', () => {
    const models = saying({ a: 1, b: -1, c: 2, mad: -1e6 })
    expect(listenedTo(lived(USUAL), models).get('mad')).toEqual(all(Number.NaN))
    expect(listenedTo(lived(USUAL), saying({ a: 1, b: -1, c: 2, new: 3 })).get('new')).toEqual(all(3))
  })

  it('standing - newcomers are not the middle, be they as many as they like', () => {
    const models = saying({ a: 1, mad: 50, mad_too: 50 })
    const alone = lived(Array.from({ length: PROVEN }, () => ({ a: 1 })))
    expect(listenedTo(alone, models).get('a')).toEqual(all(1))
    expect(listenedTo(alone, models).get('mad')).toEqual(all(Number.NaN))
    const many = saying({ a: 1, b: -1, c: 2, d: 50, e: 50, f: 50, g: 50 })
    expect(listenedTo(lived(USUAL), many).get('c')).toEqual(all(2))
    expect(listenedTo(lived(USUAL), many).get('g')).toEqual(all(Number.NaN))
  })

  it('standing - who goes on being far out, and right, is believed in the end; who is wrong there never is', () => {
    const models = saying({ a: 1, b: -1, c: 60 })
    const hoursAsleep = (truth: number, atMost: number): number => {
      const standing = lived(USUAL)
      let hours = 0
      for (; hours < atMost && Number.isNaN(listenedTo(standing, models).get('c')![0]!); hours++)
        learnStanding(standing, { models, leadIndex: 0, truth }, { middle: 1, isOut: (name) => name === 'c' })
      return hours
    }
    expect(hoursAsleep(50, 90 * 24)).toBeGreaterThan(10 * 24)
    expect(hoursAsleep(50, 90 * 24)).toBeLessThan(60 * 24)
    expect(hoursAsleep(0, 400 * 24)).toBe(400 * 24)
  })

  it('standing - a correction that has learnt how its issuer is wrong is listened to without it, until it is whole again', () => {
    const names = { outside_dnn: 1, outside_dnn_corrected: 1 }
    const standing = lived(USUAL.map((said) => ({ ...said, ...names })))
    const broken = saying({ a: 1, b: -1, c: 1, ...names, outside_dnn: 50 })
    const isHeard = (name: string) => !Number.isNaN(listenedTo(standing, broken).get(name)![5]!)
    const both = Object.keys(names)
    const settled = (models: Models, of: { count: number; truth: number; heard?: boolean }) => {
      const asleep = models !== broken ? [] : of.heard ? ['outside_dnn'] : both
      const isOut = (name: string) => asleep.includes(name)
      for (let n = 0; n < of.count; n++)
        learnStanding(standing, { models, leadIndex: 5, truth: of.truth }, { middle: 0, isOut })
    }
    // Fifty truths, each at 24 leads.
    settled(broken, { count: 2_400, truth: -2 })
    expect(both.map(isHeard)).toEqual([false, false])
    settled(broken, { count: 48, truth: 2 })
    expect(both.map(isHeard)).toEqual([false, false])
    settled(broken, { count: 1_200, truth: 2 })
    expect(both.map(isHeard)).toEqual([false, true])
    // It is heard as long as its issuer is out, and goes on being right.
    settled(broken, { count: 2_400, truth: 2, heard: true })
    expect(both.map(isHeard)).toEqual([false, true])
    settled(saying({ a: 1, b: -1, c: 1, ...names }), { count: 1_200, truth: 2 })
    expect(both.map(isHeard)).toEqual([false, false])
  })

  it('standing - a newcomer that is far out and wrong stays a newcomer, however long that goes on', () => {
    const standing = lived(USUAL)
    const models = saying({ a: 1, b: -1, c: 1, mad: 190 })
    const settled = (truth: number, count: number) => {
      for (let n = 0; n < count; n++)
        learnStanding(
          standing,
          { models, leadIndex: 5, truth },
          { middle: 1, isOut: (name) => name === 'mad' },
        )
    }
    settled(0, 1_000)
    expect(standing['mad']!.scored[5]).toBe(0)
    expect(listenedTo(standing, models).get('mad')![5]).toBeNaN()
    settled(190, PROVEN)
    expect(standing['mad']!.scored[5]).toBe(PROVEN)
    expect(listenedTo(standing, models).get('mad')![5]).toBe(190)
  })

  it('standing - keeps the mean error of each, and in a state from before that lets all begin alike', () => {
    const { a, c } = lived(USUAL)
    expect(a!.error![5]).toBeCloseTo(1, 12)
    expect(c!.error![5]).toBeCloseTo(2, 12)
    const old = lived(USUAL)
    for (const each of Object.values(old)) {
      delete each.error
      each.scored.fill(2_000)
    }
    // By one truth after years nobody is told from anybody.
    lived([{ a: 1, b: -1, c: 1.5 }], old)
    expect(old['c']!.error![5]! / old['a']!.error![5]!).toBeCloseTo(1, 2)
  })

  it('standing - who was right far out is believed twice as far, and no longer once it was wrong there', () => {
    const standing = lived(USUAL)
    const said = (times: number) => saying({ a: 1, b: -1, c: 1 + times * standing['c']!.distance[5]! })
    const isHeard = (times: number) => !Number.isNaN(listenedTo(standing, said(times)).get('c')![5]!)
    const farOut = (truth: number, count: number) => {
      for (let n = 0; n < count; n++)
        learnStanding(
          standing,
          { models: said(10), leadIndex: 5, truth },
          { middle: 1, isOut: (name) => name === 'c' },
        )
    }
    expect(isHeard(10)).toBe(false)
    farOut(1e6, 30)
    expect(isHeard(10)).toBe(false)
    farOut(1e6, 20)
    expect([isHeard(10), isHeard(15.9), isHeard(16.1)]).toEqual([true, true, false])
    farOut(1, 20)
    expect(isHeard(10)).toBe(false)
  })

  it('standing - a newcomer weighs at most its scored forecasts over three days of them, and then as it deserves', () => {
    const standing = lived(USUAL)
    const models = saying({ a: 1, b: -1, c: 2, late: 0 })
    expect(mostWeight(standing, models)!.get('late')![3]).toBe(0)
    expect(mostWeight(standing, models)!.get('a')![3]).toBe(1)
    lived(
      Array.from({ length: 18 }, () => ({ a: 1, b: -1, c: 2, late: 0 })),
      standing,
    )
    expect(mostWeight(standing, models)!.get('late')![3]).toBeCloseTo(18 / PROVEN, 12)
    lived(
      Array.from({ length: PROVEN }, () => ({ a: 1, late: 0 })),
      standing,
    )
    expect(mostWeight(standing, models)).toBeUndefined()
  })

  it('standing - where all are new none is held back', () => {
    const most = mostWeight({}, saying({ a: 1, b: 2 }))!
    expect([most.get('a')![0], most.get('b')![0]]).toEqual([1, 1])
  })
})
