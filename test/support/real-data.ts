import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { requirement } from './requirement.ts'

const named = process.env['TICKCAST_TEST_DATA']
const folder = named ?? fileURLToPath(new URL('../../../shared/data', import.meta.url))

/** The path of a file of real measurements, which are too large to be part of the project; undefined where it is not at hand. */
export function realData(file: string): string | undefined {
  const path = join(folder, file)
  return existsSync(path) ? path : undefined
}

/**
 * Tests on a file of real measurements, skipped under a name that says how to get it. Read it in hooks and tests. No
 * package brings these files, so TICKCAST_REQUIRE_ALL=1 asks for them only where a folder is named that should hold them.
 */
export function describeWithData(file: string, body: (path: string) => void): void {
  requirement({
    name: file,
    found: realData(file) !== undefined,
    install: 'TICKCAST_TEST_DATA=<the folder that holds it> npm test',
    installable: named !== undefined,
  }).describe(`on real data, ${file}`, () => body(join(folder, file)))
}
