import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream'
import { text } from 'node:stream/consumers'
import { createGunzip } from 'node:zlib'
import { extract } from 'tar-stream'
import { errorMessage, TickcastError } from '../domain/errors.ts'
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
/** Far more than any review has: a tar that claims more is none of reviews. */
const LARGEST_REVIEW = 1_000_000

/** Reads the Large Movie Review data set out of its archive as it is published, aclImdb_v1.tar.gz. */
export async function readReviews(path: string): Promise<Reviews> {
  const training: Review[] = []
  const test: Review[] = []
  const entries = extract()
  pipeline(createReadStream(path), createGunzip(), entries, () => undefined)
  try {
    for await (const entry of entries) {
      const [, part, label] = MEMBER.exec(entry.header.name) ?? []
      if (part === undefined || (entry.header.size ?? 0) > LARGEST_REVIEW) {
        entry.resume()
        continue
      }
      const review = { words: wordsOf(await text(entry)), positive: label === 'pos' }
      if (part === 'train') training.push(review)
      else test.push(review)
    }
  } catch (cause) {
    throw explained(path, cause)
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

const PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'it may not be read: permission denied',
  EISDIR: 'it is a folder; expected a file',
  Z_BUF_ERROR: 'it is cut off: the packed data ends too early',
  Z_DATA_ERROR: 'it is corrupt, or no gzip at all',
}

function explained(path: string, cause: unknown): TickcastError {
  const message = errorMessage(cause)
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  const problem = PROBLEMS[code] ?? (/unexpected end/i.test(message) ? PROBLEMS['Z_BUF_ERROR'] : message)
  return new TickcastError('bad_file', `${path}: ${problem}`, { cause })
}
