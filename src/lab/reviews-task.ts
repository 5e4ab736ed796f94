import { type Random, seededRandom } from '../domain/random.ts'
import { BATCH } from './experiment.ts'
import type { ModelBatch } from './model/experiment-model.ts'
import type { Review, Reviews } from './reviews.ts'
import type { Task } from './task.ts'
import { tokensOf, vocabularyOf } from './tokenizer.ts'

const WORDS = 10_000
const LENGTH = 500
/** Of the training reviews, as in the book. */
const VALIDATION_SHARE = 0.2
/** Splits always alike, whatever seed an experiment has, so that all are held to the same reviews. */
const SPLIT_SEED = 113

/** Whether a review is favourable. The archive has its reviews sorted by that, so they are shuffled first. */
export function reviewsTask(reviews: Reviews, { reversed }: { readonly reversed: boolean }): Task {
  const shuffled = inOrder(reviews.training, permutation(reviews.training.length, seededRandom(SPLIT_SEED)))
  const held = Math.floor(shuffled.length * VALIDATION_SHARE)
  const vocabulary = vocabularyOf(
    reviews.training.map(({ words }) => words),
    WORDS,
  )
  const encode = (review: Review) => tokensOf(review.words, { vocabulary, length: LENGTH, reversed })
  const encoded = (part: readonly Review[]): Encoded => ({
    tokens: part.map(encode),
    positive: part.map(({ positive }) => positive),
  })
  const parts = {
    training: encoded(shuffled.slice(0, shuffled.length - held)),
    validation: encoded(shuffled.slice(shuffled.length - held)),
    test: encoded(reviews.test),
  }
  const size = (part: Encoded) => part.tokens.length
  return {
    input: { kind: 'tokens', length: LENGTH, words: WORDS },
    loss: 'cross_entropy',
    stepsPerEpoch: Math.ceil(size(parts.training) / BATCH),
    sizes: { training: size(parts.training), validation: size(parts.validation), test: size(parts.test) },
    *training(random, steps) {
      const order = permutation(size(parts.training), random)
      const epoch = Math.ceil(order.length / BATCH)
      for (let step = 0; step < steps; step++) {
        const first = (step % epoch) * BATCH
        yield batchOf(parts.training, order.subarray(first, first + BATCH))
      }
    },
    *whole(part) {
      const order = Int32Array.from({ length: size(parts[part]) }, (_, index) => index)
      for (let first = 0; first < order.length; first += BATCH)
        yield batchOf(parts[part], order.subarray(first, first + BATCH))
    },
  }
}

interface Encoded {
  readonly tokens: readonly Int32Array[]
  readonly positive: readonly boolean[]
}

function batchOf({ tokens, positive }: Encoded, places: Int32Array): ModelBatch {
  const inputs = new Int32Array(places.length * LENGTH)
  for (const [sample, place] of places.entries()) inputs.set(tokens[place]!, sample * LENGTH)
  return {
    size: places.length,
    inputs,
    targets: Float32Array.from(places, (place) => (positive[place] ? 1 : 0)),
  }
}

/** Fisher and Yates. */
function permutation(length: number, random: Random): Int32Array {
  const order = Int32Array.from({ length }, (_, index) => index)
  for (let left = length - 1; left > 0; left--) {
    const other = random.below(left + 1)
    const here = order[left]!
    order[left] = order[other]!
    order[other] = here
  }
  return order
}

function inOrder<T>(values: readonly T[], order: Int32Array): T[] {
  return Array.from(order, (place) => values[place]!)
}
