import { badFile, shown } from './bad-file.ts'
import { neededColumns } from './columns.ts'
import { findHeader, type Header, MOST_LINES_BEFORE } from './header.ts'
import type { LineBlock } from './lines.ts'
import type { SourceOptions } from './row-source.ts'
import { UnreadableRun } from './unreadable-run.ts'

/** Lines that are read ahead behind the header, and characters. */
const SAMPLE_LINES = 400
const SAMPLE_CHARACTERS = 64 * 1024
/** Live, a header that has not come by then does not come. */
const MOST_LIVE_LINES_BEFORE = 100

export interface ReadAhead {
  /** All lines from the first on. */
  readonly lines: readonly string[]
  /** The same, as they came. */
  readonly blocks: readonly LineBlock[]
}

/** Reads until the header is found and, of a file, enough rows to see how they are written. */
export async function readAhead(
  blocks: AsyncGenerator<LineBlock, void, undefined>,
  { name, station, live = false }: SourceOptions,
): Promise<{ readonly ahead: ReadAhead; readonly header: Header }> {
  const lines: string[] = []
  const read: LineBlock[] = []
  const blank = new UnreadableRun(name)
  const needed = neededColumns(station).length
  let header: Header | undefined
  let texts = 0
  let characters = 0
  // The rest is read on later: a loop that ended here would let go of the bytes.
  for await (const block of { [Symbol.asyncIterator]: () => ({ next: () => blocks.next() }) }) {
    read.push(block)
    for (const [index, line] of block.lines.entries()) {
      lines.push(line)
      characters += line.length + 1
      if (line.trim() === '') blank.add(block.first + index, line.length)
      else {
        texts++
        blank.end()
      }
    }
    header = findHeader(lines, station)
    const isEnough = lines.length > (header?.rows ?? 0) + SAMPLE_LINES || characters > SAMPLE_CHARACTERS
    if (
      header?.fit === needed ? live || isEnough : texts > (live ? MOST_LIVE_LINES_BEFORE : MOST_LINES_BEFORE)
    )
      break
  }
  if (header) return { ahead: { lines, blocks: read }, header }
  if (texts === 0) throw badFile(name, 'it is empty; expected a header and rows')
  const first = lines.find((line) => line.trim() !== '')!
  throw badFile(
    name,
    `no line of it is a row without a header, with a time written as ${station.time.formats.join(' or ')} in ` +
      `${station.time.column}; the first is '${shown(first, 60)}'`,
  )
}

/** The lines that may be rows: what was read ahead of them, and the rest. */
export async function* behindHeader(
  ahead: ReadAhead,
  rows: number,
  blocks: AsyncIterable<LineBlock>,
): AsyncGenerator<LineBlock, void, undefined> {
  let passed = rows
  for (const { lines, first, ...block } of ahead.blocks) {
    if (passed < lines.length) yield { ...block, lines: lines.slice(passed), first: first + passed }
    passed = Math.max(0, passed - lines.length)
  }
  yield* blocks
}
