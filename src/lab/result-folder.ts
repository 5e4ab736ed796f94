import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { errorMessage, TickcastError } from '../domain/errors.ts'
import type { Checkpoint } from './checkpoint.ts'
import { checkpointFrom, checkpointText } from './checkpoint.ts'
import { type Outline, outlineSchema } from './outline.ts'
import { type Result, resultKey, resultSchema } from './result.ts'

/** Results on disk: a file each, beside it where training stands as long as it is not through, and the data's outline. */
export interface ResultFolder {
  result(key: string): Promise<Result | undefined>
  results(): Promise<readonly Result[]>
  checkpoint(key: string): Promise<Checkpoint | undefined>
  /** Whatever happens in between, either the old files are there or the new ones. */
  save(result: Result, checkpoint?: Checkpoint): Promise<void>
  outline(): Promise<Outline | undefined>
  saveOutline(outline: Outline): Promise<void>
  /** What a person makes of the results, in paragraphs: the report shows it after its tables. */
  findings(): Promise<string | undefined>
}

const OUTLINE = 'data.json'
const FINDINGS = 'findings.txt'
const CHECKPOINT = '.checkpoint'

export function openResults(folder: string): ResultFolder {
  const read = async <T>(name: string, parse: (text: string) => T): Promise<T | undefined> => {
    const path = join(folder, name)
    try {
      return parse(await readFile(path, 'utf8'))
    } catch (cause) {
      if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined
      throw new TickcastError('bad_file', `${path}: no result of the lab: delete it to have it made anew`, {
        cause,
      })
    }
  }
  const write = async (name: string, text: string): Promise<void> => {
    const path = join(folder, name)
    try {
      await mkdir(folder, { recursive: true })
      await writeFile(`${path}.partial`, text)
      await rename(`${path}.partial`, path)
    } catch (cause) {
      const why = errorMessage(cause)
      throw new TickcastError('usage', `--results ${folder}: cannot be written: ${why}`, { cause })
    }
  }
  const readResult = (key: string) => read(`${key}.json`, (text) => resultSchema.parse(JSON.parse(text)))

  return {
    result: readResult,
    async results() {
      const names = await readdir(folder).catch(() => [])
      const keys = names
        .filter((name) => name.endsWith('.json') && name !== OUTLINE)
        .map((name) => name.slice(0, -5))
      const found = await Promise.all(keys.sort().map(readResult))
      return found.filter((result) => result !== undefined)
    },
    checkpoint: (key) => read(`${key}${CHECKPOINT}`, checkpointFrom),
    async save(result, checkpoint) {
      const key = resultKey(result)
      // The checkpoint holds the epochs too, and goes first: it is what a second run goes by.
      if (checkpoint) await write(`${key}${CHECKPOINT}`, checkpointText(checkpoint))
      await write(`${key}.json`, `${JSON.stringify(result, undefined, 1)}\n`)
      if (!checkpoint) await rm(join(folder, `${key}${CHECKPOINT}`), { force: true })
    },
    outline: () => read(OUTLINE, (text) => outlineSchema.parse(JSON.parse(text))),
    findings: () => read(FINDINGS, (text) => text),
    saveOutline: (outline) => write(OUTLINE, `${JSON.stringify(outline)}\n`),
  }
}
