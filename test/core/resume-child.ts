import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { serialize } from 'node:v8'
import { readState, writeState } from '../../src/core/state-codec.ts'
import { EVERYTHING, modelWithPool, startRun, ticksOfFile } from './station-run.ts'

/* Reads states in, and lives on from each to the end: `resume-child DATA ROWS FOLDER ROW ...`. */

const [, , data, rows, folder, ...cuts] = process.argv
if (!data || !folder) throw new Error('resume-child DATA ROWS FOLDER ROW ...')
const { station, ticks } = await ticksOfFile(data, Number(rows))
const { model, description, pool } = await modelWithPool(station, EVERYTHING)
for (const row of cuts) {
  const run = startRun(model, readState(await readFile(join(folder, `${row}.state`)), description))
  for (const tick of ticks.slice(Number(row))) await run.push(tick)
  await run.settled()
  const { forecasts, settlements, state } = run
  await writeFile(
    join(folder, `${row}.out`),
    serialize({ forecasts, settlements, state: writeState(state, description) }),
  )
}
await pool.close()
