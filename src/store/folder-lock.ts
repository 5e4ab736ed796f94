import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { TickcastError } from '../domain/errors.ts'
import { formatInstant, type Instant } from '../domain/instant.ts'
import { type Database, openDatabase } from './database.ts'
import type { Files } from './files.ts'

/** A folder that is this process's alone until it is let go, or until the process ends, however it does. */
export interface FolderLock {
  release(): void
}

/**
 * SQLite's own lock on an empty file beside the store's: the operating system takes it back with the process. Nobody
 * may open that file in another way, for a process loses all its locks on a file when it closes any handle of it.
 * Throws a `TickcastError` (`store_in_use`) with the holder's process id and since when it holds it.
 */
export function lockFolder({ folder, lock }: Files, since: Instant): FolderLock {
  const database = openDatabase(lock)
  const owner = join(folder, 'owner.json')
  try {
    take(database)
    // Readable while the lock is held, unlike what is within the locked file.
    writeFileSync(owner, JSON.stringify({ pid: process.pid, since: formatInstant(since) }))
  } catch (error) {
    database.close()
    throw error instanceof Error && 'code' in error && error.code === 'SQLITE_BUSY'
      ? new TickcastError('store_in_use', `${folder}: in use by ${describe(owner)}`, { cause: error })
      : error
  }
  return {
    release() {
      rmSync(owner, { force: true })
      // A connection that is closed keeps its lock until the driver lets go of its statements.
      database.exec('ROLLBACK')
      database.close()
    },
  }
}

function take(database: Database): void {
  database.all('PRAGMA busy_timeout = 0')
  database.exec('BEGIN EXCLUSIVE')
}

/** What the holder wrote of itself; it may not have come to it yet. */
function describe(owner: string): string {
  try {
    const { pid, since } = JSON.parse(readFileSync(owner, 'utf8')) as { pid: number; since: string }
    return `process ${pid} since ${since}`
  } catch {
    return 'a process that has just begun'
  }
}
