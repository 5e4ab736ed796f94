import { join } from 'node:path'
import envPaths from 'env-paths'

/** Where stations are kept: the folder asked for, else `TICKCAST_KEEP`, else one by this name among the user's data. */
export function dataFolder(name: string, asked?: string): string {
  return asked || process.env['TICKCAST_KEEP'] || join(envPaths('tickcast', { suffix: '' }).data, name)
}
