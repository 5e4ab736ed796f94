import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Keep, KeptRecord } from '../../src/store/keep.ts'
import { openKeep } from '../../src/store/keep.ts'
import { journalled, tickOf } from '../support/keep-samples.ts'

const HOUR = 3_600_000

let folder: string
let keep: Keep

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tickcast-store-'))
  keep = await openKeep(folder)
})

afterEach(async () => {
  await keep.close()
  rmSync(folder, { recursive: true, force: true })
})

function record(
  what: KeptRecord['what'],
  hour: number,
  session = '',
  message: unknown = { hour },
): KeptRecord {
  return { what, session, eventTime: hour * HOUR, message }
}

const positionsOf = async () => (await keep.checkpoints('a')).map(({ position }) => position)
const write = (position: number, records: readonly KeptRecord[] = []) =>
  keep.checkpoint('a', { position, eventTime: position * HOUR, state: Uint8Array.of(position), records })

describe('keep', () => {
  it('keep - ticks are journalled as they came, under positions that rise by one', async () => {
    const positions = await Promise.all([0, 1, 2, 3].map((id) => keep.append('a', tickOf(id))))
    expect(positions).toEqual([1, 2, 3, 4])
    expect(await keep.append('a', tickOf(4))).toBe(5)
    expect(await journalled(keep, 'a')).toEqual(
      [0, 1, 2, 3, 4].map((id) => ({ position: id + 1, tick: tickOf(id) })),
    )
  })

  it('keep - a tick is kept as it was when it was handed in', async () => {
    const changing = tickOf(1)
    const written = keep.append('a', changing)
    changing.values['T'] = 2
    await written
    expect(await journalled(keep, 'a')).toEqual([{ position: 1, tick: tickOf(1) }])
  })

  it('keep - stations share the positions and nothing else', async () => {
    await Promise.all(['a', 'b', 'a'].map((station, id) => keep.append(station, tickOf(id))))
    expect((await journalled(keep, 'a')).map(({ position }) => position)).toEqual([1, 3])
    expect((await journalled(keep, 'b')).map(({ position }) => position)).toEqual([2])
    expect(await journalled(keep, 'c')).toEqual([])
  })

  it('keep - the journal is read after a position, in batches, each tick once', async () => {
    await Promise.all(Array.from({ length: 2500 }, (_, id) => keep.append('a', tickOf(id))))
    const sizes: number[] = []
    const positions: number[] = []
    for await (const batch of keep.journal('a', 100)) {
      sizes.push(batch.length)
      positions.push(...batch.map(({ position }) => position))
    }
    expect(sizes).toEqual([1000, 1000, 400])
    expect(positions).toEqual(Array.from({ length: 2400 }, (_, index) => index + 101))
  })

  it('keep - what was kept is there when the folder is opened again, and positions go on', async () => {
    await keep.append('a', tickOf(0))
    await write(1, [record('reading', 1)])
    await keep.close()
    keep = await openKeep(folder)
    expect(await journalled(keep, 'a')).toEqual([{ position: 1, tick: tickOf(0) }])
    expect(await keep.checkpoints('a')).toMatchObject([{ position: 1, state: Uint8Array.of(1) }])
    expect(await keep.records('a', 'reading', { limit: 10 })).toEqual([record('reading', 1)])
    expect(await keep.append('a', tickOf(1))).toBe(2)
  })

  it('keep - the newest two checkpoints stay, and the ticks behind the older one', async () => {
    for (let id = 0; id < 6; id++) await keep.append('a', tickOf(id))
    await keep.append('b', tickOf(0))
    await write(2)
    expect((await journalled(keep, 'a')).length).toBe(6)
    await write(4)
    expect(await positionsOf()).toEqual([4, 2])
    await write(5)
    expect(await positionsOf()).toEqual([5, 4])
    expect((await journalled(keep, 'a')).map(({ position }) => position)).toEqual([5, 6])
    expect((await journalled(keep, 'b')).length).toBe(1)
  })

  it('keep - positions are never given twice, also when all ticks were let go', async () => {
    for (let id = 0; id < 3; id++) await keep.append('a', tickOf(id))
    await keep.remove('a')
    await keep.close()
    keep = await openKeep(folder)
    expect(await keep.append('a', tickOf(3))).toBe(4)
  })

  it('keep - a record that is published again is the same row', async () => {
    await write(1, [record('forecast', 1, '', 'first'), record('forecast', 2)])
    await write(2, [record('forecast', 1, '', 'again'), record('forecast', 1, 'replay')])
    expect(await keep.records('a', 'forecast', { limit: 10 })).toEqual([
      record('forecast', 1, '', 'again'),
      record('forecast', 1, 'replay'),
      record('forecast', 2),
    ])
    expect(await keep.records('a', 'score', { limit: 10 })).toEqual([])
  })

  it('keep - what was published before a time is let go of, of that station alone, however much it is', async () => {
    const hours = Array.from({ length: 1200 }, (_, hour) => hour)
    const all = hours.flatMap((hour) => [record('reading', hour), record('forecast', hour, 's')])
    const scores = [0, 24, 1199].map((hour) => record('score', hour))
    for (const station of ['a', 'b']) await keep.record(station, [...all, ...scores])
    await keep.letGo('a', { before: 1100 * HOUR })
    const left = async (station: string, what: KeptRecord['what']) =>
      (await keep.records(station, what, { limit: 2000 })).map(({ eventTime }) => eventTime / HOUR)
    expect(await left('a', 'reading')).toEqual(hours.slice(1100))
    expect(await left('a', 'forecast')).toEqual(hours.slice(1100))
    expect(await left('a', 'score')).toEqual([1199])
    expect(await left('b', 'forecast')).toEqual(hours)
    expect(await left('b', 'score')).toEqual([0, 24, 1199])
  })

  it('keep - others have their turn between pieces of what is let go of, and who closes waits for one at most', async () => {
    const all = Array.from({ length: 3000 }, (_, hour) => record('forecast', hour))
    await keep.record('a', all)
    let over = false
    const whole = keep.letGo('a', { before: 3000 * HOUR }).then(() => {
      over = true
    })
    const seen: number[] = []
    for (let id = 0; id < 5; id++) {
      await keep.append('a', tickOf(id))
      seen.push((await keep.records('a', 'forecast', { limit: 3000 })).length)
    }
    expect(over).toBe(false)
    expect(seen.every((count, index) => count > 0 && count < (seen[index - 1] ?? 3000))).toBe(true)
    const closed = keep.close()
    await Promise.all([whole, closed])
    keep = await openKeep(folder)
    const left = (await keep.records('a', 'forecast', { limit: 3000 })).length
    expect(left).toBeGreaterThan(0)
    await keep.letGo('a', { before: 3000 * HOUR })
    expect(await keep.records('a', 'forecast', { limit: 1 })).toEqual([])
  })

  it.each([false, true])(
    'keep - records are read by time and page (newest first: %s)',
    async (newestFirst) => {
      const all = [1, 2, 3, 4, 5].flatMap((hour) =>
        ['', 's'].map((session) => record('reading', hour, session)),
      )
      await write(1, all)
      const range = { from: 2 * HOUR, to: 5 * HOUR, limit: 4, newestFirst }
      const first = await keep.records('a', 'reading', range)
      const second = await keep.records('a', 'reading', { ...range, after: first.at(-1)! })
      const expected = all.slice(2, 8)
      expect([...first, ...second]).toEqual(newestFirst ? expected.reverse() : expected)
      expect(first.length).toBe(4)
      expect(await keep.records('a', 'reading', { ...range, after: second.at(-1)! })).toEqual([])
    },
  )

  it('keep - a station that is removed is gone, and no other', async () => {
    for (const station of ['a', 'b']) {
      await keep.append(station, tickOf(0))
      await keep.checkpoint(station, {
        position: 1,
        eventTime: 0,
        state: Uint8Array.of(1),
        records: [record('reading', 1), record('forecast', 1), record('score', 1)],
      })
    }
    await keep.remove('a')
    const kept = async (station: string) => [
      (await journalled(keep, station)).length,
      (await keep.checkpoints(station)).length,
      ...(await Promise.all(
        (['reading', 'forecast', 'score'] as const).map(
          async (what) => (await keep.records(station, what, { limit: 9 })).length,
        ),
      )),
    ]
    expect(await kept('a')).toEqual([0, 0, 0, 0, 0])
    expect(await kept('b')).toEqual([1, 1, 1, 1, 1])
  })

  it('keep - calls take effect in the order they are made, close the last', async () => {
    const appended = keep.append('a', tickOf(0))
    const removed = keep.remove('a')
    const appendedBehind = keep.append('a', tickOf(1))
    const closed = keep.close()
    expect(await Promise.all([appended, removed, appendedBehind, closed])).toEqual([
      1,
      undefined,
      2,
      undefined,
    ])
    await expect(keep.append('a', tickOf(2))).rejects.toThrow('closed')
    await expect(keep.checkpoints('a')).rejects.toThrow('closed')
    keep = await openKeep(folder)
    expect(await journalled(keep, 'a')).toEqual([{ position: 2, tick: tickOf(1) }])
  })

  it('keep - the folder is made with its parents, for its user alone', async () => {
    const deep = join(folder, 'x', 'y')
    await (await openKeep(deep)).close()
    for (const path of [join(folder, 'x'), deep]) expect(statSync(path).mode & 0o777).toBe(0o700)
  })
})
