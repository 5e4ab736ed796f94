import { constants, existsSync } from 'node:fs'
import { cp, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import Libsql from 'libsql'
import { openTape } from '../replay/open-tape.ts'
import { formatInstant } from '../src/domain/instant.ts'
import type { RawRow } from '../src/ingest/raw-row.ts'
import { run } from './durable-process.ts'
import { rowsOfPast, type TableBytes } from './durable-table.ts'

export interface Length {
  readonly name: string
  readonly days: number
}

export const LENGTHS: readonly Length[] = [
  { name: '1 month', days: 30 },
  { name: '6 months', days: 183 },
  { name: '1 year', days: 365 },
  { name: '2 years', days: 730 },
  { name: '4 years', days: 1461 },
  { name: '8 years', days: 2922 },
]

/** Rows that no past has: what is lived after it. */
const LEFT = 500

/** Past lives of a station by the hour, kept in a folder each. */
export interface Pasts {
  /** All rows of the file. */
  readonly rows: readonly RawRow[]
  /** Rows that a past of that length has. */
  count(length: Length): number
  /** A folder of a station that has lived for so long, made once; to be copied, not to be used. */
  live(length: Length): Promise<string>
  /** The same of a tape that was played so far. */
  tape(length: Length): Promise<string>
}

export interface PastsOptions {
  readonly data: string
  readonly station: string
  /** Where they are made, and found again by the next run. */
  readonly folder: string
  readonly onMaking: (what: string) => void
}

/** A longer past goes on from the next shorter one that is there. */
export async function openPasts({ data, station, folder, onMaking }: PastsOptions): Promise<Pasts> {
  await mkdir(folder, { recursive: true })
  const rows: RawRow[] = []
  for await (const batch of (await openTape({ data, station })).rows()) rows.push(...batch)
  const lines = (await readFile(data, 'utf8')).trimEnd().split('\n')
  if (lines.length !== rows.length + 1) throw new Error(`${data}: expected a head and a line a row`)
  const count = ({ days }: Length): number => rowsOfPast(days, { all: rows.length, left: LEFT })

  const past = async (
    kind: 'live' | 'tape',
    length: Length,
    live: (keep: string) => Promise<unknown>,
  ): Promise<string> => {
    const place = ({ name }: Length): string => join(folder, `${kind} ${name}`)
    if (existsSync(place(length))) return place(length)
    onMaking(`${kind} ${length.name}`)
    const shorter = LENGTHS.filter((each) => each.days < length.days && existsSync(place(each))).at(-1)
    const unfinished = join(folder, 'unfinished')
    await rm(unfinished, { recursive: true, force: true })
    if (shorter) await copied(place(shorter), unfinished)
    await live(unfinished)
    await rename(unfinished, place(length))
    return place(length)
  }

  return {
    rows,
    count,
    live: (length) =>
      past('live', length, async (keep) => {
        const part = join(folder, 'part.csv')
        await writeFile(part, `${lines.slice(0, count(length) + 1).join('\n')}\n`)
        await run(['learn', '--data', part, '--station', station, '--keep', keep])
      }),
    tape: (length) =>
      past('tape', length, (keep) => {
        const until = formatInstant(rows[count(length)]!.eventTime!)
        const played = ['start', '--data', data, '--station', station, '--until', until, '--until-end']
        return run([...played, '--speed', 'max', '--keep', keep])
      }),
  }
}

/** Where the file system can, a copy shares its blocks. */
export function copied(from: string, to: string): Promise<void> {
  return cp(from, to, { recursive: true, mode: constants.COPYFILE_FICLONE })
}

export async function folderBytes(folder: string): Promise<number> {
  const sizes = (await readdir(folder)).map(async (name) => (await stat(join(folder, name))).size)
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
}

/** Of the newest checkpoint. */
export function stateBytes(folder: string): number {
  return reading(folder, (database) => {
    const row = database
      .prepare('SELECT length(state) AS size FROM checkpoints ORDER BY position DESC')
      .get([])
    return Number((row as { size?: number } | undefined)?.size ?? 0)
  })
}

const TABLES = ['readings', 'forecasts', 'scores', 'checkpoints', 'journal'] as const

/** With their indexes, as SQLite counts its pages. */
export function tableBytes(folder: string): readonly TableBytes[] {
  return reading(folder, (database) => {
    const pages = database
      .prepare(
        `SELECT coalesce(m.tbl_name, s.name) AS name, sum(s.pgsize) AS bytes
         FROM dbstat AS s LEFT JOIN sqlite_schema AS m ON m.name = s.name GROUP BY 1`,
      )
      .all([]) as { name: string; bytes: number }[]
    const known = TABLES.map((name) => {
      const { count } = database.prepare(`SELECT count(*) AS count FROM ${name}`).get([]) as { count: number }
      return { name, rows: count, bytes: pages.find((page) => page.name === name)?.bytes ?? 0 }
    })
    const all = pages.reduce((sum, { bytes }) => sum + bytes, 0)
    const others = all - known.reduce((sum, { bytes }) => sum + bytes, 0)
    return [...known, { name: 'everything else', rows: 0, bytes: others }]
  })
}

function reading<T>(folder: string, read: (database: Libsql.Database) => T): T {
  const database = new Libsql(join(folder, 'tickcast.db'), { readonly: true })
  try {
    return read(database)
  } finally {
    database.close()
  }
}
