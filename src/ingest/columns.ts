import { TickcastError } from '../domain/errors.ts'
import type { Station } from '../domain/station.ts'
import { listed } from './bad-file.ts'
import { columnKey, placeOf } from './column-name.ts'
import { nearestName } from './nearest-name.ts'
import { outsideColumns } from './outside-file.ts'
import { rowPlan, timeColumns } from './row-plan.ts'
import { unitColumns } from './unit-beside.ts'

/** Where a station's columns stand in a file, as its header says. */
export interface Columns {
  /** The station as far as the file goes: channels without a column are left out. */
  readonly station: Station
  readonly names: readonly string[]
  /** Where the columns of the station's row plan stand among the cells of a row. */
  readonly places: readonly number[]
  /** What a person should know of it: columns that are ignored, channels that are missing. */
  readonly notes: readonly string[]
}

export interface ColumnsOptions {
  readonly station: Station
  /** Place of the header for messages: `jena_2020.csv:1`. */
  readonly place: string
  /** What a person may do about a header that does not fit, e.g. `describe it with --station FILE`. */
  readonly hint?: string | undefined
}

/** The columns without which no row can be read: those of the time, the target's, and what tells rows apart. */
export function neededColumns(station: Station): readonly string[] {
  const { time, channels } = station
  const target = channels.find(({ name }) => name === station.target)
  return [
    ...timeColumns(station),
    targetColumn(station),
    ...Object.keys(target?.where ?? {}),
    ...(time.zoneColumn === undefined ? [] : [time.zoneColumn]),
  ]
}

/** Finds the station's columns among names. Without those that are needed it is the wrong file: an error. */
export function columnsOf(names: readonly string[], { station, place, hint }: ColumnsOptions): Columns {
  const fail = (problem: string): TickcastError => {
    const expected = timeColumns(station).map((name) => `'${name}'`)
    return new TickcastError(
      'bad_file',
      `${place}: ${problem}; found ${listed(names)}; station '${station.id}' expects ${expected.join(', ')} and ` +
        `'${targetColumn(station)}'${hint ? `; ${hint}` : ''}`,
    )
  }
  const near = (column: string): string => {
    const name = nearestName(column, names)
    return name === undefined ? '' : ` (is it '${name.trim()}'?)`
  }
  const wanted = rowPlan(station).columns.map(columnKey)
  const twice = names.find(
    (name, index) => wanted.includes(columnKey(name)) && placeOf(names, name.trim()) !== index,
  )
  if (twice !== undefined) {
    const found = names.flatMap((name, index) => (columnKey(name) === columnKey(twice) ? [index + 1] : []))
    throw fail(
      `column '${twice.trim()}' is there twice, as columns ${found.join(' and ')}; the station file says by its number which is meant: column: ${found.at(-1)}`,
    )
  }
  for (const column of timeColumns(station))
    if (placeOf(names, column) < 0) throw fail(`no time column '${column}'${near(column)}`)
  for (const column of neededColumns(station))
    if (placeOf(names, column) < 0) {
      const what = column === targetColumn(station) ? 'target column' : 'column'
      throw fail(`no ${what} '${column}'${near(column)}`)
    }

  const isThere = (column: string): boolean => placeOf(names, column) >= 0
  const present = station.channels.filter(
    ({ column, where }) => isThere(column) && Object.keys(where ?? {}).every(isThere),
  )
  const absent = station.channels.filter((channel) => !present.includes(channel))
  const used = new Set(rowPlan(station).columns.map((column) => placeOf(names, column)))
  for (const place of unitColumns(names, present, []).flat()) used.add(place)
  // What others have forecast may stand in the same table: `--outside` reads it.
  for (const issuer of station.outside ?? [])
    for (const column of outsideColumns(issuer)) used.add(placeOf(names, column))
  const unknown = names.map((name) => name.trim()).filter((name, index) => !used.has(index) && name !== '')
  const notes: string[] = []
  if (absent.length > 0) {
    const meant = absent.flatMap(({ column }) => {
      const name = nearestName(column, unknown)
      return name === undefined ? [] : [`is '${name}' the column '${column}'?`]
    })
    const doubt = meant.length > 0 ? `; ${meant.join(' ')}` : ''
    notes.push(
      `the file has ${present.length} of the ${station.channels.length} channels that the station is known to measure${doubt}`,
    )
  }
  if (unknown.length > 0)
    notes.push(`columns the station does not know are ignored: ${listed(unknown).replace(/'/g, '')}`)
  const known = { ...station, channels: present }
  return {
    station: known,
    names,
    places: rowPlan(known).columns.map((column) => placeOf(names, column)),
    notes,
  }
}

function targetColumn(station: Station): string {
  return station.channels.find(({ name }) => name === station.target)?.column ?? station.target
}
