import { pipeline } from 'node:stream'
import { text } from 'node:stream/consumers'
import { extract } from 'tar-stream'
import { errorMessage, TickcastError } from '../domain/errors.ts'
import { badFile, explained, shown } from '../ingest/bad-file.ts'
import { openSteadyFile } from '../ingest/steady-file.ts'
import { gunzipped } from '../ingest/unpacked.ts'
import { wordsOf } from './tokenizer.ts'

export interface Review {
  readonly words: readonly string[]
  readonly positive: boolean
}

export interface Reviews {
  readonly name: string
  readonly training: readonly Review[]
  readonly test: readonly Review[]
}

const MEMBER = /(?:^|\/)(train|test)\/(pos|neg)\/[^/]+\.txt$/
/** The longest published is 14 kB, all 50,000 together 66 MB, and with what else is in the archive 300 MB. */
const LONGEST_REVIEW = 1_000_000
const MOST_REVIEWS = 200_000
const MOST_TEXT = 256_000_000
const MOST_UNPACKED = 1_000_000_000

/** Reads the Large Movie Review data set out of its archive as it is published, aclImdb_v1.tar.gz. */
export async function readReviews(path: string): Promise<Reviews> {
  const training: Review[] = []
  const test: Review[] = []
  let characters = 0
  const file = await openSteadyFile(path, { empty: 'aclImdb_v1.tar.gz as published' })
  if (file.head[0] !== 0x1f || file.head[1] !== 0x8b) throw badFile(path, 'it is corrupt, or no gzip at all')
  const entries = extract()
  pipeline(limited(gunzipped(file), path), entries, () => undefined)
  try {
    for await (const entry of entries) {
      const { name, size = 0 } = entry.header
      const [, part, label] = MEMBER.exec(name) ?? []
      if (part === undefined) {
        entry.resume()
        continue
      }
      const tooMuch = (what: string, most: number) =>
        badFile(`${path}: ${shown(name)}`, `${what}; expected at most ${most}`)
      if (size > LONGEST_REVIEW) throw tooMuch(`a review of ${size} bytes`, LONGEST_REVIEW)
      const review = { words: wordsOf(await text(entry)), positive: label === 'pos' }
      if (part === 'train') training.push(review)
      else test.push(review)
      characters += size
      if (characters > MOST_TEXT)
        throw tooMuch('by then the reviews have more bytes than they may', MOST_TEXT)
      if (training.length + test.length > MOST_REVIEWS)
        throw tooMuch('there are more reviews than there may be', MOST_REVIEWS)
    }
  } catch (cause) {
    throw problemOf(path, cause)
  }
  for (const [part, found] of Object.entries({ train: training, test })) {
    for (const label of ['pos', 'neg']) {
      if (found.some(({ positive }) => positive === (label === 'pos'))) continue
      throw new TickcastError(
        'bad_file',
        `${path}: no reviews under ${part}/${label}/; expected aclImdb_v1.tar.gz as published`,
      )
    }
  }
  return { name: path.split('/').at(-1) ?? path, training, test }
}

/** What is no review is passed over, but not for ever. */
async function* limited(
  bytes: AsyncIterable<Uint8Array>,
  path: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  let unpacked = 0
  for await (const chunk of bytes) {
    unpacked += chunk.length
    if (unpacked > MOST_UNPACKED)
      throw badFile(path, `more than ${MOST_UNPACKED} bytes are packed in it; expected no more`)
    yield chunk
  }
}

/** Of an archive that ends too early it may be the tar that says so, or the gzip. */
function problemOf(path: string, cause: unknown): TickcastError {
  if (/unexpected end/i.test(errorMessage(cause)))
    return badFile(path, 'it is cut off: the packed data ends too early', cause)
  return explained(path, cause)
}
