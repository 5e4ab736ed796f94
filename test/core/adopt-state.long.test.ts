import { expect, it } from 'vitest'
import { adoptState } from '../../src/core/adopt-state.ts'
import { readAnyState, writeState } from '../../src/core/state-codec.ts'
import type { Forecast } from '../../src/domain/forecast.ts'
import { describeWithData } from '../support/real-data.ts'
import { EVERYTHING, modelWithPool, startRun, ticksOfFile } from './station-run.ts'

const ROWS = 480
const SWITCH = 300

/** What an expert said, by issue time. */
const saidBy = (forecasts: readonly Forecast[], expert: string, from: number) =>
  forecasts.flatMap(({ issuedAt, models }) =>
    issuedAt >= from && models.has(expert) ? [[issuedAt, [...models.get(expert)!]] as const] : [],
  )

describeWithData('jena_2009_2016_hourly.csv', (data) => {
  it.each([
    {
      name: 'one more recurrent network',
      was: ['persistence', 'rls_hour', 'mlp'],
      is: ['persistence', 'rls_hour', 'mlp', 'gru'],
    },
    {
      name: 'a network on features, of two',
      was: ['rls_hour', 'mlp', 'gru'],
      is: ['rls_hour', 'mlp_anomaly', 'gru'],
    },
    {
      name: 'fewer, and none that reads lookbacks',
      was: ['rls_hour', 'mlp', 'gru'],
      is: ['rls_hour', 'mlp'],
    },
  ])(
    'adopt - with other experts ($name) those that stay go on as if nothing had changed, the others begin',
    async ({ was, is }) => {
      const { station, ticks } = await ticksOfFile(data, ROWS)
      const old = await modelWithPool(station, { ...EVERYTHING, experts: was })
      const unbroken = startRun(old.model, old.model.initial())
      let bytes = new Uint8Array()
      for (const [index, tick] of ticks.entries()) {
        if (index === SWITCH) bytes = Uint8Array.from(writeState(unbroken.state, old.description))
        await unbroken.push(tick)
      }
      await unbroken.settled()
      await old.pool.close()

      const next = await modelWithPool(station, { ...EVERYTHING, experts: is })
      const { state, model } = readAnyState(bytes)
      const { settled, expired } = state.truths
      const adopted = adoptState(state, { was: model, is: next.description, initial: next.model.initial() })!
      const staying = is.filter((name) => was.includes(name))
      expect(adopted.goOn.toSorted()).toEqual(staying.toSorted())
      expect(adopted.begin).toEqual(is.filter((name) => !was.includes(name)))
      const run = startRun(next.model, adopted.state)
      for (const tick of ticks.slice(SWITCH)) await run.push(tick)
      await run.settled()
      await next.pool.close()

      const from = run.forecasts[0]!.issuedAt
      expect(run.forecasts.length).toBe(unbroken.forecasts.filter(({ issuedAt }) => issuedAt >= from).length)
      for (const name of staying) {
        const said = saidBy(run.forecasts, name, from)
        expect(said.length).toBeGreaterThan(150)
        expect(said).toEqual(saidBy(unbroken.forecasts, name, from))
      }
      // The record is one: what was open is settled, nothing is counted anew.
      expect(run.state.truths.settled - settled).toBeGreaterThan(24 * (ROWS - SWITCH - 48))
      expect(run.state.truths.expired).toBeGreaterThanOrEqual(expired)
      expect(run.state.truths.settled).toBe(unbroken.state.truths.settled)
      for (const name of was) {
        if (!is.includes(name)) expect(run.state.verification.rolling.models).not.toHaveProperty(name)
      }
      for (const forecast of run.forecasts.slice(-24)) {
        for (const mean of forecast.models.values()) expect(mean.every(Number.isFinite)).toBe(true)
      }
    },
  )

  it('adopt - of another station it is not', async () => {
    const { station } = await ticksOfFile(data, 1)
    const { model, description, pool } = await modelWithPool(station, {
      ...EVERYTHING,
      experts: ['persistence'],
    })
    const other = { ...description, station: { ...station, cadence: 1 } }
    expect(
      adoptState(model.initial(), { was: other, is: description, initial: model.initial() }),
    ).toBeUndefined()
    await pool.close()
  })
})
