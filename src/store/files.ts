import { closeSync, copyFileSync, existsSync, fsyncSync, mkdirSync, openSync } from 'node:fs'
import { basename, join } from 'node:path'
import { formatInstant, type Instant } from '../domain/instant.ts'

/** The files of a folder. */
export interface Files {
  readonly folder: string
  readonly database: string
  readonly lock: string
  /** SQLite's log of what is not in the file yet. */
  readonly log: string
  /** SQLite's index of that log, which all that have the file open share. */
  readonly logIndex: string
  /** Is there when the file was found damaged: it is salvaged at the next start. */
  readonly damaged: string
  /** What could be read of a damaged file. */
  readonly salvage: string
  /** Is there when that is complete, and to take the file's place. */
  readonly salvaged: string
}

export function filesOf(folder: string): Files {
  const database = join(folder, 'tickcast.db')
  return {
    folder,
    database,
    lock: join(folder, 'tickcast.lock'),
    log: `${database}-wal`,
    logIndex: `${database}-shm`,
    damaged: join(folder, 'damaged'),
    salvage: `${database}.salvage`,
    salvaged: join(folder, 'salvaged'),
  }
}

/** Copies file and log as they are to a folder of their own, and gives its path. */
export function setAside({ folder, database, log }: Files, now: Instant): string {
  const name = join(folder, `damaged-${formatInstant(now).replaceAll(':', '')}`)
  let aside = name
  for (let count = 2; existsSync(aside); count++) aside = `${name}-${count}`
  mkdirSync(aside, { recursive: true, mode: 0o700 })
  for (const path of [database, log]) {
    if (existsSync(path)) copyFileSync(path, join(aside, basename(path)))
  }
  return aside
}

/** So that a new name in a folder is there after a loss of power too. Not every system can. */
export function syncFolder(folder: string): void {
  try {
    const handle = openSync(folder, 'r')
    try {
      fsyncSync(handle)
    } finally {
      closeSync(handle)
    }
  } catch {
    return
  }
}
