/** Senders that pass messages on put JSON into JSON, as a text. */
function holderIn(text: string): unknown {
  if (!/^\s*[{[]/.test(text)) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** What stands at a key or, where there is none of that name, at a path such as `ENERGY.Power` or `sensors[0].value`. */
export function jsonAt(record: Readonly<Record<string, unknown>>, path: string): unknown {
  if (Object.hasOwn(record, path)) return record[path]
  if (!/[.[]/.test(path)) return undefined
  let value: unknown = record
  for (const part of path.split(/[.[\]]+/)) {
    if (part === '') continue
    if (typeof value === 'string') value = holderIn(value)
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined
    value = Reflect.get(value, part)
  }
  return value
}

/** The texts and numbers within, by their paths; lists are not looked into. */
export function* leavesOf(
  record: Readonly<Record<string, unknown>>,
  above = '',
): Generator<[string, string]> {
  for (const [key, value] of Object.entries(record)) {
    if (isRecord(value)) yield* leavesOf(value, `${above}${key}.`)
    else if (value !== null && typeof value !== 'object') yield [`${above}${key}`, String(value)]
  }
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
