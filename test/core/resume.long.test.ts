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
const FIRST_CUT = (3 * ROWS) / 4
const CHILD = fileURLToPath(new URL('./resume-child.ts', import.meta.url))

interface Cut {
  /** Ticks that had been handed in. */
  readonly row: number
  readonly bytes: Uint8Array
  readonly forecasts: number
  readonly settlements: number
}

interface Resumed {
  readonly forecasts: readonly Forecast[]
  readonly settlements: readonly Settlement[]
  readonly state: Uint8Array
}

/** What depends on how fast training was, and on nothing else. */
function withoutWallTime(state: StationState): StationState {
  for (const learner of Object.values(state.learners)) {
    Object.assign(learner, { waits: 0, waited: false, waitedFor: undefined })
  }
  return state
}

describeWithData('jena_2009_2016_hourly.csv', (data) => {
  it('state - written out at any row and read into another process, everything goes on bit for bit', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tickcast-resume-'))
    const { station, ticks } = await ticksOfFile(data, ROWS)
    const { model, description, pool } = await modelWithPool(station, EVERYTHING)
    const unbroken = startRun(model, model.initial())
    const rows = new Set(fc.sample(fc.integer({ min: FIRST_CUT, max: ROWS - 20 }), 1))
    const cuts: Cut[] = []
    const cut = (row: number): void => {
      const { state, forecasts, settlements } = unbroken
      const bytes = writeState(state, description)
      cuts.push({ row, bytes, forecasts: forecasts.length, settlements: settlements.length })
    }
    let [inTraining, held] = [false, false]
    /** Between two ticks, whether the newest has been worked off or is held back. */
    const consider = (row: number): void => {
      const { state } = unbroken
      if (row <= FIRST_CUT || cuts.some((one) => one.row === row)) return
      if (!inTraining && isTraining(state) && !isWaiting(state)) {
        inTraining = true
        cut(row)
      } else if (!held && isWaiting(state)) {
        held = true
        cut(row)
      }
    }
    for (const [index, tick] of ticks.entries()) {
      const done = unbroken.push(tick)
      const row = index + 1
      if (rows.has(row)) cut(row)
      consider(row)
      await done
      consider(row)
    }
    await unbroken.settled()
    await pool.close()
    const expected = withoutWallTime(readState(writeState(unbroken.state, description), description))
    expect(inTraining).toBe(true)
    // Of weather there is no week to be learnt.
    const others = model.parts.experts.filter(({ name }) => name !== 'rls_week')
    expect(unbroken.forecasts.at(-1)?.weights.size).toBe(others.length)

    for (const { row, bytes } of cuts) await writeFile(join(folder, `${row}.state`), bytes)
    const args = [data, String(ROWS), folder, ...cuts.map(({ row }) => String(row))]
    await promisify(execFile)(process.execPath, ['--import', 'tsx', CHILD, ...args])
    for (const { row, ...before } of cuts) {
      const resumed: Resumed = deserialize(await readFile(join(folder, `${row}.out`)))
      const from = `from row ${row}`
      expect(resumed.forecasts, from).toEqual(unbroken.forecasts.slice(before.forecasts))
      expect(resumed.settlements, from).toEqual(unbroken.settlements.slice(before.settlements))
      expect(withoutWallTime(readState(resumed.state, description)), from).toEqual(expected)
    }
    await rm(folder, { recursive: true })
  })
})
