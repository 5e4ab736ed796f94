import { TickcastError } from '../domain/errors.ts'
import { type ChunkDecoder, chunkDecoder } from './text-decoder.ts'

/** Whole lines of a text, some at a time. */
export interface LineBlock {
  /** Without their line ends. */
  readonly lines: readonly string[]
  /** Number of the first of them in the whole text, from 1. */
  readonly first: number
  /** From one to the next, that of lines which are read from the end: -1. Default 1. */
  readonly step?: 1 | -1
  /** True where the text ends within the last of them, without a line end. */
  readonly open: boolean
}

export interface LinesOptions {
  readonly name: string
  /** Default: told by the bytes. */
  readonly encoding?: string | undefined
}

/** No measurement takes a line longer than this: without an end by then it is no table, and must not fill memory. */
export const LONGEST_LINE = 1 << 20
/** Enough to see UTF-16 by. */
const HEAD = 4

/** Bytes as lines, pulled as fast as they are consumed and never more than a chunk held. */
export async function* linesOf(
  bytes: AsyncIterable<Uint8Array>,
  { name, encoding }: LinesOptions,
): AsyncGenerator<LineBlock, void, undefined> {
  let head: Uint8Array = new Uint8Array(0)
  let decoder: ChunkDecoder | undefined
  let rest = ''
  let next = 1
  for await (const chunk of bytes) {
    let fresh: string
    if (decoder) fresh = decoder.decode(chunk)
    else {
      head = head.length === 0 ? chunk : Buffer.concat([head, chunk])
      if (head.length < HEAD) continue
      decoder = chunkDecoder(head, { name, encoding })
      fresh = decoder.decode(head)
    }
    if (fresh === '') continue
    const lines = (rest + fresh).split('\n')
    rest = lines.pop() ?? ''
    if (next === 1 && lines.length === 0) checkLineEnds(rest, name)
    if (rest.length > LONGEST_LINE)
      throw new TickcastError(
        'bad_file',
        `${name}:${next + lines.length}: a line of more than ${LONGEST_LINE} characters: this is no table of readings`,
      )
    if (lines.length > 0) yield { lines: lines.map(withoutReturn), first: next, open: false }
    next += lines.length
  }
  if (!decoder) {
    decoder = chunkDecoder(head, { name, encoding })
    rest += decoder.decode(head)
  }
  const last = (rest + decoder.end()).split('\n')
  if (next === 1) checkLineEnds(last[0]!, name)
  rest = last.pop() ?? ''
  if (last.length > 0) yield { lines: last.map(withoutReturn), first: next, open: false }
  next += last.length
  if (rest !== '') yield { lines: [withoutReturn(rest)], first: next, open: true }
}

/** Some loggers end lines as old Macs did: the whole file would be one. */
function checkLineEnds(line: string, name: string): void {
  if (!/\r[^\r\n]+\r[^\r\n]/.test(line)) return
  throw new TickcastError(
    'bad_file',
    `${name}:1: its lines end in a carriage return alone; expected a line feed, as tr '\\r' '\\n' writes in its place`,
  )
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line
}
