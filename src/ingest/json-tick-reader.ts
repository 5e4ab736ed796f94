import type { Station } from '../domain/station.ts'
import { isRecord, jsonAt } from './json-path.ts'
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
  const rows = layout?.rows
  return function* read(parsed, place) {
    const list = Array.isArray(parsed)
      ? { ticks: parsed, path: '' }
      : rows !== undefined && isRecord(parsed)
        ? { ticks: jsonAt(parsed, rows), path: `.${rows}` }
        : undefined
    if (list && Array.isArray(list.ticks)) {
      for (const [index, tick] of list.ticks.entries())
        yield* [reader.read(tick, `${place}${list.path}[${index}]`) ?? []].flat()
      return
    }
    const hidden = isRecord(parsed) && isOfNoTick(parsed, reader) ? listIn(parsed) : undefined
    if (hidden === undefined) yield* [reader.read(parsed, place) ?? []].flat()
    else yield { place, eventTime: undefined, values: {}, malformed: ruleOf(hidden, rows) }
  }
}

function isOfNoTick(record: Readonly<Record<string, unknown>>, reader: JsonRowReader): boolean {
  return (
    !Object.hasOwn(record, 'values') && (reader.cellsOf(record) ?? []).every((cell) => cell === undefined)
  )
}

interface HiddenList {
  readonly path: string
  readonly length: number
}

/** The first list of objects within. */
function listIn(record: Readonly<Record<string, unknown>>, above = '', depth = 1): HiddenList | undefined {
  for (const [key, value] of Object.entries(record)) {
    const path = above === '' ? key : `${above}.${key}`
    if (Array.isArray(value) && value.some(isRecord)) return { path, length: value.length }
    const within = depth < DEEPEST && isRecord(value) ? listIn(value, path, depth + 1) : undefined
    if (within) return within
  }
  return undefined
}

function ruleOf({ path, length }: HiddenList, rows: string | undefined): NonNullable<RawRow['malformed']> {
  const said = rows === undefined ? '' : `, and not ${rows}`
  return {
    field: path.slice(0, 128),
    value: `a list of ${length}`,
    rule: `a tick, or a list of them; where they stand in a list within, the station file says so: table: { rows: ${path.slice(0, 128)} }${said}`,
  }
}
