import { TickcastError } from '../domain/errors.ts'
import { type NumberBatch, numberIn, type ReadOptions } from './number-batch.ts'

/**
 * Reads what `csvEncoder` writes of numbers, times and flags: cells are not quoted, for none holds a comma. A hundred
 * megabytes take a second.
 */
export async function* readCsv(
  blocks: AsyncIterable<{ readonly lines: readonly string[]; readonly first: number }>,
  { path, wanted }: ReadOptions,
): AsyncGenerator<NumberBatch> {
  let head: readonly string[] | undefined
  let types: ReturnType<typeof wanted>[] = []
  for await (const { lines, first } of blocks) {
    const body = head ? lines : lines.slice(1)
    const firstRow = head ? first : first + 1
    head ??= headOf(lines[0] ?? '', path)
    if (types.length === 0) types = head.map(wanted)
    const columns = new Map(
      head.flatMap((name, at) => (types[at] ? [[name, new Float64Array(body.length)] as const] : [])),
    )
    const into = head.map((name) => columns.get(name))
    let rows = 0
    for (const [index, line] of body.entries()) {
      if (line === '') continue
      const place = (column: number) => `${path}:${firstRow + index}: ${head![column]}`
      let from = 0
      let column = 0
      for (; column < into.length && from <= line.length; column++) {
        const comma = line.indexOf(',', from)
        const end = comma < 0 ? line.length : comma
        const target = into[column]
        if (target) target[rows] = numberIn(line.slice(from, end), types[column]!, () => place(column))
        from = end + 1
      }
      if (column < into.length || from <= line.length)
        throw new TickcastError(
          'bad_file',
          `${path}:${firstRow + index}: not ${into.length} cells, as its first line has`,
        )
      rows++
    }
    if (rows > 0) yield { rows, columns }
  }
}

function headOf(line: string, path: string): readonly string[] {
  const names = line.split(',').map((name) => name.replace(/^"(.*)"$/, '$1'))
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  if (twice !== undefined) throw new TickcastError('bad_file', `${path}:1: two columns are called '${twice}'`)
  return names
}
