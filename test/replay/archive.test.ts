import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { createGzip, deflateRawSync, gzipSync } from 'node:zlib'
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

/** Bytes of text that the last `read` came to. */
let unpacked = 0

async function read(path: string): Promise<string> {
  const parts: Uint8Array[] = []
  unpacked = 0
  for await (const chunk of (await openArchive(path)).bytes()) {
    unpacked += chunk.length
    parts.push(chunk)
  }
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

/** So many MiB of line ends, as gzip. */
async function bombOf(megabytes: number, before: Uint8Array = Buffer.alloc(0)): Promise<Buffer> {
  const lines = Buffer.alloc(1 << 20, '\n')
  const packing = createGzip({ level: 1 })
  const packed = buffer(packing)
  packing.write(before)
  for (let megabyte = 0; megabyte < megabytes; megabyte++) {
    if (!packing.write(lines)) await once(packing, 'drain')
  }
  packing.end()
  return packed
}

test('archive - what would unpack to a multitude of itself is given up on after a stretch of it', async () => {
  const bomb = await bombOf(70)
  expect(bomb.length).toBeLessThan(1e6)
  const says =
    /^by byte \d+ of it \d+ MiB are unpacked, the last 64 MiB of \d+ bytes; expected at most 200 of one$/
  expect(await refusal(await fileOf('a.csv.gz', bomb))).toMatch(says)
  expect(unpacked).toBeLessThan(65 << 20)
  // A beginning of another kind, which would make up for it in the whole, hides nothing.
  expect(await refusal(await fileOf('a.csv.gz', await bombOf(130, randomBytes(3 << 20))))).toMatch(says)
  expect(unpacked).toBeLessThan(129 << 20)
  const zip = new ZipFile()
  zip.addBuffer(Buffer.alloc(70 << 20, '\n'), 'a.csv', { compressionLevel: 1 })
  zip.end()
  expect(await refusal(await fileOf('a.zip', await buffer(zip.outputStream)))).toMatch(says)
  expect(unpacked).toBeLessThan(65 << 20)
})

test('archive - after gzip only gzip may follow, and the zeros that fill up a block', async () => {
  const gzip = gzipSync(TEXT)
  const followedBy = (...parts: Uint8Array[]) => fileOf('a.csv.gz', Buffer.concat([gzip, ...parts]))
  expect(await read(await followedBy(gzip))).toBe(TEXT + TEXT)
  expect(await read(await followedBy(Buffer.alloc(10_240)))).toBe(TEXT)
  expect(await refusal(await followedBy(Buffer.from('more of it\n')))).toContain('what is no gzip')
  expect(await refusal(await followedBy(Buffer.from('\0\0more of it\n')))).toBe(
    `from byte ${gzip.length} on it is no gzip; expected nothing but gzip`,
  )
  expect(await refusal(await followedBy(Buffer.alloc(2 << 20)))).toContain('it is no gzip')
})

test('archive - a zip whose directory says other sizes than there are is refused by what it says', async () => {
  // In the directory: packed bytes at 20, bytes of text at 24, the member's place at 42.
  const lying = async (at: number, value: number, compress = true) => {
    const zip = await zipOf({ 'a.csv': TEXT }, compress)
    zip.writeUInt32LE(value, zip.indexOf('PK\x01\x02') + at)
    return refusal(await fileOf('a.zip', zip))
  }
  const size = TEXT.length
  expect(await lying(24, 100)).toBe("its directory says 100 bytes of 'a.csv'; there are more")
  expect(unpacked).toBe(0)
  expect(await lying(24, size + 1)).toBe(`its directory says ${size + 1} bytes of 'a.csv'; there are ${size}`)
  expect(await lying(20, 100)).toContain('it is cut off')
  expect(await lying(20, 3e9)).toContain('file data overflows file bounds')
  const packed = deflateRawSync(TEXT).length
  expect(await lying(20, packed + 9)).toBe(
    `its directory says ${packed + 9} packed bytes; there are ${packed}`,
  )
  expect(await lying(42, 5)).toContain('it is corrupt')
})

test('archive - a zip with several tables is refused by their names, for all but one would be lost', async () => {
  const zip = await zipOf({ '2023.csv': TEXT, 'readme.txt': '', '2024.csv': TEXT })
  expect(await refusal(await fileOf('years.zip', zip))).toBe(
    "there are several .csv files in it, '2023.csv' and '2024.csv'; expected one: unpacked, each is given by itself, --data or --outside again",
  )
})

test('archive - a zip of very many members is not searched to its end, and a name is shown in one line', async () => {
  const members = Array.from({ length: 1001 }, (_, index) => [`${index}`, ''])
  expect(await refusal(await fileOf('a.zip', await zipOf(Object.fromEntries(members))))).toContain(
    "it has more than 1000 members; expected one .csv file, and found '0'",
  )
  const name = `${'\u001b[2J\n'.repeat(100)}.txt`
  const line = await refusal(await fileOf('a.zip', await zipOf({ [name]: '' })))
  expect(line).toHaveLength(`no .csv file in it; found ''`.length + 40)
  expect(line).not.toMatch(/\p{Cc}/u)
})

test('archive - a pipe and a device are no files, and nobody waits for them', async () => {
  const pipe = await fileOf('a', '')
  execFileSync('mkfifo', [`${pipe}.pipe`])
  for (const path of [`${pipe}.pipe`, '/dev/zero', '/dev/null'])
    expect(await refusal(path)).toBe('it is no regular file: feed a pipe with `tickcast feed`')
})
