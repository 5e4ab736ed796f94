import { badFile } from '../src/ingest/bad-file.ts'
import { type LineBlock, linesOf } from '../src/ingest/lines.ts'
import { chunkDecoder } from '../src/ingest/text-decoder.ts'
import type { Archive } from './archive.ts'

/** Whole lines that stand together. */
interface Block {
  readonly start: number
  readonly end: number
  /** Number of its first line, from 1. */
  readonly first: number
}

/** What is made of one is made in one go, so it is small. */
const BLOCK_BYTES = 16 * 1024
/** What is packed can only be read from its beginning, so it is unpacked into memory. */
const LARGEST_UNPACKED = 64 * 1024 * 1024

/**
 * The lines of a text from the last to the line of number `from`, for files in which the newest row comes first. The
 * text is gone through once to find the lines, and then read block by block from its end.
 */
export async function* reversedLines(
  archive: Archive,
  { from, encoding }: { readonly from: number; readonly encoding: string | undefined },
): AsyncGenerator<LineBlock, void, undefined> {
  const { name } = archive
  const range = archive.packing === 'none' ? archive.file.bytes : await unpacked(archive)
  const { blocks, encoding: found } = await blocksOf(range(), { name, encoding })
  for (const { start, end, first } of blocks.reverse()) {
    const lines: string[] = []
    for await (const block of linesOf(range({ start, end }), { name, encoding: found }))
      lines.push(...block.lines)
    const wanted = lines.slice(Math.max(0, from - first))
    if (wanted.length === 0) return
    yield { lines: wanted.reverse(), first: first + lines.length - 1, step: -1, open: false }
  }
}

type Range = (range?: {
  readonly start?: number
  readonly end?: number
}) => AsyncGenerator<Uint8Array, void, undefined>

async function unpacked(archive: Archive): Promise<Range> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of archive.bytes()) {
    size += chunk.length
    if (size > LARGEST_UNPACKED)
      throw badFile(
        archive.file.path,
        `its newest row comes first, and unpacked it has more than ${LARGEST_UNPACKED} bytes: unpack it, and name the unpacked file`,
      )
    chunks.push(chunk)
  }
  const whole = Buffer.concat(chunks)
  return async function* ({ start = 0, end = whole.length } = {}) {
    yield whole.subarray(start, end)
  }
}

async function blocksOf(
  bytes: AsyncIterable<Uint8Array>,
  options: { readonly name: string; readonly encoding: string | undefined },
): Promise<{ readonly blocks: Block[]; readonly encoding: string | undefined }> {
  const blocks: Block[] = []
  let encoding = options.encoding
  let start = 0
  let first = 1
  let line = 1
  let offset = 0
  for await (const chunk of bytes) {
    if (offset === 0) {
      const told = chunkDecoder(chunk, options).encoding
      if (told.startsWith('utf-16')) encoding = told
    }
    for (let at = chunk.indexOf(0x0a); at >= 0; at = chunk.indexOf(0x0a, at + 1)) {
      const place = offset + at
      // Of UTF-16, the byte is a line end in one half of a unit, and another letter in the other.
      if (encoding === 'utf-16le' && place % 2 === 1) continue
      if (encoding === 'utf-16be' && place % 2 === 0) continue
      line++
      const end = place + (encoding === 'utf-16le' ? 2 : 1)
      if (end - start < BLOCK_BYTES) continue
      blocks.push({ start, end, first })
      start = end
      first = line
    }
    offset += chunk.length
  }
  if (offset > start) blocks.push({ start, end: offset, first })
  return { blocks, encoding }
}
