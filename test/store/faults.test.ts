import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openDatabase } from '../../src/store/database.ts'
import { filesOf } from '../../src/store/files.ts'
import type { Keep } from '../../src/store/keep.ts'
import { openRecords } from '../../src/store/records.ts'
import { MIGRATIONS, migrate } from '../../src/store/schema.ts'
import { crashImage, flip, keepFixture } from '../support/keep-fixture.ts'
import { journalled, stateOf, tickOf } from '../support/keep-samples.ts'

const { folder: newFolder, open } = keepFixture()

const checkpoint = (keep: Keep, position: number, state = stateOf(position)) =>
  keep.checkpoint('a', {
    position,
    eventTime: position,
    state,
    records: [{ what: 'reading', session: '', eventTime: position, message: { position } }],
  })

const positions = (rows: readonly { readonly position: number }[]) => rows.map(({ position }) => position)

/** Four ticks, checkpoints behind the second and the fourth, and the folder closed. */
async function closedFolder(): Promise<{ folder: string; file: string }> {
  const folder = newFolder()
  const { keep } = await open(folder)
  for (let id = 1; id <= 4; id++) {
    await keep.append('a', tickOf(id))
    if (id % 2 === 0) await checkpoint(keep, id)
  }
  await keep.close()
  return { folder, file: join(folder, 'tickcast.db') }
}

/** Of a store that is open: ten ticks, each a commit of its own, as a loss of power leaves them. */
async function crashed({ withIndex }: { withIndex: boolean }): Promise<{ folder: string; log: string }> {
  const [live, folder] = [newFolder(), newFolder()]
  const { keep } = await open(live)
  for (let id = 1; id <= 10; id++) await keep.append('a', tickOf(id))
  mkdirSync(folder)
  crashImage(live, folder, { withIndex })
  return { folder, log: join(folder, 'tickcast.db-wal') }
}

describe('store faults', () => {
  it('store faults - a folder in use is refused, with the process and since when', async () => {
    const folder = newFolder()
    const clock = { now: () => Date.parse('2026-01-02T03:04:05Z'), sleep: async () => undefined }
    await open(folder, { clock })
    await expect(open(folder)).rejects.toMatchObject({
      code: 'store_in_use',
      message: `${folder}: in use by process ${process.pid} since 2026-01-02T03:04:05Z`,
    })
  })

  it('store faults - a folder that was refused is free once its holder closes it', async () => {
    const folder = newFolder()
    const { keep } = await open(folder)
    await expect(open(folder)).rejects.toMatchObject({ code: 'store_in_use' })
    await keep.append('a', tickOf(1))
    await keep.close()
    expect(positions(await journalled((await open(folder)).keep, 'a'))).toEqual([1])
  })

  it('store faults - a damaged checkpoint is reported, and the one before it given', async () => {
    const { folder, file } = await closedFolder()
    // Within a state's pages that hold nothing else.
    flip(file, readFileSync(file).indexOf(stateOf(4).subarray(50_000, 50_050)))
    const { keep, damage } = await open(folder)
    expect(damage).toEqual([])
    const [found, ...others] = await keep.checkpoints('a')
    expect(others).toEqual([])
    expect(found).toMatchObject({ position: 2, state: stateOf(2) })
    expect(damage).toEqual([
      { station: 'a', message: 'the checkpoint of a at position 4 is damaged: its checksum is another' },
    ])
    expect(positions(await journalled(keep, 'a', 2))).toEqual([3, 4])
  })

  it('store faults - a damaged checkpoint does not count as one of the two that are kept', async () => {
    const { folder, file } = await closedFolder()
    flip(file, readFileSync(file).indexOf(stateOf(4).subarray(50_000, 50_050)))
    const { keep } = await open(folder)
    await keep.checkpoints('a')
    await keep.append('a', tickOf(5))
    await checkpoint(keep, 5)
    expect(positions(await keep.checkpoints('a'))).toEqual([5, 2])
    expect(positions(await journalled(keep, 'a', 2))).toEqual([3, 4, 5])
  })

  it('store faults - of a file that was cut short goes on what can be read of it', async () => {
    const { folder, file } = await closedFolder()
    const whole = readFileSync(file)
    truncateSync(file, whole.indexOf(stateOf(4).subarray(50_000, 50_050)))
    const { keep, damage } = await open(folder)
    expect(positions(await keep.checkpoints('a'))).toEqual([2])
    expect((await keep.checkpoints('a'))[0]?.state).toEqual(stateOf(2))
    expect(damage.map(({ message }) => message).join('\n')).toMatch(/was damaged; what could be read goes on/)
    expect(positions(await journalled(keep, 'a'))).toEqual([3, 4])
    expect(await keep.append('a', tickOf(5))).toBe(5)
    const aside = readdirSync(folder).filter((name) => name.startsWith('damaged-'))
    expect(aside.length).toBe(1)
    expect(statSync(join(folder, aside[0]!, 'tickcast.db')).size).toBeLessThan(whole.length)
  })

  it('store faults - a file found damaged while it is used is salvaged at the next start', async () => {
    const { folder, file } = await closedFolder()
    const database = openDatabase(file)
    const { rootpage } = database.first("SELECT rootpage FROM sqlite_schema WHERE name = 'readings'") as {
      rootpage: number
    }
    database.close()
    for (let at = 0; at < 20; at++) flip(file, (rootpage - 1) * 4096 + at)
    const { keep } = await open(folder)
    await expect(keep.records('a', 'reading', { limit: 1 })).rejects.toMatchObject({ code: 'store_damaged' })
    expect(await keep.append('a', tickOf(5))).toBe(5)
    await keep.close()
    const { keep: healed, damage } = await open(folder)
    expect(await healed.records('a', 'reading', { limit: 1 })).toEqual([])
    expect(positions(await healed.checkpoints('a'))).toEqual([4, 2])
    expect(positions(await journalled(healed, 'a', 2))).toEqual([3, 4, 5])
    expect(damage.map(({ message }) => message).join('\n')).toContain('rows of readings')
    await healed.close()
    expect((await open(folder)).damage).toEqual([])
  })

  it('store faults - positions go on behind a salvage too, whatever was let go before', async () => {
    const { folder } = await closedFolder()
    const { keep } = await open(folder)
    await keep.remove('a')
    await keep.close()
    writeFileSync(filesOf(folder).damaged, '')
    expect(await (await open(folder)).keep.append('a', tickOf(5))).toBe(5)
  })

  it('store faults - a file of which nothing can be read is refused by name, and left', async () => {
    const { folder, file } = await closedFolder()
    writeFileSync(file, 'no database at all'.repeat(1000))
    await expect(open(folder)).rejects.toMatchObject({
      code: 'store_damaged',
      message: expect.stringContaining(`${file}: damaged beyond reading`),
    })
    expect(readFileSync(file, 'utf8')).toBe('no database at all'.repeat(1000))
  })

  it('store faults - a write that was cut off in the log is none: the ones before it stand, nothing is reported', async () => {
    const { folder, log } = await crashed({ withIndex: false })
    truncateSync(log, readFileSync(log).length - 1000)
    const { keep, damage } = await open(folder)
    expect(positions(await journalled(keep, 'a'))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(damage).toEqual([])
    expect(await keep.append('a', tickOf(10))).toBe(10)
  })

  it('store faults - a log that is whole is no damage', async () => {
    const { folder } = await crashed({ withIndex: true })
    const { keep, damage } = await open(folder)
    expect(positions(await journalled(keep, 'a'))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    expect(damage).toEqual([])
  })

  it('store faults - damage amid the log is reported, and the log set aside', async () => {
    const { folder, log } = await crashed({ withIndex: false })
    const bytes = readFileSync(log)
    flip(log, bytes.length - 6 * 4096)
    const damagedLog = readFileSync(log)
    const { keep, damage } = await open(folder)
    expect(damage.map(({ message }) => message)).toEqual([expect.stringContaining('commits are lost')])
    expect((await journalled(keep, 'a')).length).toBeLessThan(10)
    const [aside] = readdirSync(folder).filter((name) => name.startsWith('damaged-'))
    expect(readFileSync(join(folder, aside!, 'tickcast.db-wal')).equals(damagedLog)).toBe(true)
  })

  it('store faults - damage of the log is reported once: a crash behind it finds no more', async () => {
    const { folder, log } = await crashed({ withIndex: false })
    flip(log, readFileSync(log).length - 20 * 4096)
    const { keep, damage } = await open(folder)
    expect(damage.length).toBe(1)
    await keep.append('a', tickOf(11))
    const again = newFolder()
    mkdirSync(again)
    crashImage(folder, again, { withIndex: true })
    expect((await open(again)).damage).toEqual([])
  })

  it('store faults - a log that lost its end while its index remained is reported', async () => {
    const { folder, log } = await crashed({ withIndex: true })
    truncateSync(log, readFileSync(log).length - 3 * (4096 + 24))
    const { damage } = await open(folder)
    expect(damage.map(({ message }) => message)).toEqual([expect.stringContaining('that were on the disk')])
  })

  it('store faults - a log with a damaged header is reported', async () => {
    const { folder, log } = await crashed({ withIndex: false })
    flip(log, 17)
    const { damage } = await open(folder)
    expect(damage.map(({ message }) => message)).toEqual([expect.stringContaining('its header is damaged')])
  })

  it('store faults - a tick that is no JSON any more is reported and left out', async () => {
    const { folder, file } = await closedFolder()
    const database = openDatabase(file)
    database.run("UPDATE journal SET tick = '{' WHERE position = 3")
    database.close()
    const { keep, damage } = await open(folder)
    expect(positions(await journalled(keep, 'a'))).toEqual([4])
    expect(damage).toEqual([
      { station: 'a', message: expect.stringContaining('the tick at position 3 of a') },
    ])
  })

  it('store faults - a text that is no text any more is reported and left out, wherever it stands', async () => {
    const { folder, file } = await closedFolder()
    const database = openDatabase(file)
    // As a bit that flipped leaves it: no UTF-8.
    database.run("UPDATE journal SET tick = CAST(x'7bff7d' AS TEXT) WHERE position = 3")
    database.run("UPDATE readings SET message = CAST(x'7bff7d' AS TEXT) WHERE event_time = 2")
    database.run("UPDATE checkpoints SET checksum = CAST(x'ff' AS TEXT) WHERE position = 4")
    database.run("INSERT INTO tapes(station, message) VALUES ('a', CAST(x'7bff7d' AS TEXT))")
    database.close()
    const { keep, damage } = await open(folder)
    expect(positions(await journalled(keep, 'a'))).toEqual([4])
    expect(positions(await keep.checkpoints('a'))).toEqual([2])
    expect((await keep.records('a', 'reading', { limit: 9 })).map(({ eventTime }) => eventTime)).toEqual([4])
    expect(await keep.tape('a')).toBeUndefined()
    const told = ['tick at position 3', 'checkpoint of a at position 4', 'reading of 1970', 'the tape of a']
    expect(damage.map(({ message }) => message)).toEqual(told.map((text) => expect.stringContaining(text)))
    await keep.close()
    const records = openRecords(folder)
    expect(() => records.records('a', 'reading', { limit: 9 })).toThrow(
      /the reading of 1970-01-01T00:00:00.002Z is damaged/,
    )
    expect(records.keys('a', 'reading', 'position')).toEqual([])
    records.close()
  })

  it('store faults - of a damaged file with such a text goes on what else can be read of it', async () => {
    const { folder, file } = await closedFolder()
    const database = openDatabase(file)
    database.run("UPDATE readings SET message = CAST(x'7bff7d' AS TEXT) WHERE event_time = 2")
    database.close()
    truncateSync(file, readFileSync(file).indexOf(stateOf(4).subarray(50_000, 50_050)))
    const first = await open(folder)
    await first.keep.checkpoints('a')
    await first.keep.close()
    const { keep, damage } = await open(folder)
    expect((await keep.records('a', 'reading', { limit: 9 })).map(({ eventTime }) => eventTime)).toEqual([4])
    expect(damage.map(({ message }) => message)).toContainEqual(
      expect.stringContaining('1 rows of readings cannot be read'),
    )
  })

  it('store faults - a file that is empty is said to have been so', async () => {
    const { folder, file } = await closedFolder()
    truncateSync(file, 0)
    const { damage } = await open(folder)
    expect(damage.map(({ message }) => message)).toEqual([
      `${file} is empty: whatever was kept there is gone, and all begins from nothing`,
    ])
  })

  it('store faults - without room a tick is rejected, health says why, and it goes on when there is room', async () => {
    const folder = newFolder()
    const { keep } = await open(folder, { maxBytes: 500_000 })
    const kept: number[] = []
    let rejection: unknown
    for (let id = 1; rejection === undefined; id++) {
      try {
        kept.push(await keep.append(id % 2 === 0 ? 'a' : 'b', tickOf(`${id} ${'x'.repeat(2000)}`)))
      } catch (error) {
        rejection = error
      }
    }
    expect(rejection).toMatchObject({ name: 'TickcastError', code: 'store_full' })
    expect(keep.health()).toContain('the disk is full')
    await expect(checkpoint(keep, 4)).rejects.toMatchObject({ code: 'store_full' })
    expect(await keep.checkpoints('a')).toEqual([])
    await keep.remove('b')
    expect(keep.health()).toBeUndefined()
    expect(await keep.append('a', tickOf(0))).toBe(kept.length + 1)
    expect(positions(await journalled(keep, 'a'))).toEqual([
      ...kept.filter((position) => position % 2 === 0),
      kept.length + 1,
    ])
  })

  it('store faults - of a folder that is removed while it is used nothing is acknowledged any more', async () => {
    const folder = newFolder()
    const { keep } = await open(folder)
    await keep.append('a', tickOf(1))
    rmSync(folder, { recursive: true })
    const refused = { code: 'store_unwritable', message: expect.stringContaining('was removed or replaced') }
    await expect(keep.append('a', tickOf(2))).rejects.toMatchObject(refused)
    await expect(checkpoint(keep, 1)).rejects.toMatchObject(refused)
    expect(keep.health()).toContain('start again')
  })

  it('store faults - a checkpoint for which there is no room leaves the ones before it, and ticks go on', async () => {
    const { keep } = await open(newFolder(), { maxBytes: 1_000_000 })
    await checkpoint(keep, 1)
    await expect(checkpoint(keep, 2, stateOf(2, 2_000_000))).rejects.toMatchObject({ code: 'store_full' })
    expect(positions(await keep.checkpoints('a'))).toEqual([1])
    expect(await keep.append('a', tickOf(1))).toBe(1)
    expect(keep.health()).toBeUndefined()
  })

  it('store faults - others may read while it is written, and see whole commits', async () => {
    const folder = newFolder()
    const { keep } = await open(folder)
    await keep.append('a', tickOf(1))
    const reader = openDatabase(join(folder, 'tickcast.db'))
    const count = () => reader.first('SELECT COUNT(*) AS n FROM journal')?.['n']
    reader.exec('BEGIN')
    expect(count()).toBe(1)
    await keep.append('a', tickOf(2))
    await checkpoint(keep, 2)
    expect(count()).toBe(1)
    reader.exec('COMMIT')
    expect(count()).toBe(2)
    reader.close()
  })

  it('store faults - a tick waits for another program that writes just now', async () => {
    const folder = newFolder()
    const { keep } = await open(folder)
    const other = openDatabase(join(folder, 'tickcast.db'))
    other.exec('BEGIN IMMEDIATE')
    const appended = keep.append('a', tickOf(1))
    other.run("INSERT INTO meta(key, value) VALUES ('note', 'x')")
    // Meanwhile another thread is started and opens a file: the tick has long been tried, and would have been rejected.
    await open(newFolder())
    other.exec('COMMIT')
    expect(await appended).toBe(1)
    other.close()
  })

  it.each(['before', 'behind'] as const)(
    'store faults - a salvage that is cut off %s the new file takes its place is finished at the next start',
    async (when) => {
      const { folder, file } = await closedFolder()
      const files = filesOf(folder)
      const sound = readFileSync(file)
      if (when === 'before') {
        writeFileSync(files.salvage, sound)
        truncateSync(file, 5000)
        writeFileSync(files.damaged, '')
        // What the damaged file's log holds is not for the new file.
        copyFileSync((await crashed({ withIndex: false })).log, files.log)
      }
      writeFileSync(files.salvaged, '')
      const { keep, damage } = await open(folder)
      expect(positions(await keep.checkpoints('a'))).toEqual([4, 2])
      expect(damage).toEqual([])
      for (const path of [files.salvage, files.salvaged, files.damaged]) expect(existsSync(path)).toBe(false)
    },
  )

  it('store faults - a folder that cannot be made is refused by name', async () => {
    const file = newFolder()
    writeFileSync(file, '')
    // In the last of them nothing can be made, whoever asks.
    const inSystem = existsSync('/proc/self') ? ['/proc/tickcast/keep'] : []
    for (const folder of [file, join(file, 'below'), ...inSystem]) {
      await expect(open(folder)).rejects.toMatchObject({
        code: 'store_unwritable',
        message: expect.stringContaining(`${folder}: stations cannot be kept here`),
      })
    }
  })

  it('store faults - a database of another program is refused by name, and left', async () => {
    const folder = newFolder()
    mkdirSync(folder)
    const file = join(folder, 'tickcast.db')
    const other = openDatabase(file)
    other.exec('CREATE TABLE other(x)')
    other.close()
    const before = readFileSync(file)
    await expect(open(folder)).rejects.toMatchObject({
      code: 'store_version',
      message: expect.stringContaining(`${file}: a database of another program`),
    })
    expect(readFileSync(file).equals(before)).toBe(true)
  })

  it('store faults - a file of a newer version is refused by name', async () => {
    const { folder, file } = await closedFolder()
    const database = openDatabase(file)
    database.exec('PRAGMA user_version = 99')
    database.close()
    await expect(open(folder)).rejects.toMatchObject({
      code: 'store_version',
      message: expect.stringContaining(`${file}: of version 99, which a newer tickcast wrote`),
    })
    expect(existsSync(join(folder, 'owner.json'))).toBe(false)
  })

  it('store faults - an older version is brought up step by step, all of it or nothing', async () => {
    const { file } = await closedFolder()
    const database = openDatabase(file)
    const added = (name: string) => () => database.exec(`ALTER TABLE meta ADD COLUMN ${name}`)
    const never = () => {
      throw new Error('a step that has been done')
    }
    const failing = () => {
      throw new Error('no')
    }
    const version = () => database.first('PRAGMA user_version')?.['user_version']
    const columns = () => database.all('PRAGMA table_info(meta)').map(({ name }) => name)
    const done = MIGRATIONS.map(() => never)
    expect(() => migrate(database, file, [...done, added('x'), failing])).toThrow('no')
    expect([version(), columns()]).toEqual([done.length, ['key', 'value']])
    migrate(database, file, [...done, added('x'), added('y')])
    expect([version(), columns()]).toEqual([done.length + 2, ['key', 'value', 'x', 'y']])
    database.close()
  })
})
