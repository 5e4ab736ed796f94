import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { ZipFile } from 'yazl'
import { openArchive } from '../../replay/archive.ts'
import { TickcastError } from '../../src/domain/errors.ts'

const TEXT = Array.from({ length: 5000 }, (_, line) => `${line},${Math.sin(line)}\n`).join('')

async function fileOf(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'tickcast-archive-')), name)
  await writeFile(path, content)
  return path
}

async function zipOf(members: Readonly<Record<string, string>>, compress = true): Promise<Buffer> {
  const zip = new ZipFile()
  for (const [name, content] of Object.entries(members))
    zip.addBuffer(Buffer.from(content), name, { compress })
  zip.end()
  return buffer(zip.outputStream)
}

async function read(path: string): Promise<string> {
  const parts: Uint8Array[] = []
  for await (const chunk of (await openArchive(path)).bytes()) parts.push(chunk)
  return Buffer.concat(parts).toString()
}

async function refusal(path: string): Promise<string> {
  const error = await read(path).catch((cause) => cause)
  expect(error).toBeInstanceOf(TickcastError)
  expect(error.code).toBe('bad_file')
  expect(error.message).toContain(`${path}: `)
  return error.message.replace(`${path}: `, '')
}

test('archive - plain, gzip and zip give the same bytes, any number of times, whatever the file is called', async () => {
  const zip = await zipOf({ 'readme.txt': 'no', '__MACOSX/._a.csv': 'no', 'folder/a.csv': TEXT })
  const files = { 'a.csv': TEXT, 'a.csv.gz': gzipSync(TEXT), 'archive.zip': zip, 'odd.dat': gzipSync(TEXT) }
  const names: string[] = []
  for (const [name, content] of Object.entries(files)) {
    const path = await fileOf(name, content)
    expect(await read(path)).toBe(TEXT)
    expect(await read(path)).toBe(TEXT)
    names.push((await openArchive(path)).name)
  }
  expect(names).toEqual(['a.csv', 'a.csv', 'a.csv', 'odd.dat'])
})

test('archive - what is cut off is said to be', async () => {
  const gzip = gzipSync(TEXT)
  expect(await refusal(await fileOf('a.gz', gzip.subarray(0, gzip.length / 2)))).toContain('it is cut off')
  const zip = await zipOf({ 'a.csv': TEXT })
  expect(await refusal(await fileOf('a.zip', zip.subarray(0, zip.length / 2)))).toContain('it is cut off')
})

test('archive - what is corrupt is said to be, a single wrong byte too', async () => {
  const flipped = (bytes: Buffer, at: number) => {
    const changed = Buffer.from(bytes)
    changed[at] = (changed[at] ?? 0) ^ 1
    return changed
  }
  const gzip = gzipSync(TEXT)
  expect(await refusal(await fileOf('a.gz', flipped(gzip, gzip.length - 6)))).toContain('it is corrupt')
  const stored = await zipOf({ 'a.csv': TEXT }, false)
  expect(await refusal(await fileOf('a.zip', flipped(stored, 1000)))).toBe(
    "it is corrupt: the checksum of 'a.csv' is wrong",
  )
})

test('archive - a zip without a CSV names what is in it', async () => {
  expect(await refusal(await fileOf('a.zip', await zipOf({ 'a.txt': 'x', 'b.json': 'y' })))).toBe(
    "no .csv file in it; found 'a.txt', 'b.json'",
  )
})

test('archive - a missing file, a folder, an empty file and a false name are each called what they are', async () => {
  expect(await refusal('/nowhere/a.csv')).toBe('there is no such file')
  const path = await fileOf('a.csv', '')
  expect(await refusal(path)).toContain('it is empty')
  await mkdir(`${path}.d`)
  expect(await refusal(`${path}.d`)).toContain('it is a folder')
  expect(await refusal(await fileOf('a.zip', 'Date Time,T'))).toBe('its bytes are neither gzip nor zip')
})
