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
  kt: 'kn',
  kts: 'kn',
  knots: 'kn',
  mph: 'mph',
  mmhg: 'mmHg',
}

/** `mW` is no `MW`: there the case stays. */
function plain(unit: string): string {
  const text = unit
    .replace(/[°º]/g, '')
    .normalize('NFKC')
    .replace(/[\s^·⋅*]/g, '')
    .replace(/^deg(?=[CFK]\b)/, '')
  const word = text.toLowerCase()
  const known = WORDS[word]
  if (known !== undefined) return known
  return /^[mM][A-Za-z]/.test(text) ? text : word
}

/** Names of weather consoles, radio receivers and meters end in the unit: `soiltemp1f`, `temperature_F`, `power_kW`. */
const NAMED_UNITS: readonly (readonly [name: RegExp, unit: string])[] = [
  ...(['C', 'F'] as const).map((sign): [RegExp, string] => [
    new RegExp(
      `^(?:(?:(?:indoor|soil)?temp(?:in)?\\d*|dewpt|windchill)|.*temp(?:erature)?_?\\d*_)${sign}$`,
      'i',
    ),
    `°${sign}`,
  ]),
  [/^barom(?:rel|abs)?in$/i, 'inHg'],
  [/rainin$/i, 'in'],
  [/(?:_|windspeed|windgust)mph$/i, 'mph'],
  [/_km_?h$/i, 'km/h'],
  [/_inhg$/i, 'inHg'],
  [/_hpa$/i, 'hPa'],
  [/_kpa$/i, 'kPa'],
  [/_kw$/i, 'kW'],
  [/_kwh$/i, 'kWh'],
]

/** The unit that stands behind a column's name: `Temp (°F)`, `Temp °F`, `temperature_F`. */
export function unitInName(name: string): string | undefined {
  const found = /[([]([^)\]]{1,24})[)\]]\s*$/.exec(name) ?? /\s([°º][CF])\s*$/.exec(name)
  return found?.[1] ?? NAMED_UNITS.find(([pattern]) => pattern.test(name))?.[1]
}

/** Units of one quantity that are told apart by their size. */
const QUANTITIES = [
  ['c', 'f', 'k'],
  ['w', 'kw'],
  ['wh', 'kwh', 'MWh'],
  ['m/s', 'km/h', 'mph', 'kn'],
  ['mm', 'cm', 'in'],
  ['pa', 'hpa', 'kpa', 'inhg', 'mmHg', 'psi'],
]

/** Whether two units are of one quantity and not the same: 20 of one are not 20 of the other. */
export function isOtherScale(one: string, other: string): boolean {
  const [a, b] = [plain(one), plain(other)]
  return a !== b && QUANTITIES.some((units) => units.includes(a) && units.includes(b))
}

/** A unit as rows of units have it: `(°F)` is `°F`. */
export function bareUnit(cell: string): string {
  return cell.trim().replace(/^[([](.*)[)\]]$/, '$1')
}

/** Whether what comes in a unit would be taken for a channel's own, which is another of the same quantity. */
export function isUnconverted(
  { unit, scale, offset }: { readonly unit: string; readonly scale?: unknown; readonly offset?: unknown },
  said: string,
): boolean {
  return scale === undefined && offset === undefined && isOtherScale(said, unit)
}
