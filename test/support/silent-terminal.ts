import type { Terminal } from '../../src/app/terminal.ts'

const nothing = (): void => undefined

/** Prints nothing. */
export const SILENT: Terminal = {
  fact: nothing,
  line: nothing,
  warn: nothing,
  status: nothing,
  above: (write) => write(),
  close: nothing,
}
