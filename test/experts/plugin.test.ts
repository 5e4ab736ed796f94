import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { describeModel } from '../../src/app/assemble-model.ts'
import { withPlugins } from '../../src/app/plugins.ts'
import { sayTheSame } from '../../src/core/state-codec.ts'
import { HOUR } from '../../src/domain/instant.ts'
import type { Station } from '../../src/domain/station.ts'
import { expertsFor } from '../../src/experts/choose.ts'
import { type PluginHost, pluginEntry, SLOW_MS, TOO_SLOW_MS } from '../../src/experts/plugin.ts'
import type { Forecaster } from '../../src/forecast/forecaster.ts'
import { checkForecaster, forecasterPromises } from '../../src/forecast/forecaster-contract.ts'
import { persistence } from '../../src/forecast/persistence.ts'
import { seasonalNaive } from '../../src/forecast/seasonal-naive.ts'
import { EVERYTHING } from '../core/station-run.ts'
import { eventsOf, forecastsIn, modelOf, ticksOf } from '../flow/run-pipeline.ts'
import { START, stationOf, weather } from '../forecast/series.ts'
import { stored } from '../forecast/stored.ts'
import { temporaryFolder } from '../support/files.ts'

const folder = temporaryFolder()
const example = new URL('../../examples/half-way.js', import.meta.url).pathname
let files = 0

/** A module whose forecaster is a given one but for these methods. */
function moduleOf(methods: string, { name = 'mine' } = {}): string {
  const path = folder.path(`plugin-${files++}.mjs`)
  writeFileSync(
    path,
    `export const name = '${name}'
     export const create = () => ({
       name, initial: () => ({ seen: 0 }), observe(state) { state.seen++ },
       predict: (state, { current }) => new Float64Array(24).fill(current), ${methods} })`,
  )
  return path
}

const HOURS = 48

/** What it says at each issue beside persistence, and what is told of it. */
async function ran(
  file: string,
  { clock = () => 0, hours = HOURS }: Partial<PluginHost> & { hours?: number } = {},
) {
  const told: string[] = []
  const host = { clock, tell: (line: string) => void told.push(line) }
  const flags = await withPlugins({ ...EVERYTHING, experts: ['persistence'], expert: [file] }, host)
  const station = stationOf()
  const experts = expertsFor(station, flags).map(({ forecaster }) => forecaster)
  const model = modelOf({ station, experts })
  const state = model.initial()
  const forecasts = forecastsIn(await eventsOf(model, ticksOf(weather({ rows: hours })), state))
  const name = experts.at(-1)!.name
  return { told, forecasts, said: forecasts.map(({ models }) => models.get(name)), state }
}

describe('plugin', () => {
  it('plugin - the example of the documents takes part in the mixture, and keeps the contract', async () => {
    const { said, told, forecasts } = await ran(example)
    expect(told).toEqual([])
    expect(said.every((mean) => mean?.length === 24)).toBe(true)
    expect(
      forecasts
        .at(-1)!
        .weights.get('half_way')!
        .some((weight) => weight > 0),
    ).toBe(true)
    const { create } = await import(example)
    checkForecaster(create)
    const documents = readFileSync(new URL('../../docs/plugins.md', import.meta.url), 'utf8')
    expect(documents).toContain(readFileSync(example, 'utf8'))
  })

  it('plugin - its state is kept like any other: written out between two readings it goes on to the same bits', async () => {
    const flags = await withPlugins({ ...EVERYTHING, experts: ['persistence'], expert: [example] })
    const station = stationOf()
    const model = modelOf({
      station,
      experts: expertsFor(station, flags).map(({ forecaster }) => forecaster),
    })
    const ticks = ticksOf(weather({ rows: 60 }))
    const whole = forecastsIn(await eventsOf(model, ticks))
    const state = model.initial()
    await eventsOf(model, ticks.slice(0, 30), state)
    const rest = forecastsIn(await eventsOf(model, ticks.slice(30), stored(state)))
    expect(rest.map(({ mean }) => mean)).toEqual(whole.slice(-rest.length).map(({ mean }) => mean))
    expect(rest[0]!.issuedAt).toBeGreaterThan(START + 29 * HOUR)
  })

  it('plugin - a state belongs to the bytes of its file: with others it is another expert, by name', async () => {
    const described = async (methods: string) =>
      describeModel(stationOf(), await withPlugins({ ...EVERYTHING, expert: [moduleOf(methods)] }))
    const [one, same, other] = [await described(''), await described(''), await described('sleeps: true')]
    expect(sayTheSame(one, same)).toBe(true)
    expect(sayTheSame(one, other)).toBe(false)
    expect(one['experts']).toContainEqual({ name: 'mine', plugin: expect.stringMatching(/^[0-9a-f]{16}$/) })
  })

  it.each([
    [
      "predict() { throw new Error('no idea') }",
      /^expert 'mine': predict\(\) has thrown: no idea; it says nothing at that issue$/,
    ],
    ['predict: () => new Float64Array(23)', /predict\(\) gave 23 numbers, not 24; it says nothing/],
    ['predict: () => new Float64Array(24).fill(NaN)', /predict\(\) gave NaN at \+1 h/],
    ['predict: () => new Float64Array(24).fill(1 / 0)', /predict\(\) gave Infinity at \+1 h/],
    ["predict: () => Array(24).fill('7')", /predict\(\) gave 7 at \+1 h/],
    ['predict: () => 7', /predict\(\) gave no array of numbers/],
    ['predict: async () => new Float64Array(24)', /predict\(\) gave a promise/],
    [
      "predict: async () => { throw new Error('later') }",
      /predict\(\) gave a promise; it says nothing at that issue/,
    ],
    [
      "async observe() { throw new Error('later') }",
      /^expert 'mine': observe\(\) gave a promise, and is to be done when it returns: it takes no part any more/,
    ],
    ['initial: async () => ({})', /initial\(\) gave a promise/],
    [
      "observe() { throw new Error('broken') }",
      /^expert 'mine': observe\(\) has thrown: broken: it takes no part any more/,
    ],
    ["initial() { throw new Error('broken') }", /initial\(\) has thrown: broken: it takes no part any more/],
    [
      'initial: () => ({ f() {} })',
      /what initial\(\) gives is not plain data: .*: it takes no part any more/,
    ],
    ['observe(state) { state.f = () => 0 }', /its state is not plain data: .*: it takes no part any more/],
  ])('plugin - one that is wrong costs its own word alone, and is told once: %s', async (methods, line) => {
    const { said, told, forecasts, state } = await ran(moduleOf(methods))
    expect(told).toHaveLength(1)
    expect(told[0]).toMatch(line)
    expect(said.every((mean) => mean === undefined)).toBe(true)
    expect(forecasts.length).toBeGreaterThan(HOURS / 2)
    // What is kept can be written out all the same.
    expect(() => stored(state)).not.toThrow()
  })

  it('plugin - one that sleeps at some leads says nothing there, and is there at the others', async () => {
    const { said, told } = await ran(
      moduleOf('sleeps: true, predict: () => Float64Array.from({ length: 24 }, (_, k) => k < 6 ? 5 : NaN)'),
    )
    expect(told).toEqual([])
    expect([said[0]![5], said[0]![6]]).toEqual([5, Number.NaN])
  })

  it('plugin - what it changes of what it is handed is its own', async () => {
    const changes =
      moduleOf(`observe(state, reading) { reading.values.fill(-9) }, learn(state, example) { example.truth.fill(-9); example.features.fill(-9) },
      predict(state, issue) { issue.features?.fill(-9); return new Float64Array(24).fill(issue.current) }`)
    const [harmless, harmful] = [await ran(moduleOf('')), await ran(changes)]
    expect(harmful.told).toEqual([])
    expect(harmful.forecasts.map(({ mean }) => mean)).toEqual(harmless.forecasts.map(({ mean }) => mean))
  })

  it('plugin - what is said of hours to come, and what the station is, is its own too', () => {
    const handed: unknown[] = []
    const station = stationOf()
    const plugin = {
      ...{ name: 'mine', hash: '' },
      create: (own: Station): Forecaster => {
        handed.push(own)
        return {
          ...{ name: 'mine', initial: () => ({}), observe: () => {} },
          learn: (_, { outside, neighbours, ahead }) => void handed.push(outside, neighbours, ahead),
          predict: (_, { outside, neighbours, ahead }) => void handed.push(outside, neighbours, ahead),
        }
      },
    }
    const host = { clock: () => 0, tell: (line: string) => expect.unreachable(line) }
    const { forecaster } = pluginEntry(plugin, host).create(station, { seed: 1 } as never)
    const sayings = { outside: { dnn: {} }, neighbours: { pond: {} }, ahead: { wind: {} } }
    const state = forecaster.initial()
    const at = { issuedAt: START, current: 1, lookback: undefined }
    forecaster.predict(state, { ...at, ...sayings } as never)
    const labels = { features: new Float64Array(1), truth: new Float64Array(24) }
    forecaster.learn!(state, { ...at, ...labels, ...sayings } as never)
    const given = [station, ...Object.values(sayings), ...Object.values(sayings)]
    expect(handed).toEqual(given)
    for (const [place, own] of handed.entries()) expect(own).not.toBe(given[place])
  })

  it('plugin - one that is slow is told, and one that holds everybody up is not asked again', async () => {
    const clockOf = (took: number) => {
      let now = 0
      return () => (now += took)
    }
    const slow = await ran(moduleOf(''), { clock: clockOf(SLOW_MS + 1) })
    expect(slow.told[0]).toMatch(/takes more than 1 s, in which all else waits$/)
    expect(slow.said.some((mean) => mean !== undefined)).toBe(true)
    const tooSlow = await ran(moduleOf(''), { clock: clockOf(2 * TOO_SLOW_MS) })
    expect(tooSlow.told).toEqual([
      "expert 'mine': initial() took 10.0 s: it takes no part any more, until its file is another",
    ])
    expect(tooSlow.said.every((mean) => mean === undefined)).toBe(true)
  })

  it.each([
    ['export const create = () => 0', /^--expert .*: exports no `name`, a text$/],
    ["export const name = 'mine'", /^--expert .*: exports no `create`, a function of the station$/],
    [
      "export const name = 'Mine!'; export const create = () => 0",
      /name: 'Mine!' breaks the rule: lower-case letters/,
    ],
    ["export const name = 'rls'; export const create = () => 0", /name: 'rls' breaks the rule/],
    ["export const name = 'mixture'; export const create = () => 0", /name: 'mixture' breaks the rule/],
    ["export const name = 'outside_x'; export const create = () => 0", /name: 'outside_x' breaks the rule/],
    ["export const name = 'pond_neighbour'; export const create = () => 0", /name: 'pond_neighbour' breaks/],
    ["export const name = 'without_neighbours'; export const create = () => 0", /breaks the rule/],
    ["export const name = 'ahead'; export const create = () => 0", /name: 'ahead' breaks the rule/],
    ['this is no JavaScript', /^--expert .*: cannot be loaded: /],
  ])('plugin - a file that is none is refused in one line: %s', async (text, line) => {
    const path = folder.path(`none-${files++}.mjs`)
    writeFileSync(path, text)
    await expect(withPlugins({ ...EVERYTHING, expert: [path] })).rejects.toThrow(line)
  })

  it('plugin - two of one name, and a file that is not there, are refused too', async () => {
    const twice = { ...EVERYTHING, expert: [moduleOf(''), moduleOf('')] }
    await expect(withPlugins(twice)).rejects.toThrow(/name: 'mine' breaks the rule/)
    await expect(withPlugins({ ...EVERYTHING, expert: ['gone.js'] })).rejects.toThrow(
      /^--expert gone.js: cannot be loaded/,
    )
  })
})

describe('forecaster contract for users', () => {
  it.each([
    ['persistence', persistence],
    ['seasonal_naive', seasonalNaive],
  ])('forecaster contract for users - %s keeps it', (_, create) => {
    const promises = forecasterPromises(create as (station: Station) => Forecaster)
    expect(promises).toHaveLength(7)
    for (const { check } of promises) check()
  })

  const base = (): Forecaster<{ seen: number }> => ({
    name: 'base',
    initial: () => ({ seen: 0 }),
    observe: (state) => void state.seen++,
    predict: (_, { current }) => new Float64Array(24).fill(current),
  })
  const shared = { seen: 0 }
  let calls = 0

  it.each<[string, Partial<Forecaster<{ seen: number }>>, RegExp]>([
    ['gives 23 numbers', { predict: () => new Float64Array(23) }, /gives nothing or 24 numbers/],
    ['is done later', { observe: async () => {} }, /observe\(\) is to be done when it returns/],
    ['is never there', { predict: () => undefined }, /is available in time: nothing at reading 24/],
    [
      'draws for itself',
      { predict: () => new Float64Array(24).fill(calls++) },
      /gives the same in a second run/,
    ],
    [
      'remembers in a closure',
      { initial: () => shared, predict: ({ seen }) => new Float64Array(24).fill(seen) },
      /does not keep that it /,
    ],
    [
      'changes what it is handed',
      { observe: (_, { values }) => void values.fill(0) },
      /changes nothing that it is handed/,
    ],
    [
      'grows',
      { observe: (state) => void Object.assign(state, { [`k${Object.keys(state).length}`]: 1 }) },
      /needs no more memory after 60 days than after 10: \d+ bytes have become \d+/,
    ],
  ])(
    'forecaster contract for users - one that %s is told by the promise that it breaks',
    (_, wrong, message) => {
      expect(() => checkForecaster(() => ({ ...base(), ...wrong }) as Forecaster)).toThrow(message)
    },
  )
})
