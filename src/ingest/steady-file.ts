import { type BigIntStats, constants } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { badFile, explained } from './bad-file.ts'

/** A regular file that is to stay as it was when it was opened, for as long as it is read. */
export interface SteadyFile {
  readonly path: string
  /** Bytes. */
  readonly size: number
  /** The first four bytes, or as many as there are. */
  readonly head: Uint8Array
  /**
   * Its bytes from `start` up to `end`, any number of times, read as they are consumed. A TickcastError as soon as a
   * read finds the file cut, grown, written to, replaced or gone.
   */
  bytes(range?: {
    readonly start?: number
    readonly end?: number
  }): AsyncGenerator<Uint8Array, void, undefined>
}

const CHUNK = 64 * 1024
/** A pipe that took the file's place must not hold up its opening; Windows has neither. */
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)

/** Opens a regular file that is not empty; `largest` is the most bytes it may have, where there is such a limit. */
export async function openSteadyFile(
  path: string,
  { largest, empty }: { readonly largest?: number; readonly empty: string },
): Promise<SteadyFile> {
  const was = await statOf(path)
  if (was.isDirectory()) throw badFile(path, 'it is a folder; expected a file')
  if (!was.isFile()) throw badFile(path, 'it is no regular file: feed a pipe with `tickcast feed`')
  if (was.size === 0n) throw badFile(path, `it is empty; expected ${empty}`)
  const size = Number(was.size)
  if (largest !== undefined && size > largest)
    throw badFile(path, `it has ${size} bytes; expected at most ${largest}`)

  async function* bytes({ start = 0, end = size } = {}): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      const file = await open(path, FLAGS)
      try {
        checkSame(path, was, await file.stat({ bigint: true }))
        for (let at = start; at < end; ) {
          const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(Math.min(CHUNK, end - at)), {
            position: at,
          })
          // Asked after each read: what comes is of the file that was opened, or nothing comes.
          checkSame(path, was, await stat(path, { bigint: true }))
          if (bytesRead === 0) throw badFile(path, `it ends at byte ${at}; expected ${end}`)
          at += bytesRead
          yield buffer.subarray(0, bytesRead)
        }
      } finally {
        await file.close()
      }
    } catch (cause) {
      throw explained(path, cause)
    }
  }

  const head: number[] = []
  for await (const chunk of bytes({ end: Math.min(4, size) })) head.push(...chunk)
  return { path, size, head: Uint8Array.from(head), bytes }
}

/** The whole text of a small file. */
export async function readSmallFile(
  path: string,
  options: { readonly largest: number; readonly empty: string },
): Promise<string> {
  const file = await openSteadyFile(path, options)
  const chunks: Uint8Array[] = []
  for await (const chunk of file.bytes()) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

async function statOf(path: string): Promise<BigIntStats> {
  try {
    return await stat(path, { bigint: true })
  } catch (cause) {
    throw explained(path, cause)
  }
}

function checkSame(path: string, was: BigIntStats, is: BigIntStats): void {
  const rule = 'expected a file that stays as it is while it is read'
  if (is.dev !== was.dev || is.ino !== was.ino)
    throw badFile(path, `another file took its place while it was read; ${rule}`)
  if (is.size < was.size)
    throw badFile(path, `it was cut from ${was.size} to ${is.size} bytes while it was read; ${rule}`)
  if (is.size > was.size)
    throw badFile(path, `it grew from ${was.size} to ${is.size} bytes while it was read; ${rule}`)
  if (is.mtimeNs !== was.mtimeNs) throw badFile(path, `it was written to while it was read; ${rule}`)
}
