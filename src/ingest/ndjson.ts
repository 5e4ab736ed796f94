import type { Instant } from '../domain/instant.ts'
import { jsonText } from '../protocol/nesting.ts'
import { badFile, shown } from './bad-file.ts'
import { LONGEST_CELL, type NumberStyle } from './cell.ts'
import { type ElementsOf, jsonElements } from './json-elements.ts'
import { ticksIn } from './json-lists.ts'
import { isRecord, leavesOf } from './json-path.ts'
import { jsonRowReader } from './json-rows.ts'
import { isSpread, parsed } from './json-text.ts'
import { type JsonTickReader, jsonTickReader } from './json-tick-reader.ts'
import { ignoredTeller } from './json-ticks.ts'
import { type LineBlock, linesOf } from './lines.ts'
import { changedText, longTable } from './long-table.ts'
import { type NamingWatch, namingWatch } from './naming-watch.ts'
import type { RawRow } from './raw-row.ts'
import { rowPlan } from './row-plan.ts'
import type { RowSource, SourceOptions } from './row-source.ts'
import { PUT_BACK } from './summer-time.ts'
import { datesTurned, stylesOf, type TableSample } from './table-sample.ts'
import { UnreadableRun } from './unreadable-run.ts'

const SAMPLE_LINES = 200
const FEWEST_ROWS = 3
const MOST_TICKS = 400

/** Ticks in JSON, one a line, or the elements of one array. */
export async function openJson(
  bytes: AsyncIterable<Uint8Array>,
  options: SourceOptions & { readonly form: 'lines' | 'array' },
): Promise<RowSource> {
  const { name, station, now } = options
  const lines = linesOf(bytes, { name, encoding: station.layout?.encoding })
  let { form }: { form: 'lines' | ElementsOf } = options
  let blocks = form === 'lines' ? lines : jsonElements(lines, { name, of: 'array' })
  const close = async () => void (await blocks.return())
  try {
    let ahead = await readAhead(blocks, options.live ?? false)
    if (form === 'lines' && isSpread(ahead.flatMap(({ lines }) => lines))) {
      form = 'objects'
      blocks = jsonElements(allOf(ahead, blocks), { name, of: form })
      ahead = await readAhead(blocks, options.live ?? false)
    }
    const styles = checked(ahead, options)
    const tellIgnored = ignoredTeller(options.onNote)
    const alone = jsonRowReader({ station })
    async function* rowsOf(source: AsyncIterable<LineBlock>, from: Instant | undefined) {
      const reader = jsonRowReader({ station, styles, from, now, onNote: options.onNote })
      const ticks = jsonTickReader(station, reader)
      const run = new UnreadableRun(name)
      const watches = new Map<string, NamingWatch>()
      for await (const block of source) {
        const batch = block.lines.flatMap((line, index) =>
          rowOf(line, block.first + index * (block.step ?? 1), {
            ticks,
            run,
            watches,
            name,
            whole: options.whole ?? false,
          }),
        )
        tellIgnored(reader.ignored)
        if (batch.length > 0) yield batch
      }
    }
    return {
      station,
      notes: [],
      rowsBegin: form === 'lines' ? 1 : Number.NaN,
      torn: (line) =>
        form === 'lines' && line.trim() !== '' && parsed(line) === undefined
          ? `it ends within a tick, '${shown(line, 60)}', and no line end; expected whole lines of JSON`
          : undefined,
      stampOf: (line) => (form === 'lines' ? alone.read(parsed(line), '')?.eventTime : undefined),
      rowsOf: (source, { from } = {}) => rowsOf(source, from),
      async *rows({ from } = {}) {
        try {
          yield* rowsOf(allOf(ahead, blocks), from)
        } finally {
          await close()
        }
      },
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

async function readAhead(
  blocks: AsyncGenerator<LineBlock, void, undefined>,
  live: boolean,
): Promise<readonly LineBlock[]> {
  const ahead: LineBlock[] = []
  let lines = 0
  while (lines < (live ? 1 : SAMPLE_LINES)) {
    const block = await blocks.next()
    if (block.done) break
    ahead.push(block.value)
    lines += block.value.lines.length
  }
  return ahead
}

async function* allOf(
  ahead: readonly LineBlock[],
  blocks: AsyncGenerator<LineBlock, void, undefined>,
): AsyncGenerator<LineBlock, void, undefined> {
  try {
    yield* ahead
    yield* blocks
  } finally {
    await blocks.return()
  }
}

/** An error where the ticks can be read in two ways: it names both, and the key that says which. */
function checked(ahead: readonly LineBlock[], { name, station }: SourceOptions): readonly NumberStyle[] {
  const ticks = ahead
    .flatMap(({ lines }) => lines)
    .slice(0, SAMPLE_LINES)
    .map(parsed)
    .flatMap((text) => ticksIn(text, { ...station, columns: rowPlan(station).columns }).ticks)
    .filter(isRecord)
    .slice(0, MOST_TICKS)
  if (ticks.length < FEWEST_ROWS) return []
  const sample = sampleOf(ticks, { station })
  const { styles, doubt } = stylesOf(sample)
  const first = [longTable(sample), datesTurned(sample), doubt].find((each) => each !== undefined)
  if (first !== undefined) throw badFile(name, first)
  return styles
}

/** Keys of longer ticks are not looked through for what names a sensor. */
const MOST_LEAVES = 256

/** Ticks as a table: the columns of the station, and what else stands in them, by its path. */
function sampleOf(
  ticks: readonly Readonly<Record<string, unknown>>[],
  { station }: Pick<SourceOptions, 'station'>,
): TableSample {
  const { columns } = rowPlan(station)
  const reader = jsonRowReader({ station })
  const leaves = ticks.map((tick) => new Map(leavesOf(tick)))
  const others = [...new Set(leaves.flatMap((each) => [...each.keys()]))]
    .filter((path) => !columns.includes(path))
    .slice(0, MOST_LEAVES)
  const text = (value: unknown) =>
    value === undefined || value === null ? '' : typeof value === 'string' ? value : jsonText(value)
  return {
    station,
    names: [...columns, ...others],
    places: columns.map((_, index) => index),
    rows: ticks.map((tick, index) => [
      ...(reader.cellsOf(tick) ?? []).map(text),
      ...others.map((path) => leaves[index]!.get(path) ?? ''),
    ]),
  }
}

interface RowOptions {
  readonly ticks: JsonTickReader
  readonly run: UnreadableRun
  /** By key that names whose a tick is. */
  readonly watches: Map<string, NamingWatch>
  readonly name: string
  readonly whole: boolean
}

function rowOf(line: string, number: number, { ticks, run, watches, name, whole }: RowOptions): RawRow[] {
  if (line.trim() === '') {
    run.add(number, line.length)
    return []
  }
  const place = `${name}:${number}`
  const tick = parsed(line)
  const rows = (tick === undefined ? [notJson(line, { number, place })] : [...ticks(tick, place)]).map(
    (row) => ofOther(row, watches),
  )
  for (const { malformed } of rows) {
    if (malformed?.rule === PUT_BACK && whole)
      throw badFile(place, `${malformed.field} is '${malformed.value}'; expected ${PUT_BACK}`)
    if (malformed) run.add(number, line.length, malformed)
    else run.end()
  }
  if (rows.length === 0) run.end()
  return [...rows]
}

/** As of a table: where a key has named one sensor all along, ticks in which it names another are that one's. */
function ofOther(row: RawRow, watches: Map<string, NamingWatch>): RawRow {
  for (const [key, name] of row.named ?? []) {
    if (!watches.has(key) && watches.size >= MOST_WATCHES) continue
    const watch = watches.get(key) ?? namingWatch()
    watches.set(key, watch)
    const change = watch.changed(name)
    if (change === undefined) continue
    const malformed = { field: key, value: name, rule: changedText(key, change.from, name) }
    return { ...row, values: {}, malformed }
  }
  return row
}

const MOST_WATCHES = 64

function notJson(
  line: string,
  { number, place }: { readonly number: number; readonly place: string },
): RawRow {
  const malformed = { field: `line ${number}`, value: line.slice(0, LONGEST_CELL), rule: 'JSON' }
  return { place, eventTime: undefined, values: {}, malformed }
}
