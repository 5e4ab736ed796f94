import type { Station } from '../domain/station.ts'
import { isRecord, jsonAt } from './json-path.ts'

/** What a text holds of ticks, and where: behind the text's own place. */
export interface FoundTicks {
  readonly ticks: readonly unknown[]
  /** `.data[3]`, by the tick's number; empty of the text itself. */
  placeOf(index: number): string
}

export interface TicksInOptions extends Pick<Station, 'layout'> {
  /** Of the station's row plan. */
  readonly columns: readonly string[]
}

/**
 * The ticks of a text: itself, a list, or what stands at `table: { rows: data }`. A tick that is a list goes by
 * `table: { columns: [...] }` or by numbers from 1; one whose columns are lists of equal length is as many ticks.
 */
export function ticksIn(parsed: unknown, { layout, columns }: TicksInOptions): FoundTicks {
  const rows = layout?.rows
  const inner = rows !== undefined && isRecord(parsed) ? jsonAt(parsed, rows) : undefined
  const path = inner === undefined ? '' : `.${rows}`
  const found = inner ?? parsed
  const isByCell = layout?.columns !== undefined || columns.some((column) => /^\d+$/.test(column))
  const tickOf = (tick: unknown) => (isByCell && isRowOfCells(tick) ? named(tick, layout?.columns) : tick)
  if (Array.isArray(found) && !(isByCell && isRowOfCells(found)))
    return { ticks: found.map(tickOf), placeOf: (index) => `${path}[${index}]` }
  const units = path !== '' && isRecord(parsed) ? jsonAt(parsed, `${rows}_units`) : undefined
  const ticks = isRecord(found) ? transposed(found, columns, isRecord(units) ? units : {}) : undefined
  if (ticks) return { ticks, placeOf: (index) => `${path}[${index}]` }
  return { ticks: [tickOf(found)], placeOf: () => path }
}

/** A tick whose values go by their place. */
export function isRowOfCells(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.length > 1 && !value.some(isHolder)
}

export function isHolder(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

export function named(
  cells: readonly unknown[],
  names: readonly string[] | undefined,
): Record<string, unknown> {
  return Object.fromEntries(cells.map((cell, index) => [names?.[index] ?? String(index + 1), cell]))
}

/** The key that says the unit of a column. */
export function unitKey(column: string): string {
  return `${column}_unit`
}

/** Undefined where time and values are no lists, or not of one length. `units`: by column, as weather services have them. */
function transposed(
  record: Readonly<Record<string, unknown>>,
  columns: readonly string[],
  units: Readonly<Record<string, unknown>>,
): readonly Readonly<Record<string, unknown>>[] | undefined {
  const found = columns.map((column) => [column, jsonAt(record, column)] as const)
  const lists = found.filter(([, cells]) => Array.isArray(cells) && !cells.some(isHolder))
  const lengths = new Set(lists.map(([, cells]) => (cells as readonly unknown[]).length))
  const [length] = lengths
  if (length === undefined || lengths.size > 1 || lists.length < 2 || lists[0] !== found[0]) return undefined
  const told = columns.flatMap((column) => {
    const unit = units[column]
    return typeof unit === 'string' ? [[unitKey(column), unit] as const] : []
  })
  return Array.from({ length }, (_, index) =>
    Object.fromEntries([
      ...told,
      ...found.flatMap(([column, cells]) =>
        cells === undefined ? [] : [[column, Array.isArray(cells) ? cells[index] : cells] as const],
      ),
    ]),
  )
}
