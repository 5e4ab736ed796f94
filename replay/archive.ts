import { createReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { pipeline } from 'node:stream'
import { crc32, createGunzip } from 'node:zlib'
import { type Entry, openPromise, type ZipFile } from 'yauzl'
import { TickcastError } from '../src/domain/errors.ts'

/** A file of text, packed or not. */
export interface Archive {
  /** The name of the text itself, without what it is packed in: `jena.csv` for `jena.csv.gz`. */
  readonly name: string
  readonly packing: 'none' | 'gzip' | 'zip'
  /** Size on disk. */
  readonly size: number
  /**
   * The text's bytes from the start, unpacked as they are consumed; any number of times. Where the file turns out to
   * be cut off or corrupt, a TickcastError naming it.
   */
  bytes(): AsyncGenerator<Uint8Array, void, undefined>
}

const CHUNK = 64 * 1024

/** Opens a plain, gzip or zip file, told apart by its first bytes. */
export async function openArchive(path: string): Promise<Archive> {
  const { size, head } = await beginning(path)
  const name = shortName(path)
  if (head[0] === 0x1f && head[1] === 0x8b) {
    const unzip = () => pipeline(createReadStream(path), createGunzip({ chunkSize: CHUNK }), () => undefined)
    return { name: name.replace(/\.gz$/i, ''), packing: 'gzip', size, bytes: () => guarded(unzip(), path) }
  }
  if (head[0] === 0x50 && head[1] === 0x4b) {
    const member = await csvMember(path)
    return { name: shortName(member), packing: 'zip', size, bytes: () => zipBytes(path, member) }
  }
  if (/\.(gz|zip)$/i.test(path)) throw badFile(path, 'its bytes are neither gzip nor zip')
  const read = () => createReadStream(path, { highWaterMark: CHUNK })
  return { name, packing: 'none', size, bytes: () => guarded(read(), path) }
}

/** Rows and the ids of ticks contain the file's name, so a long one is cut. */
function shortName(path: string): string {
  return basename(path).slice(-100)
}

async function beginning(path: string): Promise<{ size: number; head: Uint8Array }> {
  try {
    const found = await stat(path)
    if (found.isDirectory()) throw badFile(path, 'it is a folder; expected a file')
    if (!found.isFile()) throw badFile(path, 'it is no regular file: feed a pipe with `tickcast feed`')
    if (found.size === 0) throw badFile(path, 'it is empty; expected a header and rows')
    const file = await open(path)
    try {
      const { buffer } = await file.read(Buffer.alloc(4), 0, 4, 0)
      return { size: found.size, head: buffer }
    } finally {
      await file.close()
    }
  } catch (cause) {
    throw explained(path, cause)
  }
}

async function* zipBytes(path: string, member: string): AsyncGenerator<Uint8Array, void, undefined> {
  const zip = await openPromise(path, { autoClose: false }).catch((cause: unknown) => {
    throw explained(path, cause)
  })
  try {
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName !== member) continue
      yield* checked(await zip.openReadStreamPromise(entry), entry, path)
      return
    }
  } catch (cause) {
    throw explained(path, cause)
  } finally {
    zip.close()
  }
}

/** Yauzl compares sizes but not the checksum; unchecked, a flipped bit could pass for a measurement. */
async function* checked(stream: AsyncIterable<Uint8Array>, entry: Entry, path: string) {
  let sum = 0
  for await (const chunk of stream) {
    sum = crc32(chunk, sum)
    yield chunk
  }
  if (sum !== entry.crc32) throw badFile(path, `it is corrupt: the checksum of '${entry.fileName}' is wrong`)
}

/** The first .csv member, but for the shadow copies that macOS packs along. */
async function csvMember(path: string): Promise<string> {
  let zip: ZipFile | undefined
  try {
    zip = await openPromise(path, { autoClose: false })
    const names: string[] = []
    for await (const entry of zip.eachEntry()) {
      if (/\.csv$/i.test(entry.fileName) && !/^__MACOSX\//.test(entry.fileName)) {
        if (!entry.canDecodeFileData())
          throw badFile(path, `'${entry.fileName}' is encrypted or packed in an unknown way`)
        return entry.fileName
      }
      if (names.length < 5) names.push(`'${entry.fileName}'`)
    }
    throw badFile(path, `no .csv file in it; found ${names.join(', ') || 'nothing'}`)
  } catch (cause) {
    throw explained(path, cause)
  } finally {
    zip?.close()
  }
}

async function* guarded(
  stream: AsyncIterable<Uint8Array>,
  path: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* stream
  } catch (cause) {
    throw explained(path, cause)
  }
}

function badFile(path: string, problem: string, cause?: unknown): TickcastError {
  return new TickcastError('bad_file', `${path}: ${problem}`, { cause })
}

const PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'it may not be read: permission denied',
  EISDIR: 'it is a folder; expected a file',
  Z_BUF_ERROR: 'it is cut off: the packed data ends too early',
}

/** Rewrites an error of the unpacking libraries as one that names the file and what is wrong with it. */
function explained(path: string, cause: unknown): TickcastError {
  if (cause instanceof TickcastError) return cause
  if (!(cause instanceof Error)) return badFile(path, String(cause), cause)
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : ''
  const known = PROBLEMS[code]
  if (known) return badFile(path, known, cause)
  if (/end of central directory/i.test(cause.message))
    return badFile(path, 'it is cut off: the zip directory at its end is missing', cause)
  return badFile(
    path,
    `${code.startsWith('E') ? 'it cannot be read' : 'it is corrupt'}: ${cause.message}`,
    cause,
  )
}
