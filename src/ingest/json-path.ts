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

/** No sender has what it measures any deeper, and one that means harm has no end. */
const DEEPEST = 12

/** The texts and numbers within, by their paths; `lists`: those in lists, too. */
export function* leavesOf(
  holder: object,
  { above = '', lists = false, depth = 0 } = {},
): Generator<[string, string], void, undefined> {
  for (const [key, found] of Object.entries(holder)) {
    const path = Array.isArray(holder) ? `${above}[${key}]` : above === '' ? key : `${above}.${key}`
    const value: unknown = typeof found === 'string' ? (holderIn(found) ?? found) : found
    if (isRecord(value) || (lists && Array.isArray(value))) {
      if (depth < DEEPEST) yield* leavesOf(value, { above: path, lists, depth: depth + 1 })
    } else if (value !== null && typeof value !== 'object') yield [path, String(value)]
  }
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
