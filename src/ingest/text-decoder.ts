import { isAscii, isUtf8 } from 'node:buffer'
import { TickcastError } from '../domain/errors.ts'

/** Bytes to text, chunk by chunk. */
export interface ChunkDecoder {
  readonly encoding: string
  decode(chunk: Uint8Array): string
  /** What is left at the end. */
  end(): string
}

/** Of UTF-16 without a mark, a table of numbers has a zero in nearly every second byte. */
const ZEROS_OF_UTF16 = 0.3
const HEAD = 512

export interface DecoderOptions {
  readonly name: string
  /** As the station file says. */
  readonly encoding?: string | undefined
}

/**
 * Weather stations do not declare an encoding. UTF-16 shows in the first bytes; anything else is UTF-8 or, where the
 * first line that is not ASCII is not valid UTF-8, Windows-1252, which covers latin-1.
 */
export function chunkDecoder(head: Uint8Array, { name, encoding }: DecoderOptions): ChunkDecoder {
  const found = encoding ?? utf16Of(head)
  if (found !== undefined) return fixedDecoder(found)
  if (head.subarray(0, HEAD).includes(0))
    throw new TickcastError(
      'bad_file',
      `${name}:1: zero bytes: this is not text in UTF-8, UTF-16 or latin-1 (a packed file?)`,
    )
  return guessingDecoder()
}

function fixedDecoder(encoding: string): ChunkDecoder {
  const decoder = new TextDecoder(encoding)
  return {
    encoding: decoder.encoding,
    decode: (chunk) => decoder.decode(chunk, { stream: true }),
    end: () => decoder.decode(),
  }
}

/** ASCII is the same in both, so the choice waits for the first line with anything else, and for the whole of it. */
function guessingDecoder(): ChunkDecoder {
  let chosen: ChunkDecoder | undefined
  let held: Uint8Array = new Uint8Array(0)
  const ascii = new TextDecoder()
  const choose = (bytes: Uint8Array): ChunkDecoder => fixedDecoder(isUtf8(bytes) ? 'utf-8' : 'windows-1252')
  return {
    get encoding() {
      return chosen?.encoding ?? 'utf-8'
    },
    decode(chunk) {
      if (chosen) return chosen.decode(chunk)
      if (held.length === 0 && isAscii(chunk)) return ascii.decode(chunk, { stream: true })
      held = held.length === 0 ? chunk : Buffer.concat([held, chunk])
      const end = held.lastIndexOf(0x0a)
      if (isAscii(held.subarray(0, end + 1)) && held.length < LONGEST_HELD) return ''
      chosen = choose(end < 0 ? held : held.subarray(0, end + 1))
      const text = chosen.decode(held)
      held = new Uint8Array(0)
      return text
    },
    end() {
      if (chosen) return chosen.end()
      chosen = choose(held)
      return chosen.decode(held) + chosen.end()
    },
  }
}

/** As long as a line may be. */
const LONGEST_HELD = 1 << 20

function utf16Of(head: Uint8Array): string | undefined {
  const [first, second] = head
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  if (first === 0xfe && second === 0xff) return 'utf-16be'
  const begin = head.subarray(0, HEAD & ~1)
  const zeros = [0, 0]
  begin.forEach((byte, index) => {
    if (byte === 0) zeros[index & 1]!++
  })
  const most = (begin.length / 2) * ZEROS_OF_UTF16
  if (begin.length < 4) return undefined
  if (zeros[1]! > most && zeros[0] === 0) return 'utf-16le'
  return zeros[0]! > most && zeros[1] === 0 ? 'utf-16be' : undefined
}
