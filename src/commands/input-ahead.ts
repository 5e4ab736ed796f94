import { badFile, explained } from '../ingest/bad-file.ts'
import { linesOf } from '../ingest/lines.ts'

export const INPUT = 'standard input'
/** What a station sends while it has nothing to say is less. */
const MOST_BLANK = 16 * 1024 * 1024

/** What has come on standard input by the time that its first row is there. */
export interface InputAhead {
  /** Lines with something in them, up to the two that make a header and a row. */
  readonly lines: number
  readonly isJson: boolean
  /** All of it, from the first byte on, as it comes. */
  readonly bytes: AsyncIterable<Uint8Array>
}

/** Waits for a row, so that what sends none needs no server to be told so. */
export async function inputAhead(): Promise<InputAhead> {
  const source = inputBytes()
  const read: Uint8Array[] = []
  async function* copied(): AsyncGenerator<Uint8Array, void, undefined> {
    for (let next = await source.next(); !next.done; next = await source.next()) {
      read.push(next.value)
      yield next.value
    }
  }
  let lines = 0
  let isJson = false
  let blank = 0
  search: for await (const block of linesOf(copied(), { name: INPUT })) {
    for (const [index, line] of block.lines.entries()) {
      if (line.trim() === '') {
        blank += line.length + 1
        if (blank <= MOST_BLANK) continue
        throw badFile(
          `${INPUT}:${block.first + index}`,
          `more than ${MOST_BLANK} blank characters; expected ticks`,
        )
      }
      if (lines++ === 0) isJson = /^\s*[{[]/.test(line)
      if (isJson || lines === 2) break search
    }
    // Blank lines need not be read again.
    if (lines === 0) read.length = 0
  }
  async function* bytes(): AsyncGenerator<Uint8Array, void, undefined> {
    yield* read
    yield* source
  }
  return { lines, isJson, bytes: bytes() }
}

async function* inputBytes(): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* process.stdin
  } catch (cause) {
    // A folder, say; what else ends the input is an error of sending.
    throw cause instanceof Error && 'syscall' in cause ? explained(INPUT, cause) : cause
  }
}
