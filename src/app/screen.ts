/** What may be written to a stream beside plain lines. */
export interface Screen {
  /** A person looks at it. */
  readonly terminal: boolean
  readonly colours: boolean
  /** Lines may be written anew in their place. */
  readonly cursor: boolean
}

/** By no-color.org and terminfo: NO_COLOR takes the colours, TERM=dumb whatever needs an escape sequence. */
export function screenOf(
  { isTTY }: { readonly isTTY?: boolean },
  { NO_COLOR = '', TERM }: NodeJS.ProcessEnv = process.env,
): Screen {
  const terminal = isTTY === true
  const cursor = terminal && TERM !== 'dumb'
  return { terminal, cursor, colours: cursor && NO_COLOR === '' }
}
