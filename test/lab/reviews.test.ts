import { buffer } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { pack } from 'tar-stream'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../src/domain/random.ts'
import { readReviews } from '../../src/lab/reviews.ts'
import { reviewsTask } from '../../src/lab/reviews-task.ts'
import { PADDING, tokensOf, UNKNOWN, vocabularyOf, wordsOf } from '../../src/lab/tokenizer.ts'
import { temporaryFolder } from '../support/files.ts'

const files = temporaryFolder()

async function archive(members: Readonly<Record<string, string>>): Promise<Buffer> {
  const tar = pack()
  tar.entry({ name: 'aclImdb/', type: 'directory' })
  for (const [name, content] of Object.entries(members)) tar.entry({ name: `aclImdb/${name}` }, content)
  tar.finalize()
  return gzipSync(await buffer(tar), { level: 1 })
}

const MEMBERS = {
  README: 'no review',
  'train/pos/0_9.txt': 'A fine film.<br /><br />Fine!',
  'train/neg/0_2.txt': "It's dull, dull.",
  'train/unsup/0_0.txt': 'nobody has lossOfStates this',
  'test/pos/0_10.txt': 'fine',
  'test/neg/0_1.txt': 'dull',
  'train/urls_pos.txt': 'http://localhost/',
}

describe('reviews', () => {
  it('reviews - are read out of the archive as it is published, lossOfStates ones alone', async () => {
    const path = await files.write('reviews.tar.gz', await archive(MEMBERS))
    const { name, training, test } = await readReviews(path)
    expect(name).toBe('reviews.tar.gz')
    expect(training).toEqual([
      { words: ['a', 'fine', 'film', 'br', 'br', 'fine'], positive: true },
      { words: ["it's", 'dull', 'dull'], positive: false },
    ])
    expect(test.map(({ positive }) => positive)).toEqual([true, false])
  })

  it('reviews - an archive that is missing, cut off, or none at all is named with what is wrong', async () => {
    await expect(readReviews(files.path('nowhere.tar.gz'))).rejects.toThrow(
      /nowhere.tar.gz: there is no such file/,
    )
    const random = seededRandom(1)
    const long = Array.from({ length: 50_000 }, () => String.fromCharCode(97 + random.below(26))).join('')
    const whole = await archive({ ...MEMBERS, 'train/pos/1_9.txt': long })
    const cut = await files.write('cut.tar.gz', whole.subarray(0, whole.length >> 1))
    await expect(readReviews(cut)).rejects.toThrow(/cut.tar.gz: it is cut off/)
    const other = await files.write('other.tar.gz', 'no archive')
    await expect(readReviews(other)).rejects.toThrow(/other.tar.gz: it is corrupt, or no gzip at all/)
    const text = await files.write('text.tar.gz', gzipSync('no tar '.repeat(500)))
    await expect(readReviews(text)).rejects.toMatchObject({ code: 'bad_file' })
  })

  it('reviews - a text far longer than any review, or one that unpacks without end, is named and not read', async () => {
    const long = await files.write(
      'long.tar.gz',
      await archive({ ...MEMBERS, 'train/pos/7_9.txt': ' '.repeat(2e6) }),
    )
    await expect(readReviews(long)).rejects.toThrow(
      `${long}: aclImdb/train/pos/7_9.txt: a review of 2000000 bytes; expected at most 1000000`,
    )
    const endless = await files.write(
      'endless.tar.gz',
      await archive({ ...MEMBERS, 'train/unsup/1_0.txt': ' '.repeat(70 << 20) }),
    )
    await expect(readReviews(endless)).rejects.toThrow(
      /endless.tar.gz: by byte \d+ of it 6\d MiB are unpacked/,
    )
    await expect(readReviews('/dev/zero')).rejects.toThrow('/dev/zero: it is no regular file')
  })

  it('reviews - an archive of something else is told what is missing', async () => {
    const { 'test/neg/0_1.txt': _, ...rest } = MEMBERS
    const path = await files.write('half.tar.gz', await archive(rest))
    await expect(readReviews(path)).rejects.toThrow(/half.tar.gz: no reviews under test\/neg\//)
  })

  it('reviews - an epoch is every review once, and validation none of them', () => {
    const training = Array.from({ length: 400 }, (_, index) => ({
      words: [`w${index}`],
      positive: index < 200,
    }))
    const task = reviewsTask({ name: 'made up', training, test: training.slice(0, 10) }, { reversed: false })
    const seen = (batches: Iterable<{ inputs: ArrayLike<number>; size: number }>) =>
      [...batches].flatMap(({ inputs, size }) =>
        Array.from({ length: size }, (_, at) => inputs[at * 500 + 499]!),
      )
    const learnt = seen(task.training(seededRandom(1), task.stepsPerEpoch))
    const held = seen(task.whole('validation'))
    expect(task.sizes).toEqual({ training: 320, validation: 80, test: 10 })
    expect(new Set([...learnt, ...held]).size).toBe(400)
    expect(learnt.length + held.length).toBe(400)
  })
})

describe('tokenizer', () => {
  it('tokenizer - words are lower-case and without punctuation, apostrophes apart', () => {
    expect(wordsOf("Don't PANIC -- it's 42%!\tOK?")).toEqual(["don't", 'panic', "it's", '42', 'ok'])
  })

  it('tokenizer - the most frequent words have numbers, in that order; the others are one', () => {
    const vocabulary = vocabularyOf(
      [
        ['b', 'a', 'b'],
        ['c', 'a', 'b'],
      ],
      4,
    )
    expect([...vocabulary]).toEqual([
      ['b', 2],
      ['a', 3],
    ])
    const options = { vocabulary, length: 5, reversed: false }
    expect([...tokensOf(['a', 'b', 'c'], options)]).toEqual([PADDING, PADDING, 3, 2, UNKNOWN])
    expect([...tokensOf(['a', 'b', 'c'], { ...options, reversed: true })]).toEqual([
      PADDING,
      PADDING,
      UNKNOWN,
      2,
      3,
    ])
  })

  it('tokenizer - of a long review the last words are kept, of a long reversed one the first', () => {
    const vocabulary = vocabularyOf([['a', 'a', 'a', 'b', 'b', 'c']], 5)
    const options = { vocabulary, length: 2 }
    expect([...tokensOf(['a', 'b', 'c'], { ...options, reversed: false })]).toEqual([3, 4])
    expect([...tokensOf(['a', 'b', 'c'], { ...options, reversed: true })]).toEqual([3, 2])
  })
})
