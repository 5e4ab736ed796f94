import type { Archive } from '../../replay/archive.ts'
import { type ElementsOf, jsonElements } from '../ingest/json-elements.ts'
import { isHolder, isRowOfCells, named } from '../ingest/json-lists.ts'
import { isRecord, leavesOf } from '../ingest/json-path.ts'
import { linesOf } from '../ingest/lines.ts'

/** Ticks of JSON as a table of the texts and numbers within, by their paths. */
export interface JsonTable {
  /** Where their list stands within the text; empty where the text is one. */
  readonly path: string
  readonly names: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

const MOST_TICKS = 400
const MOST_NAMES = 64
/** How deep a list of ticks is looked for. */
const DEEPEST = 6

/** The ways of reading it, the plainest first. */
export async function draftJson(archive: Archive, of: ElementsOf): Promise<readonly JsonTable[]> {
  const { path, ticks } = ticksWithin(await elementsOf(archive, of))
  const holders = ticks.slice(0, MOST_TICKS)
  return [false, true].map((lists) => {
    const leaves = holders.map((tick) => new Map(leavesOf(tick, { lists })))
    const names = [...new Set(leaves.flatMap((each) => [...each.keys()]))].slice(0, MOST_NAMES)
    return { path, names, rows: leaves.map((each) => names.map((name) => each.get(name) ?? '')) }
  })
}

async function elementsOf(archive: Archive, of: ElementsOf): Promise<readonly unknown[]> {
  const { name } = archive
  const elements: unknown[] = []
  for await (const { lines } of jsonElements(linesOf(archive.bytes(), { name }), { name, of })) {
    for (const line of lines) {
      try {
        elements.push(JSON.parse(line))
      } catch {}
    }
    if (elements.length >= MOST_TICKS) break
  }
  return elements
}

interface Within {
  readonly path: string
  readonly ticks: readonly Readonly<Record<string, unknown>>[]
}

function ticksWithin(elements: readonly unknown[]): Within {
  const [only] = elements
  if (elements.length === 1 && isHolder(only)) {
    const found = longest(only, '', 0)
    if (found) return found
  }
  const ticks = elements.map((element) => (isRowOfCells(element) ? named(element, undefined) : element))
  return { path: '', ticks: ticks.filter(isRecord) }
}

/** The longest list of ticks within, or columns that are lists. */
function longest(holder: unknown, path: string, depth: number): Within | undefined {
  if (depth > DEEPEST || !isHolder(holder)) return undefined
  if (Array.isArray(holder)) {
    if (holder.length > 1 && holder.every(isRecord)) return { path, ticks: holder }
    if (holder.length > 1 && holder.every(isRowOfCells))
      return { path, ticks: holder.map((cells) => named(cells, undefined)) }
    return longest(holder[0], path === '' ? '' : `${path}[0]`, depth + 1)
  }
  const found = Object.entries(holder).map(([key, inner]: [string, unknown]) =>
    longest(inner, path === '' ? key : `${path}.${key}`, depth + 1),
  )
  const columns = Object.entries(holder).flatMap(([name, cells]) =>
    isRowOfCells(cells) ? [{ name, cells }] : [],
  )
  const [length = 0] = columns.map(({ cells }) => cells.length)
  if (columns.length > 1 && columns.every(({ cells }) => cells.length === length)) {
    const ticks = Array.from({ length }, (_, at) =>
      Object.fromEntries(columns.map(({ name, cells }) => [name, cells[at]])),
    )
    found.push({ path, ticks })
  }
  return found.sort((a, b) => (b?.ticks.length ?? 0) - (a?.ticks.length ?? 0))[0]
}
