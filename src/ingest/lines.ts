import { TickcastError } from '../domain/errors.ts'

/** Whole lines of a text, some at a time. */
export interface LineBlock {
  /** Without their line ends. */
  readonly lines: readonly string[]
  /** Number of the first of them in the whole text, from 1. */
  readonly first: number
  /** True where the text ends within the last of them, without a line end. */
  readonly open: boolean
}

/** No measurement takes a line longer than this: without an end by then it is no table, and must not fill memory. */
const LONGEST_LINE = 1 << 20

/**
 * Bytes as lines, pulled as fast as they are consumed and never more than a chunk held. UTF-8 or, where the first
 * line is not valid UTF-8, Windows-1252, which covers latin-1: weather stations do not declare an encoding.
 */
export async function* linesOf(
  bytes: AsyncIterable<Uint8Array>,
  { name }: { readonly name: string },
): AsyncGenerator<LineBlock, void, undefined> {
  let head: Uint8Array | undefined = new Uint8Array(0)
  let decoder = new TextDecoder()
  let rest = ''
  let next = 1
  for await (const chunk of bytes) {
    let fresh: string
    if (head) {
      head = head.length === 0 ? chunk : Buffer.concat([head, chunk])
      if (!head.includes(0x0a) && head.length <= LONGEST_LINE) continue
      decoder = decoderFor(head, name)
      fresh = decoder.decode(head, { stream: true })
      head = undefined
    } else {
      fresh = decoder.decode(chunk, { stream: true })
    }
    const lines = (rest + fresh).split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > LONGEST_LINE)
      throw new TickcastError(
        'bad_file',
        `${name}:${next + lines.length}: a line of more than ${LONGEST_LINE} characters: this is no table of readings`,
      )
    if (lines.length > 0) yield { lines: lines.map(withoutReturn), first: next, open: false }
    next += lines.length
  }
  if (head) decoder = decoderFor(head, name)
  rest += head ? decoder.decode(head) : decoder.decode()
  if (rest !== '') yield { lines: [withoutReturn(rest)], first: next, open: true }
}

function decoderFor(head: Uint8Array, name: string): TextDecoder {
  if (head.includes(0))
    throw new TickcastError(
      'bad_file',
      `${name}:1: zero bytes: this is not text in UTF-8 or latin-1 (a packed file, or UTF-16?)`,
    )
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true })
    return new TextDecoder()
  } catch {
    return new TextDecoder('windows-1252')
  }
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line
}
