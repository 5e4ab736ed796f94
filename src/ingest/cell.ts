import type { CellFlag, Channel, DecimalSign } from '../domain/station.ts'
import { jsonText } from '../protocol/nesting.ts'
import {
  numberHint,
  numberInOneWay,
  numberWith,
  PLAIN_NUMBER,
  ungrouped,
  WHOLE_NUMBER,
} from './number-text.ts'
import { isSameUnit, numberAndUnit } from './unit-text.ts'

/** A cell as a tick carries it: a number, null where nothing was measured, or what it held where it is neither. */
export type CellReader = (cell: unknown) => number | string | null

/**
 * How the numbers of a column are written; `open`: only those are read that can be meant in one way; `whole`: likewise, of
 * a column of whole numbers, where `1.215` may be a thousand and more.
 */
export type NumberStyle = DecimalSign | 'open' | 'whole'

type Rules = Pick<Channel, 'unit' | 'decimal' | 'missing' | 'flag'>

/** Longer cells are cut: a message to a person needs no more, and ticks carry no more. */
export const LONGEST_CELL = 200

/** What loggers, databases, spreadsheets and home automation write for 'nothing measured'. */
const MISSING = new Set(
  (
    '|nan|na|n/a|n.a.|#n/a|#na|null|none|nil|undefined|missing|no data|nodata|unavailable|unknown|not available|' +
    '-nan|(null)|<na>|not measured'
  ).split('|'),
)
/** Dashes, dots and the like, however many. */
const NO_LETTER = /^(?:[-–—]+|\.+|\*+|\?+|_+|\/+)(?:[.:][-–—]+)?$/

export function isMissing(text: string, words: ReadonlySet<string> | undefined): boolean {
  if (words?.has(text.toLowerCase())) return true
  return MISSING.has(text.toLowerCase()) || NO_LETTER.test(text)
}

export function missingWords({ missing }: Rules): ReadonlySet<string> | undefined {
  return missing && new Set(missing.map((word) => word.trim().toLowerCase()))
}

/** Reads the cells of one channel. A text that is no number in one way alone stays a text, for whoever checks it. */
export function cellReader(rules: Rules, style: NumberStyle = rules.decimal ?? 'open'): CellReader {
  const words = missingWords(rules)
  const isPlain =
    style !== 'comma' && !rules.flag && (!words || ![...words].some((word) => PLAIN_NUMBER.test(word)))
  const plain = style === 'whole' ? WHOLE_NUMBER : PLAIN_NUMBER
  return (cell) => {
    if (isPlain && typeof cell === 'string') {
      const text = cell.trim()
      if (plain.test(text)) {
        const value = Number(text)
        return Number.isFinite(value) ? value : text.slice(0, LONGEST_CELL)
      }
    }
    if (typeof cell === 'number' && Number.isFinite(cell)) {
      return words?.has(String(cell)) ? null : cell
    }
    if (cell === null || cell === undefined) return null
    const text = (typeof cell === 'string' ? cell : jsonText(cell)).trim()
    if (isMissing(text, words)) return null
    const part = rules.flag ? flagged(text, rules.flag) : text
    if (part === null || isMissing(part, words)) return null
    return numberOf(part, rules.unit, style) ?? text.slice(0, LONGEST_CELL)
  }
}

function numberOf(text: string, unit: string, style: NumberStyle): number | undefined {
  const read = readerOf(style)
  const value = read(ungrouped(text))
  if (value !== undefined) return value
  const parts = numberAndUnit(text)
  return parts && isSameUnit(parts.unit, unit) ? read(ungrouped(parts.number)) : undefined
}

function readerOf(style: NumberStyle): (text: string) => number | undefined {
  if (style === 'open') return numberInOneWay
  if (style === 'whole')
    return (text) => (numberHint(text) === 'either_point' ? undefined : numberInOneWay(text))
  return (text) => numberWith(style, text)
}

/** `1.215`, which whoever knows nothing of its column takes for one and a bit. */
export function isPointInTwoWays(cell: string): boolean {
  return numberHint(ungrouped(numberAndUnit(cell)?.number ?? cell)) === 'either_point'
}

/** The value's part of a cell; null where its flag says that it is no measurement. */
function flagged(text: string, { separator, good }: CellFlag): string | null {
  let value: string
  let flag: string
  if (separator === undefined) {
    const match = /^([+-]?[\d.,]+(?:[eE][+-]?\d+)?)\s*(.*)$/.exec(text)
    if (!match) return text
    value = match[1]!
    flag = match[2]!
  } else {
    const at = text.indexOf(separator)
    // What is neither stays as it is, for whoever says so.
    if (at < 0 && numberHint(text) === undefined) return text
    value = at < 0 ? text : text.slice(0, at).trim()
    flag =
      at < 0
        ? ''
        : text
            .slice(at + separator.length)
            .split(separator, 1)[0]!
            .trim()
  }
  return good && !good.includes(flag) ? null : value
}

/** The rule that a cell breaks which is no number, with the way out where there is one. */
export function numberRule(text: string, channel: Rules): string {
  const hint = numberHint(ungrouped(text.trim()))
  const plain = text.trim()
  if (hint === 'either_comma' || hint === 'either_point')
    return `a number in one way: '${plain}' can be ${plain.replace(',', '.')} or ${plain.replace(/[.,]/, '')}; say which with decimal: comma or decimal: point`
  if (hint === 'padded')
    return `a number in one way: '${plain}' can be a value and a flag (flag: { separator: "," }) or a decimal comma (decimal: comma)`
  if (hint !== undefined) return `a number as decimal: ${channel.decimal ?? 'point'} has it`
  const parts = numberAndUnit(plain)
  if (parts && numberHint(ungrouped(parts.number)) !== undefined)
    return `a number in ${channel.unit || 'no unit'}, as the station file says (unit:); what follows it may be a flag (flag:)`
  if (/^[^\d]{1,24}$/.test(plain)) return `a number; where this means 'not measured': missing: ["${plain}"]`
  return 'a number'
}
