/** Rows of the embedding: what fills a short review up, any other word, then the known words, the most frequent first. */
export const PADDING = 0
export const UNKNOWN = 1
const FIRST_WORD = 2

const NO_WORD = /[!"#$%&()*+,\-./:;<=>?@[\\\]^_`{|}~\s]+/u

/** Lower-case words without punctuation; apostrophes stay, as in Keras. */
export function wordsOf(text: string): string[] {
  return text
    .toLowerCase()
    .split(NO_WORD)
    .filter((word) => word !== '')
}

export type Vocabulary = ReadonlyMap<string, number>

/** Numbers for the most frequent words, `size` with padding and the unknown; of equally frequent ones those met first. */
export function vocabularyOf(texts: Iterable<readonly string[]>, size: number): Vocabulary {
  const counts = new Map<string, number>()
  for (const words of texts) for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  const ranked = [...counts].sort(([, a], [, b]) => b - a).slice(0, size - FIRST_WORD)
  return new Map(ranked.map(([word], rank) => [word, FIRST_WORD + rank]))
}

/**
 * A review as so many tokens. Padding comes before a short one; of a long one the last are kept. A reversed one is
 * turned around first, so that its first words are what is kept.
 */
export function tokensOf(
  words: readonly string[],
  options: { readonly vocabulary: Vocabulary; readonly length: number; readonly reversed: boolean },
): Int32Array {
  const { vocabulary, length, reversed } = options
  const ordered = reversed ? words.toReversed() : words
  const kept = ordered.slice(-length)
  const tokens = new Int32Array(length).fill(PADDING)
  for (const [index, word] of kept.entries())
    tokens[length - kept.length + index] = vocabulary.get(word) ?? UNKNOWN
  return tokens
}
