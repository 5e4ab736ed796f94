import { errorMessage, TickcastError } from '../domain/errors.ts'
import { type NumberBatch, numberIn, type ReadOptions } from './number-batch.ts'

/** Reads what `ndjsonEncoder` writes: an object a line, all with the keys of the first. */
export async function* readNdjson(
  blocks: AsyncIterable<{ readonly lines: readonly string[]; readonly first: number }>,
  { path, wanted }: ReadOptions,
): AsyncGenerator<NumberBatch> {
  let head: readonly string[] | undefined
  for await (const { lines, first } of blocks) {
    const columns = new Map<string, Float64Array>()
    let rows = 0
    for (const [index, line] of lines.entries()) {
      if (line === '') continue
      const place = `${path}:${first + index}`
      const row = objectOf(line, place)
      head ??= Object.keys(row).filter((name) => wanted(name))
      for (const name of head) {
        let column = columns.get(name)
        if (!column) {
          column = new Float64Array(lines.length)
          columns.set(name, column)
        }
        const cell = row[name] ?? ''
        const type = wanted(name)!
        column[rows] =
          typeof cell === 'number' && type === 'number'
            ? cell
            : numberIn(String(cell), type, () => `${place}: ${name}`)
      }
      rows++
    }
    if (rows > 0) yield { rows, columns }
  }
}

function objectOf(line: string, place: string): Readonly<Record<string, unknown>> {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch (cause) {
    throw new TickcastError('bad_file', `${place}: no JSON: ${errorMessage(cause)}`, { cause })
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  throw new TickcastError('bad_file', `${place}: no object`)
}
