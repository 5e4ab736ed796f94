import { beforeEach, describe, expect, it } from 'vitest'
import type { StateStore } from '../../src/domain/state-store.ts'
import { stateOf } from '../support/keep-samples.ts'

const HOUR = 3_600_000

export interface OpenedStates {
  readonly store: StateStore
  /** Whatever was reported. */
  readonly damage: readonly unknown[]
}

/** Where states are kept, empty at first; what is opened is closed with the test. */
export interface StatesPlace {
  /** Anew each time, as another process would: what was written before is there. */
  open(options?: { readonly tapeBytes?: number }): Promise<OpenedStates>
}

export const samplesOf = (row: number, bytes = 50) => stateOf(1_000_000 + row, bytes)

/** A state behind a row, an hour a row, with samples up to there unless told otherwise. */
export const writeTapeState = (
  store: StateStore,
  row: number,
  {
    station = 'a',
    bytes = 1000,
    samples = samplesOf(row),
  }: { station?: string; bytes?: number; samples?: Uint8Array | 'none' } = {},
) =>
  store.keepTapeState(station, {
    row,
    eventTime: row * HOUR,
    state: stateOf(row, bytes),
    samplesTo: row * HOUR,
    samples: samples === 'none' ? undefined : samples,
  })

export const writeCheckpoint = (store: StateStore, position: number, station = 'a', bytes = 1000) =>
  store.checkpoint(station, {
    position,
    eventTime: position * HOUR,
    state: stateOf(position, bytes),
    records: [],
  })

export const positionsIn = async (store: StateStore, station = 'a') =>
  (await store.checkpoints(station)).map(({ position }) => position)

export const rowsIn = async (store: StateStore, station = 'a') =>
  (await store.tapeStates(station)).states.map(({ row }) => row)

/** What every place for states promises. */
export function stateStoreContract(name: string, start: () => Promise<StatesPlace>): void {
  describe(`${name} as a state store`, () => {
    let place: StatesPlace
    beforeEach(async () => {
      place = await start()
    })

    it('state store - nothing is kept at first', async () => {
      const { store, damage } = await place.open()
      expect(await store.checkpoints('a')).toEqual([])
      expect(await store.tape('a')).toBeUndefined()
      expect(await store.tapeStates('a')).toEqual({ states: [], samplesTo: undefined })
      expect(await store.tapeState('a', 1)).toBeUndefined()
      await store.forgetTapeStates('a', 1)
      await store.remove('a')
      expect(damage).toEqual([])
    })

    it('state store - the newest two checkpoints of a station stay, newest first, byte for byte', async () => {
      const { store } = await place.open()
      await writeCheckpoint(store, 7, 'b')
      for (const position of [2, 4, 5]) await writeCheckpoint(store, position)
      const { store: again, damage } = await place.open()
      expect(await again.checkpoints('a')).toEqual(
        [5, 4].map((position) => ({
          position,
          state: stateOf(position, 1000),
          writtenAt: expect.any(Number),
        })),
      )
      expect(await positionsIn(again, 'b')).toEqual([7])
      expect(damage).toEqual([])
    })

    it('state store - a checkpoint before others replaces them: the station went on from there', async () => {
      const { store } = await place.open()
      for (const position of [2, 4, 3]) await writeCheckpoint(store, position)
      expect(await positionsIn(store)).toEqual([3, 2])
    })

    it('state store - a checkpoint at the position of another takes its place', async () => {
      const { store } = await place.open()
      await writeCheckpoint(store, 1)
      await writeCheckpoint(store, 2, 'a', 300)
      await writeCheckpoint(store, 2, 'a', 700)
      expect((await store.checkpoints('a')).map(({ state }) => state.length)).toEqual([700, 1000])
    })

    it('state store - positions are told apart by number, not as text', async () => {
      const { store } = await place.open()
      for (const position of [9, 10, 100]) await writeCheckpoint(store, position)
      expect(await positionsIn(store)).toEqual([100, 10])
    })

    it('state store - a checkpoint holds the state as it was, whatever memory it is a part of', async () => {
      const { store } = await place.open()
      const memory = new Uint8Array(1000).fill(7)
      const state = memory.subarray(10, 20)
      const written = store.checkpoint('a', { position: 1, eventTime: undefined, state, records: [] })
      memory.fill(9)
      await written
      expect((await store.checkpoints('a'))[0]?.state).toEqual(new Uint8Array(10).fill(7))
      expect(memory.length).toBe(1000)
    })

    it('state store - a state of no bytes and one of many megabytes come back', async () => {
      const { store } = await place.open()
      await writeCheckpoint(store, 1, 'a', 0)
      await writeCheckpoint(store, 2, 'a', 5_000_001)
      const [large, empty] = await store.checkpoints('a')
      expect(Buffer.compare(large!.state, stateOf(2, 5_000_001))).toBe(0)
      expect(empty!.state.length).toBe(0)
    })

    it('state store - calls take effect in the order they are made, nobody waiting for them', async () => {
      const { store } = await place.open()
      const calls = [1, 3, 2].map((position) => writeCheckpoint(store, position, 'a', 200_000))
      void store.keepTape('a', 1)
      void store.keepTape('a', 2)
      expect([await positionsIn(store), await store.tape('a')]).toEqual([[2, 1], 2])
      await Promise.all(calls)
    })

    it('state store - how a tape stands is kept, the newest of each station', async () => {
      const { store } = await place.open()
      const tape = { row: 1, speed: 3600 }
      const kept = store.keepTape('a', tape)
      tape.row = 2
      await kept
      expect(await store.tape('a')).toEqual({ row: 1, speed: 3600 })
      await store.keepTape('a', tape)
      await store.keepTape('b', 'other')
      const { store: again } = await place.open()
      expect([await again.tape('a'), await again.tape('b')]).toEqual([{ row: 2, speed: 3600 }, 'other'])
    })

    it('state store - a tape state comes back with the samples of its row and of all before', async () => {
      const { store } = await place.open()
      await writeTapeState(store, 1, { samples: 'none' })
      await writeTapeState(store, 2)
      await writeTapeState(store, 3, { samples: 'none' })
      await writeTapeState(store, 4)
      await writeTapeState(store, 4, { station: 'b' })
      const { store: again, damage } = await place.open()
      expect(await again.tapeStates('a')).toEqual({
        states: [undefined, 2, 2, 4].map((to, index) => ({
          row: index + 1,
          eventTime: (index + 1) * HOUR,
          bytes: 1000,
          samplesTo: to && to * HOUR,
        })),
        samplesTo: 4 * HOUR,
      })
      const found = await Promise.all([1, 2, 3, 4, 5].map((row) => again.tapeState('a', row)))
      expect(found).toEqual([
        { state: stateOf(1, 1000), samples: [] },
        { state: stateOf(2, 1000), samples: [samplesOf(2)] },
        { state: stateOf(3, 1000), samples: [samplesOf(2)] },
        { state: stateOf(4, 1000), samples: [samplesOf(2), samplesOf(4)] },
        undefined,
      ])
      expect(damage).toEqual([])
    })

    it('state store - state and samples are kept as they were, whatever memory they are a part of', async () => {
      const { store } = await place.open()
      const memory = new Uint8Array(1000).fill(7)
      const written = store.keepTapeState('a', {
        row: 1,
        eventTime: HOUR,
        state: memory.subarray(10, 20),
        samplesTo: HOUR,
        samples: memory.subarray(20, 25),
      })
      memory.fill(9)
      await written
      expect(await store.tapeState('a', 1)).toEqual({
        state: new Uint8Array(10).fill(7),
        samples: [new Uint8Array(5).fill(7)],
      })
      expect(memory.length).toBe(1000)
    })

    it('state store - a tape state behind the same row is replaced, its samples only by others', async () => {
      const { store } = await place.open()
      await writeTapeState(store, 1)
      await writeTapeState(store, 2)
      await writeTapeState(store, 1, { bytes: 500, samples: 'none' })
      expect(await store.tapeState('a', 1)).toEqual({ state: stateOf(1, 500), samples: [samplesOf(1)] })
      await writeTapeState(store, 1, { samples: samplesOf(9) })
      expect((await store.tapeState('a', 2))?.samples).toEqual([samplesOf(9), samplesOf(2)])
    })

    it('state store - a tape state that is put in between brings samples of its own', async () => {
      const { store, damage } = await place.open()
      for (const row of [10, 30, 20]) await writeTapeState(store, row)
      expect((await store.tapeState('a', 20))?.samples).toEqual([10, 20].map((row) => samplesOf(row)))
      expect((await store.tapeState('a', 30))?.samples).toEqual([10, 20, 30].map((row) => samplesOf(row)))
      expect(damage).toEqual([])
    })

    // Rows 0 to 59, an hour each, with room for ten states of 1000 bytes.
    it('state store - within the budget no gap is more than twice the average, from beginning to end', async () => {
      const { store } = await place.open({ tapeBytes: 10_500 })
      for (let row = 0; row < 60; row++) {
        await writeTapeState(store, row, { samples: 'none' })
        const rows = await rowsIn(store)
        expect(rows.length).toBe(Math.min(row + 1, 10))
        expect([rows[0], rows.at(-1)]).toEqual([0, row])
        const gaps = rows.slice(1).map((other, index) => other - rows[index]!)
        expect(Math.max(0, ...gaps)).toBeLessThanOrEqual((2 * row) / Math.max(1, rows.length - 1))
      }
    })

    it('state store - samples count within the budget, and stay when their state is let go', async () => {
      const { store } = await place.open({ tapeBytes: 6000 })
      await writeTapeState(store, 0, { station: 'b', bytes: 5000 })
      for (let row = 0; row < 50; row++) await writeTapeState(store, row)
      const { states, samplesTo } = await store.tapeStates('a')
      expect(states.map(({ row }) => row)).toEqual([0, expect.any(Number), 49])
      expect(states.reduce((sum, { bytes }) => sum + bytes, 50 * 50)).toBeLessThanOrEqual(6000)
      expect(samplesTo).toBe(49 * HOUR)
      expect((await store.tapeState('a', 49))?.samples).toEqual(
        Array.from({ length: 50 }, (_, row) => samplesOf(row)),
      )
      expect(await rowsIn(store, 'b')).toEqual([0])
    })

    it.each([
      ['the last', [1, 2, 3]],
      ['in the middle', [1, 3, 2]],
      ['the first', [2, 3, 1]],
    ])('state store - a tape state larger than the budget is kept alone (%s)', async (_, rows) => {
      const { store } = await place.open({ tapeBytes: 5000 })
      for (const row of rows.slice(0, 2)) await writeTapeState(store, row)
      await writeTapeState(store, rows[2]!, { bytes: 9000 })
      expect(await rowsIn(store)).toEqual([rows[2]])
      await writeTapeState(store, 4)
      expect(await rowsIn(store)).toEqual([4])
    })

    it('state store - tape states beyond a row are forgotten with their samples', async () => {
      const { store } = await place.open()
      for (const row of [1, 2, 3]) await writeTapeState(store, row)
      await writeTapeState(store, 3, { station: 'b' })
      await store.forgetTapeStates('a', 2)
      expect(await rowsIn(store)).toEqual([1, 2])
      expect((await store.tapeStates('a')).samplesTo).toBe(2 * HOUR)
      expect((await store.tapeState('a', 2))?.samples).toEqual([samplesOf(1), samplesOf(2)])
      await store.forgetTapeStates('a', -1)
      expect(await store.tapeStates('a')).toEqual({ states: [], samplesTo: undefined })
      expect(await rowsIn(store, 'b')).toEqual([3])
    })

    it('state store - a station that is removed is gone, and no other', async () => {
      const { store } = await place.open()
      // One's name is the beginning of the other's.
      for (const station of ['a', 'a-b']) {
        await store.keepTape(station, station)
        await writeCheckpoint(store, 1, station)
        await writeTapeState(store, 1, { station })
      }
      await store.remove('a')
      expect(await store.tape('a')).toBeUndefined()
      expect(await store.checkpoints('a')).toEqual([])
      expect(await store.tapeStates('a')).toEqual({ states: [], samplesTo: undefined })
      expect(await store.tape('a-b')).toBe('a-b')
      expect(await positionsIn(store, 'a-b')).toEqual([1])
      expect(await store.tapeState('a-b', 1)).toEqual({ state: stateOf(1, 1000), samples: [samplesOf(1)] })
    })
  })
}
