/** An error and what caused it, in one line: `a subscriber of jena station failed: no channel 'T (degC)'`. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { message, cause } = error
  const whole = cause === undefined ? message : `${message}: ${reasonOf(cause)}`
  return whole.replace(/\s+/g, ' ').trim()
}
