import { pipeline } from 'node:stream'
import { createGunzip, createInflateRaw } from 'node:zlib'
import { badFile, explained } from './bad-file.ts'
import type { SteadyFile } from './steady-file.ts'

const CHUNK = 64 * 1024
/**
 * Measurements pack to between a third and a thirtieth; packed as tightly as this over so long a stretch is only what
 * repeats itself endlessly, and could go on for as long as it likes.
 */
const MOST_UNPACKED_OF_ONE = 200
const STRETCH = 64 * 1024 * 1024
/** Tapes and disks fill the last block up with zeros. */
const LONGEST_PADDING = 1024 * 1024

/** The text of a gzip file, of one member or several; nothing but zeros may follow them. */
export async function* gunzipped(file: SteadyFile): AsyncGenerator<Uint8Array, void, undefined> {
  const packed = yield* inflated(file.bytes(), { with: createGunzip({ chunkSize: CHUNK }), path: file.path })
  const foreign = () => badFile(file.path, `from byte ${packed} on it is no gzip; expected nothing but gzip`)
  if (file.size - packed > LONGEST_PADDING) throw foreign()
  for await (const chunk of file.bytes({ start: packed }))
    if (chunk.some((byte) => byte !== 0)) throw foreign()
}

/** The text of a member of a zip file; `start` and `end` are where its packed bytes stand. */
export async function* inflatedRaw(
  file: SteadyFile,
  { start, end }: { readonly start: number; readonly end: number },
): AsyncGenerator<Uint8Array, void, undefined> {
  const bytes = file.bytes({ start, end })
  const packed = yield* inflated(bytes, { with: createInflateRaw({ chunkSize: CHUNK }), path: file.path })
  if (packed !== end - start)
    throw badFile(file.path, `its directory says ${end - start} packed bytes; there are ${packed}`)
}

/** Returns how many packed bytes there were. */
async function* inflated(
  packed: AsyncIterable<Uint8Array>,
  {
    with: unzip,
    path,
  }: { readonly with: ReturnType<typeof createGunzip | typeof createInflateRaw>; readonly path: string },
): AsyncGenerator<Uint8Array, number, undefined> {
  pipeline(packed, unzip, () => undefined)
  let stretch = 0
  let unpacked = 0
  let before = 0
  try {
    for await (const chunk of unzip as AsyncIterable<Uint8Array>) {
      yield chunk
      unpacked += chunk.length
      stretch += chunk.length
      if (stretch < STRETCH) continue
      const took = unzip.bytesWritten - before
      if (took * MOST_UNPACKED_OF_ONE < stretch) {
        const megabytes = Math.round(unpacked / (1 << 20))
        throw badFile(
          path,
          `by byte ${unzip.bytesWritten} of it ${megabytes} MiB are unpacked, the last ${STRETCH / (1 << 20)} MiB of ` +
            `${took} bytes; expected at most ${MOST_UNPACKED_OF_ONE} of one`,
        )
      }
      before = unzip.bytesWritten
      stretch = 0
    }
  } catch (cause) {
    if (cause instanceof Error && NO_MEMBER.test(cause.message))
      throw badFile(
        path,
        `after byte ${unzip.bytesWritten} comes what is no gzip; expected nothing but gzip`,
        cause,
      )
    throw explained(path, cause)
  }
  return unzip.bytesWritten
}

/** What zlib says of bytes where another member of a gzip file could begin. */
const NO_MEMBER = /incorrect header check|unknown compression method/
