import { isDeepStrictEqual } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { adoptState } from '../../src/core/adopt-state.ts'
import { differences, readState, writeState } from '../../src/core/state-codec.ts'
import { readTapeState, type TapeState, writeTapeState } from '../../src/core/tape-state.ts'
import type { Forecast } from '../../src/domain/forecast.ts'
import { HOUR } from '../../src/domain/instant.ts'
import type { Station } from '../../src/domain/station.ts'
import { slabRow } from '../../src/learn/slab.ts'
import type { TickMessage } from '../../src/protocol/tick.ts'
import { ticksOf } from '../flow/run-pipeline.ts'
import { START, stationOf, weather } from '../forecast/series.ts'
import { EVERYTHING, modelWithPool, startRun } from './station-run.ts'
import { ROWS, readings, ticks } from './told-ahead.ts'

const NAME = 'gru'
const bare = stationOf()
const station: Station = { ...bare, outside: [{ issuer: 'met', quantity: 'wind' }] }
const flags = { ...EVERYTHING, experts: ['persistence', NAME] }
const quantities = await modelWithPool(station, flags)
const none = await modelWithPool(bare, flags)
afterAll(() => Promise.all([quantities.pool.close(), none.pool.close()]))

async function lived(
  all: readonly TickMessage[],
  {
    model,
    state = model.initial(),
  }: { model: typeof quantities.model; state?: ReturnType<typeof model.initial> },
) {
  const run = startRun(model, state)
  for (const tick of all) await run.push(tick)
  await run.settled()
  return run
}

const saidBy = (forecasts: readonly Forecast[]) =>
  forecasts.flatMap(({ issuedAt, models }) => (models.has(NAME) ? [[issuedAt, models.get(NAME)]] : []))

describe('lookahead', () => {
  it('lookahead - recurrent networks go on from a state written out in either form, to the last bit', async () => {
    const { model, description } = quantities
    const all = ticks()
    const whole = await lived(all, quantities)
    expect(saidBy(whole.forecasts).length).toBeGreaterThan(100)
    const kept: TapeState[] = []
    let before = await lived(all.slice(0, 200), quantities)
    kept.push(writeTapeState(before.state, description, Number.NEGATIVE_INFINITY))
    const forecasts = [...before.forecasts]
    before = await lived(all.slice(200, 290), { model, state: before.state })
    forecasts.push(...before.forecasts)
    kept.push(writeTapeState(before.state, description, kept[0]!.samplesTo))
    const read = readState(Uint8Array.from(writeState(before.state, description)), description)
    const samples = kept.flatMap((one) => one.samples ?? [])
    const { state } = kept[1]!
    expect(isDeepStrictEqual(readTapeState({ state, samples }, description), read)).toBe(true)
    // What is kept beside samples is written once.
    expect(state.length).toBeLessThan(writeState(before.state, description).length - 4 * 1024)
    expect(() => readTapeState({ state, samples: samples.slice(1) }, description)).toThrow(/is missing$/)
    const after = await lived(all.slice(290), { model, state: read })
    expect(isDeepStrictEqual([...forecasts, ...after.forecasts], whole.forecasts)).toBe(true)
  })

  it('lookahead - no forecast, and nothing that is learnt from, knows of a run that came later', async () => {
    const [whole, spoilt] = [await lived(ticks(), quantities), await lived(ticks(300), quantities)]
    const until = ({ issuedAt }: Forecast) => issuedAt < START + 300 * HOUR
    expect(isDeepStrictEqual(spoilt.forecasts.filter(until), whole.forecasts.filter(until))).toBe(true)
    expect(isDeepStrictEqual(saidBy(spoilt.forecasts), saidBy(whole.forecasts))).toBe(false)
    // Samples are of issues a day ago.
    const early = ({ state: { lookbackSamples, history } }: typeof whole) =>
      [...lookbackSamples.rows.subarray(0, lookbackSamples.buffer.seen)].flatMap((row, slot) =>
        row < history.rows - (ROWS - 300) ? [slabRow(lookbackSamples.lookahead!, slot)] : [],
      )
    expect(early(whole).length).toBeGreaterThan(200)
    expect(isDeepStrictEqual(early(spoilt), early(whole))).toBe(true)
  })

  it('lookahead - of a station that names no quantity no network, state or description has anything of it', async () => {
    const { state } = await lived(ticksOf(readings.slice(0, 130)), none)
    for (const part of [
      state.lookbackSamples,
      state.ensemble,
      none.description,
      state.truths.issues[0]!.example!,
    ])
      expect(part).not.toHaveProperty('lookahead')
    expect(JSON.stringify(none.description)).not.toMatch(/ahead|inputs/)
  })

  it('lookahead - a state of before there was one goes on: recurrent networks begin, the others stay as they were', async () => {
    const was = await lived(ticks().slice(0, 120), none)
    const { model, description } = quantities
    expect(differences(none.description, description)).not.toEqual([])
    const adopted = adoptState(was.state, {
      was: none.description,
      is: description,
      initial: model.initial(),
    })!
    expect(adopted).toMatchObject({ goOn: ['persistence'], begin: [NAME] })
    expect(adopted.state.lookbackSamples.count.samples).toBe(0)
    const after = await lived(ticks().slice(120), { model, state: adopted.state })
    expect(saidBy(after.forecasts).length).toBeGreaterThan(20)
    const back = adoptState(after.state, {
      was: description,
      is: none.description,
      initial: none.model.initial(),
    })!
    expect(back.begin).toEqual([NAME])
    const again = await lived(ticksOf(weather({ rows: ROWS + 10 })).slice(ROWS), {
      ...none,
      state: back.state,
    })
    expect(again.forecasts.length).toBeGreaterThan(5)
  })

  it('lookahead - with other quantities nothing of it stays', async () => {
    const { state } = await lived(ticks().slice(0, 260), quantities)
    const other: Station = { ...bare, outside: [{ issuer: 'met', quantity: 'cloud' }] }
    const { model, description, pool } = await modelWithPool(other, flags)
    const adopted = adoptState(state, {
      was: quantities.description,
      is: description,
      initial: model.initial(),
    })!
    expect(adopted.begin).toEqual([NAME])
    expect(adopted.state.ensemble).not.toHaveProperty('lookahead')
    expect(adopted.state.lookbackSamples.buffer.seen).toBe(0)
    await pool.close()
  })
})
