import type { Station } from '../domain/station.ts'
import { jsonText } from '../protocol/nesting.ts'
import { LONGEST_CELL } from './cell.ts'
import { isRowOfCells, ticksIn } from './json-lists.ts'
import { isRecord } from './json-path.ts'
import type { JsonRowReader } from './json-rows.ts'
import type { RawRow } from './raw-row.ts'

/** Reads the ticks of a JSON text one by one. */
export type JsonTickReader = (parsed: unknown, place: string) => Generator<RawRow, void, undefined>

/** How deep a list of ticks is looked for, to name where it stands. */
const DEEPEST = 3

/**
 * A text is one tick, a list of them, or holds such a list where the station file says: `table: { rows: data }`. A list
 * that nobody mentioned is refused with the key that does: taken for a tick, all of it would be lost as keys unknown.
 */
export function jsonTickReader({ layout }: Pick<Station, 'layout'>, reader: JsonRowReader): JsonTickReader {
  const { columns } = reader
  const whyNone = (tick: unknown, place: string): RawRow['malformed'] => {
    if (isRowOfCells(tick)) return ruleOfCells(tick, place)
    const hidden = isRecord(tick) && isOfNoTick(tick, reader) ? listIn(tick, reader) : undefined
    return hidden && ruleOf(hidden, layout?.rows)
  }
  return function* read(parsed, place) {
    const { ticks, placeOf } = ticksIn(parsed, { ...(layout && { layout }), columns })
    for (const [index, tick] of ticks.entries()) {
      const at = `${place}${placeOf(index)}`
      const malformed = whyNone(tick, at)
      if (malformed === undefined) yield* [reader.read(tick, at) ?? []].flat()
      else yield { place: at, eventTime: undefined, values: {}, malformed }
    }
  }
}

function isOfNoTick(record: Readonly<Record<string, unknown>>, reader: JsonRowReader): boolean {
  return (
    !Object.hasOwn(record, 'values') && (reader.cellsOf(record) ?? []).every((cell) => cell === undefined)
  )
}

interface HiddenList {
  readonly path: string
  readonly what: string
  readonly isList: boolean
}

/** The first list within of what may be ticks, or the first that has the columns of one. */
function listIn(
  record: Readonly<Record<string, unknown>>,
  reader: JsonRowReader,
  { above = '', depth = 1 } = {},
): HiddenList | undefined {
  for (const [key, value] of Object.entries(record)) {
    const path = above === '' ? key : `${above}.${key}`
    const deeper = (inner: unknown, at: string) =>
      depth < DEEPEST && isRecord(inner) ? listIn(inner, reader, { above: at, depth: depth + 1 }) : undefined
    if (Array.isArray(value) && value.some((each) => isRecord(each) || Array.isArray(each))) {
      const [first] = value
      const isTick = !isRecord(first) || !isOfNoTick(first, reader)
      return (
        (isTick ? undefined : deeper(first, `${path}[0]`)) ?? {
          path,
          what: `a list of ${value.length}`,
          isList: true,
        }
      )
    }
    if (isRecord(value) && !isOfNoTick(value, reader)) return { path, what: 'an object', isList: false }
    const within = deeper(value, path)
    if (within) return within
  }
  return undefined
}

function ruleOf(
  { path, what, isList }: HiddenList,
  rows: string | undefined,
): NonNullable<RawRow['malformed']> {
  const said = rows === undefined ? '' : `, and not ${rows}`
  return {
    field: path.slice(0, 128),
    value: what,
    rule: `a tick, or a list of them; where they stand ${isList ? 'in a list ' : ''}within, the station file says so: table: { rows: ${path.slice(0, 128)} }${said}`,
  }
}

function ruleOfCells(cells: readonly unknown[], place: string): NonNullable<RawRow['malformed']> {
  return {
    field: place.slice(-128),
    value: `[${cells.map((cell) => jsonText(cell)).join(', ')}]`.slice(0, LONGEST_CELL),
    rule: 'an object with a time and values; which cell of a list is which, the station file says: table: { columns: [a name for each] }, or columns by their numbers from 1',
  }
}
