import { isDeepStrictEqual } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { adoptState } from '../../src/core/adopt-state.ts'
import { readState, writeState } from '../../src/core/state-codec.ts'
import type { StationModel } from '../../src/core/station-model.ts'
import type { StationState } from '../../src/core/station-state.ts'
import { readTapeState, writeTapeState } from '../../src/core/tape-state.ts'
import type { Forecast } from '../../src/domain/forecast.ts'
import { HOUR } from '../../src/domain/instant.ts'
import type { Station } from '../../src/domain/station.ts'
import type { TickMessage } from '../../src/protocol/tick.ts'
import { START, stationOf } from '../forecast/series.ts'
import { EVERYTHING, modelWithPool, startRun } from './station-run.ts'
import { ticks } from './told-ahead.ts'

const NAME = 'ahead_mlp'
const station: Station = { ...stationOf(), outside: [{ issuer: 'met', quantity: 'wind' }] }
const { model, description, pool } = await modelWithPool(station, {
  ...EVERYTHING,
  experts: ['persistence', NAME],
})
afterAll(() => pool.close())

async function lived(
  all: readonly TickMessage[],
  { model: of = model, state = of.initial() }: { model?: StationModel; state?: StationState } = {},
) {
  const run = startRun(of, state)
  for (const tick of all) await run.push(tick)
  await run.settled()
  return run
}

const saidBy = (forecasts: readonly Forecast[]) =>
  forecasts.flatMap(({ issuedAt, models }) => (models.has(NAME) ? [[issuedAt, models.get(NAME)]] : []))

describe('network ahead, trained beside the stream', () => {
  it('network ahead - the same ticks make the same forecasts, also from a state written out in either form', async () => {
    const all = ticks()
    const whole = await lived(all)
    expect(saidBy(whole.forecasts).length).toBeGreaterThan(30)
    expect(whole.state.featureSamples.lessons[NAME]!.own!.rows).toBe(4)
    const stop = 290
    const before = await lived(all.slice(0, stop))
    const written = Uint8Array.from(writeState(before.state, description))
    const onTape = writeTapeState(before.state, description, Number.NEGATIVE_INFINITY)
    const read = readState(written, description)
    const samples = onTape.samples ? [onTape.samples] : []
    const ofTape = readTapeState({ state: onTape.state, samples }, description)
    expect(isDeepStrictEqual(ofTape, read)).toBe(true)
    const after = await lived(all.slice(stop), { state: read })
    expect(isDeepStrictEqual([...before.forecasts, ...after.forecasts], whole.forecasts)).toBe(true)
  })

  it('network ahead - a state of before there was one goes on: the others as they were, and it begins', async () => {
    const flags = { ...EVERYTHING, experts: ['persistence', 'ahead', 'mlp'] }
    const others = await modelWithPool(station, { ...flags, without: [NAME] })
    const all = await modelWithPool(station, flags)
    const before = await lived(ticks().slice(0, 60), others)
    const [was, is] = [others.description, all.description]
    const adopted = adoptState(before.state, { was, is, initial: all.model.initial() })!
    expect(adopted.begin).toEqual([NAME])
    const after = await lived(ticks().slice(60), { ...all, state: adopted.state })
    expect(saidBy(after.forecasts).length).toBeGreaterThan(0)
    const whole = await lived(ticks(), others)
    const ofMlp = ({ forecasts }: typeof whole, since: number) =>
      forecasts.flatMap(({ issuedAt, models }) => (issuedAt >= since ? [models.get('mlp')] : []))
    const since = after.forecasts[0]!.issuedAt
    expect(isDeepStrictEqual(ofMlp(after, since), ofMlp(whole, since))).toBe(true)
    await others.pool.close()
    await all.pool.close()
  })

  it('network ahead - no forecast knows of a run that came later', async () => {
    const [whole, spoilt] = [await lived(ticks()), await lived(ticks(300))]
    const until = ({ issuedAt }: Forecast) => issuedAt < START + 300 * HOUR
    expect(isDeepStrictEqual(spoilt.forecasts.filter(until), whole.forecasts.filter(until))).toBe(true)
    expect(saidBy(spoilt.forecasts.filter(until)).length).toBeGreaterThan(10)
    expect(isDeepStrictEqual(saidBy(spoilt.forecasts), saidBy(whole.forecasts))).toBe(false)
  })
})
