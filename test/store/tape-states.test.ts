import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { writeCheckpoint } from '../../src/store/checkpoint-table.ts'
import { openDatabase } from '../../src/store/database.ts'
import { filesOf } from '../../src/store/files.ts'
import { appendTicks } from '../../src/store/journal-table.ts'
import { openRecords } from '../../src/store/records.ts'
import { MIGRATIONS, migrate } from '../../src/store/schema.ts'
import { writeStation } from '../../src/store/station-rows.ts'
import { rowsIn, samplesOf, writeTapeState } from '../contract/state-store.ts'
import { pondMessage } from '../gateway/messages.ts'
import { flip, keepFixture } from '../support/keep-fixture.ts'
import { journalled, stateOf, tickOf } from '../support/keep-samples.ts'

const HOUR = 3_600_000

const { folder: newFolder, open } = keepFixture()

/** States behind rows 10, 20, 30 and 40, large enough to have pages of their own, and the folder closed. */
async function closedFolder(): Promise<{ folder: string; file: string }> {
  const folder = newFolder()
  const { keep } = await open(folder)
  await keep.keepTape('a', { row: 40 })
  for (const row of [10, 20, 30, 40]) {
    await writeTapeState(keep, row, { bytes: 100_000, samples: samplesOf(row, 50_000) })
  }
  await keep.close()
  return { folder, file: join(folder, 'tickcast.db') }
}

/** Damages bytes within a file, in pages that hold nothing else. */
function damageBytes(file: string, bytes: Uint8Array): void {
  const middle = bytes.length / 2
  flip(file, readFileSync(file).indexOf(bytes.subarray(middle, middle + 50)))
}

describe('tape states', () => {
  it('tape states - others read the records of the folder meanwhile', async () => {
    const folder = newFolder()
    const { keep } = await open(folder)
    await keep.record('a', [{ what: 'reading', session: '', eventTime: HOUR, message: 1 }])
    const records = openRecords(folder)
    await writeTapeState(keep, 1)
    expect(records.records('a', 'reading', { limit: 9 }).length).toBe(1)
    records.close()
  })
})

describe('tape states faults', () => {
  it('tape states faults - a damaged state is reported and not offered again, its samples stay', async () => {
    const { folder, file } = await closedFolder()
    damageBytes(file, stateOf(30))
    const { keep, damage } = await open(folder)
    expect(await rowsIn(keep)).toEqual([10, 20, 30, 40])
    expect(await keep.tapeState('a', 30)).toBeUndefined()
    expect(damage).toEqual([
      {
        station: 'a',
        message: 'the state of the tape of a behind row 30 is damaged: its checksum is another',
      },
    ])
    expect(await rowsIn(keep)).toEqual([10, 20, 40])
    expect((await keep.tapeState('a', 40))?.samples.length).toBe(4)
    expect(damage.length).toBe(1)
  })

  it('tape states faults - damaged samples are reported, and no state that needs them is offered', async () => {
    const { folder, file } = await closedFolder()
    damageBytes(file, samplesOf(30, 50_000))
    const { keep, damage } = await open(folder)
    expect(await keep.tapeState('a', 40)).toBeUndefined()
    expect(damage).toEqual([
      { station: 'a', message: expect.stringMatching(/samples .* of a behind row 30 are damaged/) },
    ])
    expect(await rowsIn(keep)).toEqual([10, 20])
    expect((await keep.tapeStates('a')).samplesTo).toBe(20 * HOUR)
    expect((await keep.tapeState('a', 20))?.samples.length).toBe(2)
    expect(damage.length).toBe(1)
  })

  it.each([
    [20, /behind row 30 are damaged, .* some before them are missing/],
    [40, /the state .* behind row 40 is damaged: some of its samples are missing/],
  ])('tape states faults - samples that are not there any more are missed (row %s)', async (row, message) => {
    const { folder, file } = await closedFolder()
    const database = openDatabase(file)
    database.run('DELETE FROM tape_samples WHERE row = ?', row)
    database.close()
    const { keep, damage } = await open(folder)
    expect(await keep.tapeState('a', 40)).toBeUndefined()
    expect(damage).toEqual([{ station: 'a', message: expect.stringMatching(message) }])
    expect(await rowsIn(keep)).not.toContain(40)
  })

  it('tape states faults - a state that cannot be read nor deleted is not offered, and the file salvaged', async () => {
    const { folder, file } = await closedFolder()
    const state = stateOf(30)
    const bytes = readFileSync(file)
    // The first word of an overflow page is the number of the next: here of one that is not there.
    const page = Math.floor(bytes.indexOf(state.subarray(50_000, 50_050)) / 4096)
    flip(file, page * 4096)
    const { keep, damage } = await open(folder)
    expect(await keep.tapeState('a', 30)).toBeUndefined()
    expect(damage.map(({ message }) => message).join('\n')).toMatch(
      /row 30 is damaged.*\n.*stays in the file/,
    )
    expect(await rowsIn(keep)).toEqual([10, 20, 40])
    expect(await keep.tapeState('a', 30)).toBeUndefined()
    expect(damage.length).toBe(2)
    await keep.close()
    const { keep: healed, damage: salvaged } = await open(folder)
    expect(salvaged.map(({ message }) => message).join('\n')).toContain(
      '1 rows of tape_states cannot be read',
    )
    expect(await healed.tape('a')).toEqual({ row: 40 })
    expect(await rowsIn(healed)).toEqual([10, 20, 40])
    expect(await healed.tapeState('a', 40)).toEqual({
      state: stateOf(40),
      samples: [10, 20, 30, 40].map((row) => samplesOf(row, 50_000)),
    })
    expect(salvaged.length).toBe(2)
  })

  it('tape states faults - of how a tape stands that is no JSON any more is reported, not given', async () => {
    const { folder, file } = await closedFolder()
    const database = openDatabase(file)
    database.run("UPDATE tapes SET message = '{'")
    database.close()
    const { keep, damage } = await open(folder)
    expect(await keep.tape('a')).toBeUndefined()
    expect(damage).toEqual([{ station: 'a', message: expect.stringContaining('the tape of a is damaged') }])
  })

  it('tape states faults - one for which there is no room leaves those before it, none let go', async () => {
    const { keep } = await open(newFolder(), { maxBytes: 500_000, tapeBytes: 300_000 })
    for (const row of [1, 2]) await writeTapeState(keep, row, { bytes: 100_000 })
    await expect(writeTapeState(keep, 3, { bytes: 600_000 })).rejects.toMatchObject({ code: 'store_full' })
    expect(keep.health()).toContain('the disk is full')
    expect(await rowsIn(keep)).toEqual([1, 2])
    expect((await keep.tapeStates('a')).samplesTo).toBe(2 * HOUR)
    await writeTapeState(keep, 4, { bytes: 100_000 })
    expect(keep.health()).toBeUndefined()
  })

  it.each([false, true])(
    'tape states faults - a file of version 1 is brought up with all that is in it (damaged: %s)',
    async (isDamaged) => {
      const folder = newFolder()
      mkdirSync(folder)
      const file = join(folder, 'tickcast.db')
      const database = openDatabase(file)
      migrate(database, file, MIGRATIONS.slice(0, 1))
      appendTicks(database, [{ station: 'a', receivedAt: 0, tick: JSON.stringify(tickOf(1)) }])
      const record = { what: 'reading', session: '', eventTime: HOUR, message: '{"x":1}' } as const
      writeCheckpoint(database, 'a', {
        position: 1,
        eventTime: HOUR,
        writtenAt: 2 * HOUR,
        state: stateOf(1),
        records: [record],
      })
      writeStation(database, 'a', JSON.stringify(pondMessage))
      database.close()
      if (isDamaged) writeFileSync(filesOf(folder).damaged, '')

      const { keep, damage } = await open(folder)
      expect(await journalled(keep, 'a')).toEqual([{ position: 1, tick: tickOf(1) }])
      expect(await keep.checkpoints('a')).toEqual([{ position: 1, writtenAt: 2 * HOUR, state: stateOf(1) }])
      expect(await keep.records('a', 'reading', { limit: 9 })).toEqual([{ ...record, message: { x: 1 } }])
      await writeTapeState(keep, 1)
      expect(await keep.tapeState('a', 1)).toEqual({ state: stateOf(1, 1000), samples: [samplesOf(1)] })
      expect(damage.map(({ message }) => message)).toEqual(
        isDamaged ? [expect.stringContaining('what could be read goes on')] : [],
      )
      const records = openRecords(folder)
      if (!isDamaged) expect(records.stations()).toEqual([pondMessage])
      records.close()
    },
  )
})
