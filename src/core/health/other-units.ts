/* In which other unit a sensor may have begun to report: what it says, turned back into the station's unit. */

export interface OtherUnit {
  /** For people. */
  readonly name: string
  toUnit(value: number): number
}

const scaled = (name: string, factor: number): OtherUnit => ({ name, toUnit: (value) => value * factor })

const FAMILIES: readonly { readonly unit: RegExp; readonly others: readonly OtherUnit[] }[] = [
  {
    unit: /^(deg ?|°)?C$/i,
    others: [
      { name: 'degF', toUnit: (value) => (value - 32) / 1.8 },
      { name: 'K', toUnit: (value) => value - 273.15 },
    ],
  },
  {
    unit: /^(deg ?|°)?F$/i,
    others: [
      { name: 'degC', toUnit: (value) => value * 1.8 + 32 },
      { name: 'K', toUnit: (value) => (value - 273.15) * 1.8 + 32 },
    ],
  },
  {
    unit: /^(deg ?|°)?K$/,
    others: [
      { name: 'degC', toUnit: (value) => value + 273.15 },
      { name: 'degF', toUnit: (value) => (value - 32) / 1.8 + 273.15 },
    ],
  },
  {
    unit: /^(hPa|mbar)$/i,
    others: [scaled('kPa', 10), scaled('Pa', 0.01), scaled('mmHg', 1.333_224), scaled('inHg', 33.863_886)],
  },
  { unit: /^kPa$/i, others: [scaled('hPa', 0.1), scaled('Pa', 0.001), scaled('mmHg', 0.133_322_4)] },
  { unit: /^Pa$/, others: [scaled('hPa', 100), scaled('kPa', 1000)] },
  {
    unit: /^m\/s$/,
    others: [scaled('km/h', 1 / 3.6), scaled('mph', 0.447_04), scaled('kn', 0.514_444)],
  },
]

const ANY: readonly OtherUnit[] = [10, 100, 1000].flatMap((factor) => [
  scaled(`${factor} times the unit`, factor),
  scaled(`1/${factor} of the unit`, 1 / factor),
])

/** The units that a channel in `unit` is at times reported in by mistake. */
export function otherUnits(unit: string): readonly OtherUnit[] {
  return [...(FAMILIES.find((family) => family.unit.test(unit))?.others ?? []), ...ANY]
}
