import type { z } from 'zod'
import { jsonText } from './nesting.ts'

const LONGEST_VALUE = 80

/** Names field, value and rule of the first thing that breaks a schema: `replay.step: 0 is not at least 1`. */
export function issueText(error: z.ZodError, input: unknown): string {
  const issue = firstIssue(error)
  if (issue === undefined) return 'it breaks the schema'
  const { path, value } = offender(issue, input)
  const field = path.join('.')
  if (issue.code === 'unrecognized_keys') return `${ruleOf(issue)}${field ? ` in ${field}` : ''}`
  if (value !== undefined) return `${field || 'it'}: ${shown(value)} breaks the rule: ${ruleOf(issue)}`
  // A key with a slip in it is missed, and there.
  const unknown = error.issues.find(({ code }) => code === 'unrecognized_keys')
  return `${field || 'it'}: missing; expected ${ruleOf(issue)}${unknown ? `; ${ruleOf(unknown)}` : ''}`
}

/** What breaks a rule, and where it stands: of a key that breaks one, the key. */
export function offender(
  issue: Issue,
  input: unknown,
): { readonly path: readonly PropertyKey[]; readonly value: unknown } {
  const { path } = issue
  if (issue.code === 'invalid_key') return { path: path.slice(0, -1), value: path.at(-1) }
  return { path, value: valueAt(input, path) }
}

export type Issue = z.ZodError['issues'][number]

export function firstIssue(error: z.ZodError): Issue | undefined {
  return error.issues.flatMap(narrowed)[0]
}

/**
 * What breaks a rule of several ways of writing something, an id or an object such as `{ station, delay }`: where what was
 * given is plainly written in one of them, that which is wrong within, and not the rule of the whole.
 */
export function narrowed(issue: Issue): readonly Issue[] {
  if (issue.code !== 'invalid_union') return [issue]
  const [meant, ...others] = issue.errors.filter((issues) => issues.length > 0 && issues.every(isWithin))
  if (meant === undefined || others.length > 0) return [issue]
  return meant.flatMap((each) => narrowed({ ...each, path: [...issue.path, ...each.path] }))
}

function isWithin({ path, code }: Issue): boolean {
  return path.length > 0 || code === 'unrecognized_keys'
}

/** `a number or a string`, `at least 1`, `one of "max"`. */
export function ruleOf(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return kind(issue.expected)
    case 'invalid_value':
      return `one of ${issue.values.map((value) => JSON.stringify(value)).join(', ')}`
    case 'too_small':
      return `${issue.inclusive === false ? 'above' : 'at least'} ${counted(issue.minimum, issue.origin)}`
    case 'too_big':
      return `at most ${counted(issue.maximum, issue.origin)}`
    case 'unrecognized_keys': {
      const keys = issue.keys.map((key) => `'${shortened(key)}'`).join(', ')
      return `unknown ${issue.keys.length > 1 ? 'keys' : 'key'} ${keys}`
    }
    case 'invalid_key':
      return issue.issues[0]?.message ?? issue.message
    case 'invalid_union': {
      const [first] = issue.errors.flatMap((issues) => issues.slice(0, 1))
      const rules = issue.errors.flatMap((issues) => issues.slice(0, 1).map(ruleOf))
      return first === undefined ? issue.message : [...new Set(rules)].join(' or ')
    }
    default:
      return issue.message
  }
}

/** `an array`, `a whole number`: schemas call kinds by names of their own. */
function kind(expected: string): string {
  if (expected === 'int') return 'a whole number'
  return `${/^[aeiou]/.test(expected) ? 'an' : 'a'} ${expected}`
}

function counted(limit: number | bigint, origin: string): string {
  const noun = origin === 'string' ? ' character' : origin === 'array' ? ' item' : ''
  return `${limit}${noun}${noun && Number(limit) !== 1 ? 's' : ''}`
}

/** What stands at a path of the input; undefined where nothing does. */
export function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined
    value = Reflect.get(value, key)
  }
  return value
}

/** A value as JSON for a message to a person, at most 80 characters of it. */
export function shown(value: unknown): string {
  return value === undefined ? 'nothing' : shortened(jsonText(value))
}

function shortened(text: string): string {
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE - 1)}…` : text
}
