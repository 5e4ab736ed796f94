const NUMBER_AND_UNIT = /^([+-]?[\d.,][\d.,'’ \u00a0\u2009\u202f]*?(?:[eE][+-]?\d+)?)\s*([^\s\d.,:;+-].*)$/

/** Parts `21.5 °C`; undefined where no number is followed by anything. */
export function numberAndUnit(text: string): { readonly number: string; readonly unit: string } | undefined {
  const match = NUMBER_AND_UNIT.exec(text)
  return match ? { number: match[1]!.trim(), unit: match[2]!.trim() } : undefined
}

/** Whether two ways of writing a unit mean one: `°C` and `degC`, `m/s` and `m s-1` are not told apart by case alone. */
export function isSameUnit(one: string, other: string): boolean {
  return plain(one) === plain(other)
}

const WORDS: Readonly<Record<string, string>> = {
  celsius: 'c',
  degreescelsius: 'c',
  fahrenheit: 'f',
  percent: '%',
  '%rh': '%',
  '%r.h.': '%',
  watt: 'w',
  watts: 'w',
  mbar: 'hpa',
  ms: 'm/s',
  'ms-1': 'm/s',
  kmh: 'km/h',
  kph: 'km/h',
}

/** `mW` is no `MW`: there the case stays. */
function plain(unit: string): string {
  const text = unit
    .normalize('NFKC')
    .replace(/[\s^·⋅*]/g, '')
    .replace(/[°º]|^deg(?=[CFK]\b)/g, '')
  const word = text.toLowerCase()
  const known = WORDS[word]
  if (known !== undefined) return known
  return /^[mM][A-Za-z]/.test(text) ? text : word
}

/** The unit that stands in brackets behind a column's name: `Temp (°F)`. */
export function unitInName(name: string): string | undefined {
  return /[([]([^)\]]{1,24})[)\]]\s*$/.exec(name)?.[1]
}

/** Units of one quantity that are told apart by their size. */
const QUANTITIES = [
  ['c', 'f', 'k'],
  ['w', 'kw'],
  ['wh', 'kwh', 'MWh'],
  ['m/s', 'km/h', 'mph', 'kn'],
  ['hpa', 'kpa', 'inhg', 'mmHg'],
]

/** Whether two units are of one quantity and not the same: 20 of one are not 20 of the other. */
export function isOtherScale(one: string, other: string): boolean {
  const [a, b] = [plain(one), plain(other)]
  return a !== b && QUANTITIES.some((units) => units.includes(a) && units.includes(b))
}
