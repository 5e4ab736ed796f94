import { existsSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import envPaths from 'env-paths'
import { filesOf } from './files.ts'
import { lockFolder } from './folder-lock.ts'

/** Where stations are kept: the folder asked for, else `TICKCAST_KEEP`, else one by this name among the user's data. */
export function dataFolder(name: string, asked?: string): string {
  return asked || process.env['TICKCAST_KEEP'] || join(usersData(), name)
}

/** Tapes that are kept among the user's data. One can be played again, and each takes up to half a gigabyte. */
const MOST_TAPES = 5

/**
 * Where a tape is kept: the folder asked for, else `TICKCAST_KEEP`, else one by this name among the tapes of the user's
 * data, of which the oldest are let go of.
 */
export function tapeDataFolder(name: string, asked?: string): string {
  const folder = dataFolder(join('tapes', name), asked)
  const tapes = join(usersData(), 'tapes')
  if (folder === join(tapes, name)) letGoOfOldest(tapes, name)
  return folder
}

function usersData(): string {
  return envPaths('tickcast', { suffix: '' }).data
}

function letGoOfOldest(tapes: string, name: string): void {
  if (!existsSync(tapes)) return
  const others = readdirSync(tapes)
    .filter((other) => other !== name && existsSync(filesOf(join(tapes, other)).database))
    .map((other) => ({ folder: join(tapes, other), used: statSync(join(tapes, other)).mtimeMs }))
    .sort((one, other) => other.used - one.used)
  for (const { folder } of others.slice(MOST_TAPES - 1)) {
    try {
      const lock = lockFolder(filesOf(folder), Date.now())
      rmSync(folder, { recursive: true, force: true })
      lock.release()
    } catch {
      // It is in use, or not ours to delete: another time.
    }
  }
}
