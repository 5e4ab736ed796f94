/** Every code an error can carry to a person or a program outside; `docs/spec.md` lists what each means. */
export type ErrorCode =
  | 'usage' // a flag, an argument or a combination of them
  | 'bad_file' // a file that cannot be read as what it should be
  | 'bad_station' // a station file against its schema
  | 'port_in_use'
  | 'bus_unreachable'
  | 'server_unreachable'
  | 'download_failed'
  | 'store_in_use' // another process keeps its stations in this folder
  | 'store_full' // no room on the disk for what is to be kept
  | 'store_unwritable' // a folder or file that cannot be made or written
  | 'store_damaged' // bytes that are not those that were written
  | 'store_version' // a file of another program, or of another version of this one

/**
 * An error that a person can act on: `message` names the place, the value and the rule.
 * Commands print it in one line and exit with 2; anything else is a defect and keeps its stack.
 */
export class TickcastError extends Error {
  readonly code: ErrorCode
  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'TickcastError'
    this.code = code
  }
}

/** The message of whatever was thrown. */
export function errorMessage(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}

/** Whatever was thrown, as an Error. */
export function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown))
}
