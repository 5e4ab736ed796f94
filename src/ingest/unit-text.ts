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
