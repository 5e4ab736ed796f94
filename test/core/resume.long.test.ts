import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { deserialize } from 'node:v8'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readState, writeState } from '../../src/core/state-codec.ts'
import type { StationState } from '../../src/core/station-state.ts'
import type { Forecast, Settlement } from '../../src/domain/forecast.ts'
import { describeWithData } from '../support/real-data.ts'
import { EVERYTHING, isTraining, isWaiting, modelWithPool, startRun, ticksOfFile } from './station-run.ts'

/** Four weeks: until every network and least squares of every size have a say. */
const ROWS = 720
const FIRST_CUT = 100
const CHILD = fileURLToPath(new URL('./resume-child.ts', import.meta.url))

interface Cut {
  /** Ticks that had been handed in. */
  readonly row: number
  readonly bytes: Uint8Array
  readonly forecasts: number
  readonly settlements: number
}

/** What depends on how fast training was, and on nothing else. */
function withoutWallTime(state: StationState): StationState {
  for (const learner of Object.values(state.learners)) {
    Object.assign(learner, { waits: 0, waited: false, waitedFor: undefined })
    for (const open of learner.open) if (open.result) Object.assign(open.result, { wallMs: 0 })
  }
  return state
}

describeWithData('jena_2009_2016_hourly.csv', (data) => {
  it('state - written out at any row and read into another process, everything goes on bit for bit', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tickcast-resume-'))
    const { station, ticks } = await ticksOfFile(data, ROWS)
    const { model, pool } = await modelWithPool(station, EVERYTHING)
    const unbroken = startRun(model, model.initial())
    const rows = new Set(fc.sample(fc.integer({ min: FIRST_CUT, max: ROWS - 20 }), 3))
    const cuts: Cut[] = []
    const cut = (row: number): void => {
      const { state, forecasts, settlements } = unbroken
      const bytes = writeState(state)
      cuts.push({ row, bytes, forecasts: forecasts.length, settlements: settlements.length })
    }
    let [inTraining, held] = [false, false]
    for (const [index, tick] of ticks.entries()) {
      const done = unbroken.push(tick)
      const row = index + 1
      const { state } = unbroken
      if (rows.has(row)) cut(row)
      else if (!inTraining && row > ROWS / 2 && isTraining(state) && !isWaiting(state)) {
        inTraining = true
        cut(row)
      } else if (!held && row > ROWS / 2 && isWaiting(state)) {
        held = true
        cut(row)
      }
      await done
    }
    await unbroken.settled()
    await pool.close()
    const expected = withoutWallTime(readState(writeState(unbroken.state)))
    expect(inTraining).toBe(true)
    expect(unbroken.forecasts.at(-1)?.weights.size).toBe(model.parts.experts.length)

    for (const { row, bytes, ...before } of cuts) {
      const [statePath, out] = [join(folder, `${row}.state`), join(folder, `${row}.out`)]
      await writeFile(statePath, bytes)
      const args = ['--import', 'tsx', CHILD, data, String(ROWS), statePath, String(row), out]
      await promisify(execFile)(process.execPath, args)
      const resumed: { forecasts: Forecast[]; settlements: Settlement[]; state: Uint8Array } = deserialize(
        await readFile(out),
      )
      expect(resumed.forecasts, `from row ${row}`).toEqual(unbroken.forecasts.slice(before.forecasts))
      expect(resumed.settlements, `from row ${row}`).toEqual(unbroken.settlements.slice(before.settlements))
      expect(withoutWallTime(readState(resumed.state)), `from row ${row}`).toEqual(expected)
    }
    await rm(folder, { recursive: true })
  })
})
