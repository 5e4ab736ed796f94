import { readFile, writeFile } from 'node:fs/promises'
import { serialize } from 'node:v8'
import { readState, writeState } from '../../src/core/state-codec.ts'
import { EVERYTHING, modelWithPool, startRun, ticksOfFile } from './station-run.ts'

/* Reads a state in and lives on from a row to the end: `resume-child DATA ROWS STATE FROM OUT`. */

const [, , data, rows, statePath, from, out] = process.argv
if (!data || !statePath || !out) throw new Error('resume-child DATA ROWS STATE FROM OUT')
const { station, ticks } = await ticksOfFile(data, Number(rows))
const { model, pool } = await modelWithPool(station, EVERYTHING)
const run = startRun(model, readState(await readFile(statePath)))
for (const tick of ticks.slice(Number(from))) await run.push(tick)
await run.settled()
const { forecasts, settlements, state } = run
await writeFile(out, serialize({ forecasts, settlements, state: writeState(state) }))
await pool.close()
