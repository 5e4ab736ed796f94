import type { Channel } from '../domain/station.ts'
import { isRecord, jsonAt } from './json-path.ts'
import type { RawRow } from './raw-row.ts'
import { bareUnit, isUnconverted } from './unit-text.ts'

/*
 * A unit that stands beside the value, in a column or at a key of its own, is as good as one in its cell: what comes in
 * another one than the station file says is refused in the same words.
 */

type Rules = Pick<Channel, 'name' | 'column' | 'unit' | 'scale' | 'offset'>

/** Of a row the texts that say the unit of a channel. */
export type UnitsBeside = (channel: number) => readonly string[]

const NAMES_UNIT =
  /^(.*?)[_ .-]?(?:units?|unit_of_meas(?:urement)?|uom|measurement|einheit|unit[éeà]|unidad|eenheid|enhet)$/i
/** Where Home Assistant has the unit of a state; into InfluxDB it writes it as the measurement. */
const ATTRIBUTES = 'attributes'

/** Whether a key says the unit of a column: `unit`, or `TempUnit` and `Temperature_unit` of `Temperature`. */
function saysUnitOf(key: string, column: string): boolean {
  const whose = NAMES_UNIT.exec(key)?.[1]
  return whose !== undefined && column.toLowerCase().startsWith(whose.toLowerCase())
}

/** The values of a row, those in another unit with that behind them, which is no number then. */
export function withUnits(row: RawRow, channels: readonly Rules[], unitsOf: UnitsBeside): RawRow {
  let values: Record<string, number | string | null> | undefined
  for (const [index, channel] of channels.entries()) {
    const value = row.values[channel.name]
    if (typeof value !== 'number') continue
    const other = unitsOf(index).find((unit) => isUnconverted(channel, unit))
    if (other === undefined) continue
    values ??= { ...row.values }
    values[channel.name] = `${value} ${other}`
  }
  return values ? { ...row, values } : row
}

/** By channel, the places of the columns that say its unit. `asked`: columns that the station has its say of already. */
export function unitColumns(
  names: readonly string[],
  channels: readonly Rules[],
  asked: readonly string[],
): readonly (readonly number[])[] {
  return channels.map(({ column, name }) =>
    names.flatMap((key, place) =>
      !asked.includes(key) && (saysUnitOf(key, column) || saysUnitOf(key, name)) ? [place] : [],
    ),
  )
}

/** Reads the units that a tick says of its channels; undefined where it says none. */
export function unitsIn(
  channels: readonly Rules[],
  asked: readonly string[],
): (tick: Readonly<Record<string, unknown>>) => UnitsBeside | undefined {
  const parents = channels.map(({ column }) => /^(.*)\.[^.]*$/.exec(column)?.[1] ?? '')
  const own = channels.map(({ column }) => column.slice(column.lastIndexOf('.') + 1))
  const holders = [...new Set(['', ATTRIBUTES, ...parents])]
  /** Whether a key may say a unit: a tick has the same ones as that before it. */
  const known = new Map<string, boolean>()
  const isUnit = (key: string, path: string): boolean => {
    const found = known.get(path)
    if (found !== undefined) return found
    const is = !asked.includes(path) && NAMES_UNIT.test(key)
    if (known.size < MOST_KEYS) known.set(path, is)
    return is
  }
  return (tick) => {
    const said: { readonly holder: string; readonly key: string; readonly unit: string }[] = []
    for (const holder of holders) {
      const record = holder === '' ? tick : jsonAt(tick, holder)
      if (!isRecord(record)) continue
      for (const key of Object.keys(record)) {
        const unit = record[key]
        if (typeof unit === 'string' && isUnit(key, holder === '' ? key : `${holder}.${key}`))
          said.push({ holder, key, unit: bareUnit(unit) })
      }
    }
    if (said.length === 0) return undefined
    return (channel) =>
      said
        .filter(({ holder }) => holder === '' || holder === ATTRIBUTES || holder === parents[channel])
        .filter(({ key }) => saysUnitOf(key, own[channel]!))
        .map(({ unit }) => unit)
  }
}

const MOST_KEYS = 1024
