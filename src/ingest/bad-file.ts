import { TickcastError } from '../domain/errors.ts'

/** Longer names and values are cut in messages: they are to be one line that a person reads. */
const LONGEST_SHOWN = 120

export function badFile(path: string, problem: string, cause?: unknown): TickcastError {
  return new TickcastError('bad_file', `${shown(path, 1000)}: ${problem}`, { cause })
}

/** A text out of a file, fit for one line on a terminal: no line breaks or control characters, and not too long. */
export function shown(text: string, longest = LONGEST_SHOWN): string {
  const printable = text.slice(0, longest + 1).replace(/\p{C}/gu, '\u{fffd}')
  return printable.length > longest ? `${printable.slice(0, longest - 1)}…` : printable
}

/** Some of many names, each in quotes. */
export function listed(names: readonly string[], most = 24): string {
  const some = names.slice(0, most).map((name) => `'${shown(name, 40)}'`)
  return names.length > most ? `${some.join(', ')} and ${names.length - most} more` : some.join(', ')
}

const PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'it may not be read: permission denied',
  EISDIR: 'it is a folder; expected a file',
  Z_BUF_ERROR: 'it is cut off: the packed data ends too early',
}

/** Rewrites an error of the file system or the unpacking libraries as one that names the file and what is wrong. */
export function explained(path: string, cause: unknown): TickcastError {
  if (cause instanceof TickcastError) return cause
  if (!(cause instanceof Error)) return badFile(path, shown(String(cause)), cause)
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : ''
  const known = PROBLEMS[code]
  if (known) return badFile(path, known, cause)
  const problem = code.startsWith('E') ? 'it cannot be read' : 'it is corrupt'
  return badFile(path, `${problem}: ${shown(cause.message)}`, cause)
}
