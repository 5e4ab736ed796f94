import { type ErrorCode, errorMessage, TickcastError } from '../domain/errors.ts'
import type { Failure } from './messages.ts'

/** SQLite's result codes that a person can do something about; most extended codes go by their lowest byte. */
const BY_RESULT: Record<number, readonly [ErrorCode, string]> = {
  5: ['store_in_use', 'another program holds the file locked'],
  8: ['store_unwritable', 'the file or its folder is read-only'],
  10: ['store_unwritable', 'the disk fails to read or write'],
  11: ['store_damaged', 'bytes are not those that were written'],
  13: ['store_full', 'the disk is full'],
  14: ['store_unwritable', 'the file cannot be opened'],
  26: ['store_damaged', 'this is no database'],
  522: ['store_damaged', 'the file ends before its time'],
}

/** The same of the operating system, where a file is not SQLite's. */
const BY_SYSTEM_CODE: Record<string, readonly [ErrorCode, string]> = {
  ENOSPC: ['store_full', 'the disk is full'],
  EDQUOT: ['store_full', 'the quota of the disk is used up'],
  EACCES: ['store_unwritable', 'no permission'],
  EPERM: ['store_unwritable', 'no permission'],
  EROFS: ['store_unwritable', 'the disk is read-only'],
  EIO: ['store_unwritable', 'the disk fails to read or write'],
}

/** Whatever was thrown over a file, with the code that says what to do about it where there is one. */
export function failureOf(thrown: unknown, path: string): Failure {
  if (thrown instanceof TickcastError) return { code: thrown.code, message: thrown.message }
  const code = resultCode(thrown) ?? 0
  const known = BY_RESULT[code] ?? BY_RESULT[code & 0xff] ?? BY_SYSTEM_CODE[systemCode(thrown) ?? '']
  const message = errorMessage(thrown)
  if (known === undefined) return { code: undefined, message: `${path}: ${message}` }
  return { code: known[0], message: `${path}: ${known[1]} (${message})` }
}

export function errorOf({ code, message }: Failure): Error {
  return code === undefined ? new Error(message) : new TickcastError(code, message)
}

/** Whether SQLite found the file itself damaged, so that no later call over the same place will fare better. */
export function isDamage(thrown: unknown): boolean {
  return !(thrown instanceof TickcastError) && failureOf(thrown, '').code === 'store_damaged'
}

function systemCode(thrown: unknown): string | undefined {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string'
    ? thrown.code
    : undefined
}

/** The driver gives no number where a connection cannot be made, but ends its words with it. */
function resultCode(thrown: unknown): number | undefined {
  if (!(thrown instanceof Error)) return undefined
  if ('rawCode' in thrown && typeof thrown.rawCode === 'number') return thrown.rawCode
  const connecting = /^ConnectionFailed\(.*: (\d+)"\)$/.exec(thrown.message)?.[1]
  return connecting === undefined ? undefined : Number(connecting)
}
