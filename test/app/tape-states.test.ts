import { expect, it } from 'vitest'
import type { KeptTape } from '../../replay/kept-tape.ts'
import { openTapeStates } from '../../src/app/tape-states.ts'
import { stationModel } from '../../src/core/station-model.ts'
import { DAY, HOUR } from '../../src/domain/instant.ts'
import type { StateStore } from '../../src/domain/state-store.ts'
import { persistence } from '../../src/forecast/persistence.ts'
import { START, stationOf } from '../forecast/series.ts'

const station = stationOf()
const model = stationModel({
  station,
  ...{ lateness: 0, maxBridge: 3 * HOUR, issueEvery: HOUR, window: undefined, trained: [], seed: 1 },
  experts: [persistence()],
})

function stateBehind(row: number, session = 'A') {
  const replay = { session, speed: Number.POSITIVE_INFINITY, paused: false, row }
  return {
    ...model.initial(),
    tapeRow: row,
    newest: { eventTime: START + row * station.cadence, replay },
  }
}

it('tape states - none is kept before what was published up to there, nor without it', async () => {
  const rows: number[] = []
  const warned: string[] = []
  const store = {
    tape: async () => undefined,
    checkpoints: async () => [],
    tapeStates: async () => ({ states: [] }),
    keepTapeState: async (_station: string, { row }: { row: number }) => void rows.push(row),
  } as unknown as StateStore
  const states = await openTapeStates({
    store,
    tape: { station, first: START, last: START + 3000 * DAY },
    warn: (reason) => void warned.push(reason),
  })
  const turn = () => new Promise((resolve) => setTimeout(resolve, 50))
  let stored = (): void => undefined
  states.offer(stateBehind(20_000), {}, () => new Promise((resolve) => (stored = resolve)))
  await turn()
  expect(rows).toEqual([])
  stored()
  await expect.poll(() => rows).toEqual([20_000])
  await turn()
  states.offer(stateBehind(40_000), {}, () => Promise.reject(new Error('the disk is full')))
  await expect
    .poll(() => warned)
    .toEqual([`a state along the tape is not kept of ${station.id}: the disk is full`])
  expect(rows).toEqual([20_000])
})

it('tape states - none of a past that is forgotten meanwhile is kept, nor of a session that is over', async () => {
  const rows: number[] = []
  let looks = 0
  const store = {
    tape: async () => undefined,
    checkpoints: async () => [],
    keepTape: async () => undefined,
    tapeStates: async () => {
      looks++
      return { states: [] }
    },
    keepTapeState: async (_station: string, { row }: { row: number }) => void rows.push(row),
    forgetTapeStates: async (_station: string, after: number) =>
      void rows.splice(0, rows.length, ...rows.filter((row) => row <= after)),
  } as unknown as StateStore
  const states = await openTapeStates({
    store,
    tape: { station, first: START, last: START + 3000 * DAY },
    warn: (reason) => expect.fail(reason),
  })
  const tape: KeptTape = {
    ...{ session: 'A', lived: [{ from: null, rows: 0, until: null }], rows: 0, played: null, target: null },
    ...{ leadInEnd: null, speed: 'max', paused: false, loop: false },
  }
  await states.keep(tape)
  let stored = (): void => undefined
  states.offer(stateBehind(20_000), {}, () => new Promise((resolve) => (stored = resolve)))
  await states.forgetAfter(0)
  const seen = looks
  stored()
  await expect.poll(() => looks).toBeGreaterThan(seen)
  expect(rows).toEqual([])

  states.offer(stateBehind(25_000), {}, () => new Promise((resolve) => (stored = resolve)))
  states.follow('B')
  expect([states.isOver('A'), states.isOver('B')]).toEqual([true, false])
  stored()
  await states.settled()
  states.offer(stateBehind(30_000), {}, async () => undefined)
  await states.keep(tape)
  states.offer(stateBehind(40_000, 'B'), {}, async () => undefined)
  await states.settled()
  expect(rows).toEqual([40_000])
})
