import type { DecimalSign } from '../domain/station.ts'

/** A decimal or exponent number and nothing beside it: `Number` would also read '', ' 1' and '0x10'. */
export const PLAIN_NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i

/** What one text tells of the way in which numbers are written. */
export type NumberHint =
  /** It is a number in one way alone, and with this decimal sign. */
  | DecimalSign
  /** Digits alone: nothing is told. */
  | 'whole'
  /** `1,215` is one and a bit, or a thousand and more. */
  | 'either_comma'
  /** `1.215`, likewise; by itself it is taken for one and a bit. */
  | 'either_point'
  /** `+0004,5`: a value and a flag, as likely as a decimal comma. */
  | 'padded'

export const WHOLE_NUMBER = /^[+-]?\d+$/
const ONE_SIGN = /^[+-]?(\d*)([.,])(\d*)(e[+-]?\d+)?$/i
const GROUPS_OF_COMMA = /^[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?$/
const GROUPS_OF_POINT = /^[+-]?\d{1,3}(?:\.\d{3})+(?:,\d*)?$/
/** A blank, a narrow one, or an apostrophe between groups of three digits; never a decimal sign. */
const GROUPING = /(?<=\d)[ \u00a0\u2009\u202f'’](?=\d{3}(?:\D|$))/g

/** Undefined where a text is no number, however its signs are understood. */
export function numberHint(text: string): NumberHint | undefined {
  if (WHOLE_NUMBER.test(text)) return 'whole'
  const one = ONE_SIGN.exec(text)
  if (one) {
    const [, before = '', sign, behind = '', exponent] = one
    if (before === '' && behind === '') return undefined
    const thousands =
      behind.length === 3 &&
      before.length > 0 &&
      before.length <= 3 &&
      !before.startsWith('0') &&
      exponent === undefined
    if (sign === '.') return thousands ? 'either_point' : 'point'
    if (thousands) return 'either_comma'
    return before.length > 1 && before.startsWith('0') ? 'padded' : 'comma'
  }
  if (GROUPS_OF_COMMA.test(text)) return 'point'
  return GROUPS_OF_POINT.test(text) ? 'comma' : undefined
}

/** The zeros of scripts with digits of their own: Arabic, Persian, Devanagari, Bengali, Thai, and those of full width. */
const ZEROS = [0x660, 0x6f0, 0x966, 0x9e6, 0xe50, 0xff10]
const SIGNS: Readonly<Record<string, string>> = {
  '\u2212': '-',
  '\u2013': '-',
  '\uff0d': '-',
  '\uff0b': '+',
  '\u066b': '.',
  '\uff0e': '.',
  '\uff0c': ',',
  '\u066c': '',
}

/** Digits and signs of other scripts, and the typographer's minus, as ASCII; the rest stays as it is. */
function plainDigits(text: string): string {
  return text
    .replace(/\p{Nd}/gu, (digit) => {
      const code = digit.codePointAt(0)!
      const zero = ZEROS.find((each) => code >= each && code < each + 10)
      return zero === undefined ? digit : String(code - zero)
    })
    .replace(
      /^[\u2212\u2013\uff0d\uff0b](?=[\d.,\uff0e\uff0c])|(?<=\d)[\u066b\u066c\uff0e\uff0c](?=\d)/g,
      (sign) => SIGNS[sign]!,
    )
}

/** Blanks and apostrophes that part thousands are left out; digits and signs become ASCII; the rest stays as it is. */
export function ungrouped(given: string): string {
  const text = isAscii(given) ? given : plainDigits(given)
  return GROUPING.test(text) ? text.replace(GROUPING, '') : text
}

function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0x7f) return false
  return true
}

/** A number as it is written with this decimal sign, its thousands parted or not; undefined for anything else. */
export function numberWith(sign: DecimalSign, text: string): number | undefined {
  const hint = numberHint(text)
  if (hint === undefined) return undefined
  let plain: string
  if (sign === 'comma') {
    if (hint === 'point') return undefined
    plain = text.replaceAll('.', '').replace(',', '.')
  } else {
    if (hint === 'comma' || hint === 'padded') return undefined
    plain = text.replaceAll(',', '')
  }
  return finite(plain)
}

/** A number that can be meant in one way alone. */
export function numberInOneWay(text: string): number | undefined {
  const hint = numberHint(text)
  switch (hint) {
    case 'comma':
    case 'point':
      return numberWith(hint, text)
    case 'whole':
    case 'either_point':
      return finite(text)
    default:
      return undefined
  }
}

/** `1e999` is written like a number and is none. */
function finite(text: string): number | undefined {
  if (!PLAIN_NUMBER.test(text)) return undefined
  const value = Number(text)
  return Number.isFinite(value) ? value : undefined
}
