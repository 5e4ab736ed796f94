import { listed } from './bad-file.ts'
import { columnKey } from './column-name.ts'
import { cellsOf } from './separated.ts'

/** A line behind the first header that is one, too: of the same columns where the station has them, or of others. */
export type HeaderAgain = { readonly isSame: boolean; readonly rule: string } | undefined

export interface HeaderWatchOptions {
  readonly line: string | undefined
  readonly separator: string
  readonly comment: string | undefined
  /** Places of the columns that make up the time. */
  readonly time: readonly number[]
  /** Places of all columns that are read. */
  readonly used: readonly number[]
}

/**
 * Loggers that are started anew, and files put one behind the other, bring a header again. With its columns in another
 * order, or another unit, rows behind it would be read by the wrong names.
 */
export function headerWatch({
  line = '',
  separator,
  comment,
  time,
  used,
}: HeaderWatchOptions): (line: string) => HeaderAgain {
  const keysOf = (text: string): readonly string[] => {
    const plain = text.trim()
    const names = comment !== undefined && plain.startsWith(comment) ? plain.slice(comment.length) : plain
    return (cellsOf(names, separator) ?? []).map(columnKey)
  }
  const own = keysOf(line)
  const stamps = time.map((place) => own[place] ?? '')
  if (!stamps.every((name) => /\p{L}/u.test(name))) return () => undefined
  return (text) => {
    const keys = keysOf(text)
    if (!stamps.every((name) => keys.includes(name))) return undefined
    const isSame = keys.length === own.length && used.every((place) => keys[place] === own[place])
    return {
      isSame,
      rule: `${listed(own)} as at first: behind this header are rows of other columns; they want a file, and where names differ a station file, of their own`,
    }
  }
}
