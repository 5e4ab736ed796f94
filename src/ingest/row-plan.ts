import type { Channel, Station, Where } from '../domain/station.ts'
import { jsonText } from '../protocol/nesting.ts'

/** The columns that a station's rows are read from. */
export interface RowPlan {
  /** Each once. */
  readonly columns: readonly string[]
  /** Places in `columns`. */
  readonly time: readonly number[]
  readonly zone: number | undefined
  /** Shape: [channel], in station order. */
  readonly channels: readonly number[]
  /** Conditions on rows, each once. */
  readonly conditions: readonly Condition[]
  /** By channel, its condition's place in `conditions`; undefined where every row is meant. */
  readonly conditionOf: readonly (number | undefined)[]
}

/** All of its columns hold one of their texts. */
export interface Condition {
  readonly cells: readonly { readonly column: number; readonly texts: ReadonlySet<string> }[]
}

export function timeColumns({ time }: Pick<Station, 'time'>): readonly string[] {
  return time.columns ?? [time.column]
}

export function rowPlan(station: Pick<Station, 'time' | 'channels'>): RowPlan {
  const columns: string[] = []
  const placeOf = (column: string): number => {
    const found = columns.indexOf(column)
    return found >= 0 ? found : columns.push(column) - 1
  }
  const time = timeColumns(station).map(placeOf)
  const zone = station.time.zoneColumn === undefined ? undefined : placeOf(station.time.zoneColumn)
  const channels = station.channels.map(({ column }) => placeOf(column))
  const keys: string[] = []
  const conditions: Condition[] = []
  const conditionOf = station.channels.map(({ where }: Channel) => {
    if (where === undefined || Object.keys(where).length === 0) return undefined
    const key = JSON.stringify(where)
    const found = keys.indexOf(key)
    if (found >= 0) return found
    keys.push(key)
    return conditions.push(conditionFrom(where, placeOf)) - 1
  })
  return { columns, time, zone, channels, conditions, conditionOf }
}

function conditionFrom(where: Where, placeOf: (column: string) => number): Condition {
  return {
    cells: Object.entries(where).map(([column, texts]) => ({
      column: placeOf(column),
      texts: new Set([texts].flat().map((text) => text.trim())),
    })),
  }
}

export function isMet({ cells }: Condition, row: readonly unknown[], places: readonly number[]): boolean {
  return cells.every(({ column, texts }) => {
    const cell = row[places[column]!]
    if (cell === null || cell === undefined) return texts.has('')
    return texts.has((typeof cell === 'string' ? cell : jsonText(cell)).trim())
  })
}
