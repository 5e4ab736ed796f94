import { createWriteStream, mkdtempSync, rmSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { afterAll } from 'vitest'
import { ZipFile } from 'yazl'

/** A folder for the files of one test module; gone after its last test. */
export interface Folder {
  /** Writes a file and says where it is. */
  write(name: string, content: string | Uint8Array): Promise<string>
  /** A zip archive that holds one file. */
  zip(name: string, member: { readonly name: string; readonly content: string }): Promise<string>
  /** The path of a file that nobody wrote. */
  path(name: string): string
}

export function temporaryFolder(): Folder {
  const folder = mkdtempSync(join(tmpdir(), 'tickcast-files-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const path = (name: string): string => join(folder, name)
  return {
    path,
    async write(name, content) {
      await writeFile(path(name), content)
      return path(name)
    },
    async zip(name, { name: member, content }) {
      const archive = new ZipFile()
      archive.addBuffer(Buffer.from(content), member)
      archive.end()
      await pipeline(archive.outputStream, createWriteStream(path(name)))
      return path(name)
    },
  }
}
