/** `JSON.parse` takes what is nested without end; `JSON.stringify` recurses and runs out of stack over it. */
const DEEPEST = 32

/** Whether arrays and objects lie in one another more than 32 levels deep. */
export function tooDeep(value: unknown): boolean {
  let level = [value]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEEPEST) return true
    level = level.flatMap((one) => (typeof one === 'object' && one !== null ? Object.values(one) : []))
  }
  return false
}

/** A value as JSON for a message to a person, whatever it is. */
export function jsonText(value: unknown): string {
  if (typeof value === 'number') return String(value)
  return tooDeep(value) ? DEEP : (JSON.stringify(value) ?? 'nothing')
}

export const DEEP = `nested more than ${DEEPEST} levels deep`
