import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { errorMessage, TickcastError } from '../domain/errors.ts'
import type { Instant } from '../domain/instant.ts'
import type { Damage } from '../domain/state-store.ts'
import { asBytes, bytesOf, type Database, openDatabase, textOf, type Value } from './database.ts'
import { type Files, setAside, syncFolder } from './files.ts'
import { RECORD_TABLES } from './record-tables.ts'
import { migrate } from './schema.ts'

/*
 * A damaged file is copied aside, and what can be read of the copy is written to a new one, row by row. That takes the
 * damaged one's place at the next start (`finishSalvage`), when nobody has any of them open.
 */

interface Table {
  readonly name: string
  readonly key: readonly string[]
  readonly values: readonly string[]
}

const CHECKPOINT = ['station', 'position', 'event_time', 'written_at', 'version', 'checksum', 'state']
const TAPE_STATE = ['station', 'row', 'event_time', 'written_at', 'samples_to', 'checksum', 'state']
const TAPE_SAMPLES = ['station', 'row', 'samples_from', 'samples_to', 'checksum', 'samples']

const TABLES: readonly Table[] = [
  { name: 'checkpoints', key: ['rowid'], values: CHECKPOINT },
  { name: 'journal', key: ['position'], values: ['station', 'received_at', 'tick'] },
  ...Object.values(RECORD_TABLES).map((name) => ({
    name,
    key: ['station', 'session', 'event_time'],
    values: ['message'],
  })),
  { name: 'tapes', key: ['station'], values: ['message'] },
  { name: 'tape_states', key: ['rowid'], values: TAPE_STATE },
  { name: 'tape_samples', key: ['rowid'], values: TAPE_SAMPLES },
]

type Key = readonly Value[]

/** Throws a `TickcastError` (`store_damaged`) where not even the names of the tables can be read. */
export function salvage(files: Files, now: Instant, onDamage: (damage: Damage) => void): void {
  const aside = setAside(files, now)
  const source = openDatabase(join(aside, 'tickcast.db'))
  let names: readonly unknown[]
  try {
    // With this SQLite reads a file that is shorter than it says of itself.
    source.all('PRAGMA writable_schema = ON')
    names = source.all(`SELECT ${asBytes('name')} AS name FROM sqlite_schema`).map(({ name }) => textOf(name))
  } catch (cause) {
    const why = errorMessage(cause)
    const message = `${files.database}: damaged beyond reading (${why}): move it away to begin anew`
    throw new TickcastError('store_damaged', message, { cause })
  }
  for (const path of [files.salvage, `${files.salvage}-journal`]) rmSync(path, { force: true })
  const target = openDatabase(files.salvage)
  migrate(target, files.salvage)
  target.transaction(() => {
    // A file of an older version does not have all of them, and so has lost nothing of those.
    for (const table of TABLES.filter(({ name }) => names.includes(name))) {
      const lost = copy(source, target, table)
      if (lost !== undefined) onDamage({ station: undefined, message: `${files.database}: ${lost}` })
    }
    keepCounting(source, target)
  })
  target.close()
  writeFileSync(files.salvaged, '')
  syncFolder(files.folder)
  onDamage({
    station: undefined,
    message: `${files.database}: was damaged; what could be read goes on, the damaged file is in ${aside}`,
  })
}

/** What was salvaged takes its place. May be cut off anywhere and done again. */
export function finishSalvage({ folder, database, log, logIndex, damaged, salvage, salvaged }: Files): void {
  if (!existsSync(salvaged)) return
  // The old log first: SQLite would write it into the new file.
  for (const path of [log, logIndex, damaged]) rmSync(path, { force: true })
  if (existsSync(salvage)) renameSync(salvage, database)
  syncFolder(folder)
  rmSync(salvaged)
}

/** Reads from the first row on and, where it comes no further, from the last row back. In words what could not be read. */
function copy(source: Database, target: Database, table: Table): string | undefined {
  let unread = 0
  const copyOne = (key: Key): void => {
    try {
      copyRow(source, target, table, key)
    } catch {
      unread++
    }
  }
  const up = walk(source, table, 'up', copyOne, () => false)
  if (up.complete) return unread === 0 ? undefined : `${unread} rows of ${table.name} cannot be read`
  const behind = (key: Key): boolean => up.last !== undefined && !isAfter(key, up.last)
  const down = walk(source, table, 'down', copyOne, behind)
  const from = up.last === undefined ? 'the beginning' : up.last.join(' ')
  const to = down.last === undefined ? 'the end' : down.last.join(' ')
  return `rows of ${table.name} between ${from} and ${to} cannot be read`
}

function walk(
  source: Database,
  { name, key }: Table,
  way: 'up' | 'down',
  visit: (key: Key) => void,
  isOver: (key: Key) => boolean,
): { readonly complete: boolean; readonly last: Key | undefined } {
  const columns = key.join(', ')
  const order = key.map((column) => `${column} ${way === 'up' ? 'ASC' : 'DESC'}`).join(', ')
  const behind = `(${columns}) ${way === 'up' ? '>' : '<'} (${key.map(() => '?').join(', ')})`
  // By the table itself: an index may be whole where the table is not, and the other way round.
  const select = (where: string): string =>
    `SELECT ${key.map(whole).join(', ')} FROM ${name} NOT INDEXED ${where} ORDER BY ${order} LIMIT 1`
  let last: Key | undefined
  try {
    for (;;) {
      const row =
        last === undefined ? source.first(select('')) : source.first(select(`WHERE ${behind}`), ...last)
      if (row === undefined) return { complete: true, last }
      const next = key.map((column) => readValue(row, column))
      if (isOver(next)) return { complete: true, last }
      visit(next)
      last = next
    }
  } catch {
    return { complete: false, last }
  }
}

function copyRow(source: Database, target: Database, { name, key, values }: Table, at: Key): void {
  const row = source.first(
    `SELECT ${values.map(whole).join(', ')} FROM ${name} NOT INDEXED WHERE (${key.join(', ')}) = (${key.map(() => '?').join(', ')})`,
    ...at,
  )
  if (row === undefined) throw new Error('a row that was there is not')
  const columns = [...key, ...values]
  target.run(
    `INSERT OR REPLACE INTO ${name}(${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
    ...at,
    ...values.map((column) => readValue(row, column)),
  )
}

/** A column with its type, text as its bytes. */
function whole(column: string): string {
  return `CASE typeof(${column}) WHEN 'text' THEN ${asBytes(column)} ELSE ${column} END AS ${column}_value, typeof(${column}) AS ${column}_type`
}

/** Throws where a text is none any more. */
function readValue(row: Record<string, unknown>, column: string): Value {
  const value = row[`${column}_value`]
  if (row[`${column}_type`] !== 'text') return bytesOf(value) ?? (value as Value)
  const text = textOf(value)
  if (text === undefined) throw new Error('a text that is none any more')
  return text
}

function isAfter(one: Key, other: Key): boolean {
  for (const [index, value] of one.entries()) {
    if (value !== other[index]) return value! > other[index]!
  }
  return false
}

/** No position is given again, whatever was lost of the journal. */
function keepCounting(source: Database, target: Database): void {
  const numbers = [
    'SELECT MAX(seq) AS n FROM sqlite_sequence',
    'SELECT MAX(position) AS n FROM checkpoints',
    'SELECT MAX(position) AS n FROM journal',
  ].flatMap((sql) =>
    [source, target].map((database) => {
      try {
        return Number(database.first(sql)?.['n'] ?? 0)
      } catch {
        return 0
      }
    }),
  )
  target.run("DELETE FROM sqlite_sequence WHERE name = 'journal'")
  target.run("INSERT INTO sqlite_sequence(name, seq) VALUES ('journal', ?)", Math.max(...numbers))
}
