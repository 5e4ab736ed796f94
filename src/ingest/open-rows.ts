import { openCsv } from './csv.ts'
import { toldApart } from './json-rows.ts'
import { openJson } from './ndjson.ts'
import type { RowSource, SourceOptions } from './row-source.ts'

export type RowForm = 'csv' | 'lines' | 'array'

/** Rows of a text whatever it is written in: a table, or JSON by the line or in an array, as its first sign tells. */
export async function openRows(
  bytes: AsyncIterable<Uint8Array>,
  options: SourceOptions & { readonly form?: RowForm | undefined },
): Promise<RowSource> {
  const { form: given, ...others } = options
  const rest = { ...others, station: toldApart(options.station) }
  const { form, all } = given === undefined ? await told(bytes) : { form: given, all: bytes }
  return form === 'csv' ? openCsv(all, rest) : openJson(all, { ...rest, form })
}

/** Marks of byte order, zeros of UTF-16 and blanks come before it. */
const PASSED = new Set([0xef, 0xbb, 0xbf, 0xff, 0xfe, 0, 0x20, 0x09, 0x0a, 0x0d])
const MOST_PASSED = 64 * 1024

async function told(
  bytes: AsyncIterable<Uint8Array>,
): Promise<{ readonly form: RowForm; readonly all: AsyncIterable<Uint8Array> }> {
  const iterator = bytes[Symbol.asyncIterator]()
  const head: Uint8Array[] = []
  let passed = 0
  let first: number | undefined
  while (first === undefined && passed < MOST_PASSED) {
    const { done, value } = await iterator.next()
    if (done) break
    head.push(value)
    passed += value.length
    first = value.find((byte) => !PASSED.has(byte))
  }
  async function* all(): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      yield* head
      for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value
    } finally {
      await iterator.return?.()
    }
  }
  return { form: first === 0x7b ? 'lines' : first === 0x5b ? 'array' : 'csv', all: all() }
}
