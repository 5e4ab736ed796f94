/** A snapshot's fields, for a model to check one by one before it takes them on. */
export function asRecord(snapshot: unknown): Readonly<Record<string, unknown>> {
  return typeof snapshot === 'object' && snapshot !== null ? { ...snapshot } : {}
}
