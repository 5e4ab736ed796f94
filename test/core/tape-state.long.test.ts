import { isDeepStrictEqual } from 'node:util'
import { deserialize } from 'node:v8'
import { expect, it } from 'vitest'
import { readState, writeState } from '../../src/core/state-codec.ts'
import { readTapeState, type TapeState, writeTapeState } from '../../src/core/tape-state.ts'
import { describeWithData } from '../support/real-data.ts'
import { EVERYTHING, modelWithPool, startRun, ticksOfFile } from './station-run.ts'

const ROWS = 420
const KEPT_AT = [80, 200, 201, 400]

describeWithData('jena_2009_2016_hourly.csv', (data) => {
  it.each([
    { what: 'samples and rows', experts: ['persistence', 'mlp', 'gru'] },
    { what: 'rows alone', experts: ['persistence', 'rls'] },
    { what: 'neither', experts: ['persistence'] },
  ])(
    'tape state - those that share $what read back as they were written, and each brings only what is new',
    async ({ experts }) => {
      const { station, ticks } = await ticksOfFile(data, ROWS)
      const { model, description, pool } = await modelWithPool(station, { ...EVERYTHING, experts })
      const run = startRun(model, model.initial())
      const kept: TapeState[] = []
      const whole: Uint8Array[] = []
      for (const [index, tick] of ticks.entries()) {
        await run.push(tick)
        if (!KEPT_AT.includes(index + 1)) continue
        await run.settled()
        kept.push(writeTapeState(run.state, description, kept.at(-1)?.samplesTo ?? Number.NEGATIVE_INFINITY))
        whole.push(Uint8Array.from(writeState(run.state, description)))
      }
      await run.settled()
      await pool.close()

      for (const [index, { state }] of kept.entries()) {
        const samples = kept.slice(0, index + 1).flatMap((one) => one.samples ?? [])
        const read = readTapeState({ state, samples }, description)
        // All of it; `toEqual` would take ten times as long.
        expect(isDeepStrictEqual(read, readState(whole[index]!, description))).toBe(true)
        expect(read.history.blocks[0]!.times.length).toBe(run.state.history.blocks[0]?.times.length)
      }
      const shared = kept.flatMap(({ samples }) => (samples ? [deserialize(samples).rows.times.length] : []))
      expect(shared.reduce((sum, rows) => sum + rows, 0)).toBeLessThanOrEqual(run.state.history.rows)
      expect(shared.at(-1)).toBeGreaterThan(150)
      // What an earlier one brought is needed.
      const { state } = kept.at(-1)!
      const samples = kept.slice(1).flatMap((one) => one.samples ?? [])
      expect(() => readTapeState({ state, samples }, description)).toThrow(/is missing$/)
      expect(() => readTapeState({ state: whole.at(-1)!, samples }, description)).toThrow(/missing|older/)
    },
  )
})
