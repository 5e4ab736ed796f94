/*
 * InfluxDB's line protocol: `measurement[,tag=value...] field=value[,field=value...] [timestamp]`. Of the parsers for Node
 * none is kept up, and all split at blanks that are escaped or quoted.
 */

export type FieldValue = number | string | boolean

/** One line: what was measured, of what, when. */
export interface LinePoint {
  readonly measurement: string
  readonly tags: ReadonlyMap<string, string>
  readonly fields: ReadonlyMap<string, FieldValue>
  /** A whole number, in the unit of the request; undefined where there is none. */
  readonly timestamp: string | undefined
}

/** `line` counts from 1. A line that is none says what was expected where it went wrong. */
export type ReadLine =
  | { readonly line: number; readonly point: LinePoint }
  | { readonly line: number; readonly begin: string; readonly rule: string }

const SHOWN = 60

/** The points of a text. Blank lines and comments are passed over; a broken line costs that line. */
export function* readLines(text: string): Generator<ReadLine, void, undefined> {
  const cursor = { text, at: 0 }
  let line = 1
  while (cursor.at < text.length) {
    const begin = cursor.at
    if (/^[ \t]*(?:#[^\n]*)?\r?(?:\n|$)/.test(text.slice(begin, endOfLine(text, begin) + 1))) {
      cursor.at = endOfLine(text, begin) + 1
      line++
      continue
    }
    const read = pointAt(cursor)
    const number = line
    if (typeof read === 'string') cursor.at = endOfLine(text, cursor.at)
    for (let at = begin; at < cursor.at; at++) if (text[at] === '\n') line++
    cursor.at++
    line++
    if (typeof read !== 'string') yield { line: number, point: read }
    else yield { line: number, begin: text.slice(begin, endOfLine(text, begin)).slice(0, SHOWN), rule: read }
  }
}

interface Cursor {
  readonly text: string
  at: number
}

/** The point, with the cursor at the end of its line; or the rule that the text breaks there. */
function pointAt(cursor: Cursor): LinePoint | string {
  skipBlanks(cursor)
  const measurement = name(cursor, ', ')
  if (measurement === '') return 'the name of a measurement first'
  const tags = new Map<string, string>()
  while (cursor.text[cursor.at] === ',') {
    cursor.at++
    const key = name(cursor, '=, ')
    if (key === '' || cursor.text[cursor.at] !== '=') return 'each tag is a key, = and a value'
    cursor.at++
    const value = name(cursor, ', ')
    if (value === '') return `tag ${key} has a value`
    tags.set(key, value)
  }
  if (!skipBlanks(cursor)) return 'a blank and fields behind the measurement and its tags'
  const fields = fieldsAt(cursor)
  if (typeof fields === 'string') return fields
  const timestamp = timestampAt(cursor)
  if (timestamp === null) return 'behind the fields a timestamp, a whole number, or nothing'
  return { measurement, tags, fields, timestamp }
}

function fieldsAt(cursor: Cursor): Map<string, FieldValue> | string {
  const fields = new Map<string, FieldValue>()
  for (;;) {
    const key = name(cursor, '=, ')
    if (key === '' || cursor.text[cursor.at] !== '=') return 'each field is a key, = and a value'
    cursor.at++
    const value = cursor.text[cursor.at] === '"' ? quoted(cursor) : plainValue(cursor)
    if (value === undefined)
      return `field ${key} is a number, one with i or u behind it, true or false, or text in double quotes`
    fields.set(key, value)
    if (cursor.text[cursor.at] !== ',') return fields
    cursor.at++
  }
}

/** Up to a sign that ends it and is not escaped. A backslash before any other sign is one. */
function name(cursor: Cursor, ends: string): string {
  const { text } = cursor
  let read = ''
  for (; cursor.at < text.length; cursor.at++) {
    const sign = text[cursor.at]!
    if (sign === '\n' || sign === '\r' || ends.includes(sign)) break
    const next = text[cursor.at + 1]
    if (sign === '\\' && next !== undefined && ',= '.includes(next)) {
      read += next
      cursor.at++
    } else read += sign
  }
  return read
}

/** It may hold line ends. Undefined where it does not end. */
function quoted(cursor: Cursor): string | undefined {
  const { text } = cursor
  let read = ''
  for (let at = cursor.at + 1; at < text.length; at++) {
    const sign = text[at]!
    if (sign === '"') {
      cursor.at = at + 1
      return isEnd(text[cursor.at]) ? read : undefined
    }
    const next = text[at + 1]
    if (sign === '\\' && (next === '"' || next === '\\')) {
      read += next
      at++
    } else read += sign
  }
  return undefined
}

const FLOAT = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/
const INTEGER = /^(?:[+-]?\d+i|\d+u)$/
const TRUE = new Set(['t', 'T', 'true', 'True', 'TRUE'])
const FALSE = new Set(['f', 'F', 'false', 'False', 'FALSE'])

function plainValue(cursor: Cursor): FieldValue | undefined {
  const begin = cursor.at
  while (!isEnd(cursor.text[cursor.at])) cursor.at++
  const written = cursor.text.slice(begin, cursor.at)
  if (TRUE.has(written)) return true
  if (FALSE.has(written)) return false
  const value = FLOAT.test(written)
    ? Number(written)
    : INTEGER.test(written)
      ? Number(written.slice(0, -1))
      : Number.NaN
  return Number.isFinite(value) ? value : undefined
}

/** Null where what stands there is none. */
function timestampAt(cursor: Cursor): string | undefined | null {
  skipBlanks(cursor)
  const end = endOfLine(cursor.text, cursor.at)
  const written = cursor.text.slice(cursor.at, end).trim()
  if (written !== '' && !/^-?\d{1,19}$/.test(written)) return null
  cursor.at = end
  return written === '' ? undefined : written
}

function skipBlanks(cursor: Cursor): boolean {
  const begin = cursor.at
  while (cursor.text[cursor.at] === ' ') cursor.at++
  return cursor.at > begin
}

function isEnd(sign: string | undefined): boolean {
  return sign === undefined || sign === ',' || sign === ' ' || sign === '\n' || sign === '\r'
}

function endOfLine(text: string, from: number): number {
  const at = text.indexOf('\n', from)
  return at < 0 ? text.length : at
}

/** Parts of a second, or seconds, that a timestamp counts: nanoseconds where nothing is said. */
const PRECISIONS = {
  ns: { perMs: 1_000_000n },
  n: { perMs: 1_000_000n },
  us: { perMs: 1_000n },
  u: { perMs: 1_000n },
  ms: { perMs: 1n },
  s: { ms: 1_000n },
  m: { ms: 60_000n },
  h: { ms: 3_600_000n },
} as const
export type Precision = keyof typeof PRECISIONS

export function isPrecision(text: string): text is Precision {
  return Object.hasOwn(PRECISIONS, text)
}

export const PRECISION_NAMES = Object.keys(PRECISIONS).join(', ')

/** Milliseconds since 1970, a part of one left out; undefined past all calendars. */
export function millisecondsOf(timestamp: string, precision: Precision): number | undefined {
  const count = BigInt(timestamp)
  const unit: { readonly perMs?: bigint; readonly ms?: bigint } = PRECISIONS[precision]
  const per = unit.perMs ?? 1n
  const whole = count * (unit.ms ?? 1n)
  const floored = whole / per - (whole < 0n && whole % per !== 0n ? 1n : 0n)
  const ms = Number(floored)
  return Math.abs(ms) <= 8.64e15 ? ms : undefined
}
