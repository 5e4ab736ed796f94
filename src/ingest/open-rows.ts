import { isAnnotated, LONGEST_ANNOTATION } from './annotated-csv.ts'
import { openCsv } from './csv.ts'
import { toldApart } from './json-rows.ts'
import { openJson } from './ndjson.ts'
import type { RowSource, SourceOptions } from './row-source.ts'

export type RowForm = 'csv' | 'annotated' | 'lines' | 'array'

/** Rows of a text whatever it is written in: a table, or JSON by the line or in an array, as its first signs tell. */
export async function openRows(
  bytes: AsyncIterable<Uint8Array>,
  options: SourceOptions & { readonly form?: RowForm | undefined },
): Promise<RowSource> {
  const { form: given, ...others } = options
  const rest = { ...others, station: toldApart(options.station) }
  const { form, all } = given === undefined ? await told(bytes) : { form: given, all: bytes }
  if (form === 'lines' || form === 'array') return openJson(all, { ...rest, form })
  return openCsv(all, { ...rest, annotated: form === 'annotated' })
}

/** Marks of byte order, zeros of UTF-16 and blanks come before it. */
const PASSED = new Set([0xef, 0xbb, 0xbf, 0xff, 0xfe, 0, 0x20, 0x09, 0x0a, 0x0d])
const MOST_PASSED = 64 * 1024

async function told(
  bytes: AsyncIterable<Uint8Array>,
): Promise<{ readonly form: RowForm; readonly all: AsyncIterable<Uint8Array> }> {
  const iterator = bytes[Symbol.asyncIterator]()
  const head: Uint8Array[] = []
  let begin = Buffer.alloc(0)
  let passed = 0
  while (begin.length < LONGEST_ANNOTATION && passed < MOST_PASSED) {
    const { done, value } = await iterator.next()
    if (done) break
    head.push(value)
    passed += value.length
    const at = begin.length > 0 ? 0 : value.findIndex((byte) => !PASSED.has(byte))
    if (at < 0) continue
    begin = Buffer.concat([begin, value.subarray(at, at + LONGEST_ANNOTATION)])
    if (begin[0] !== HASH) break
  }
  async function* all(): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      yield* head
      for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value
    } finally {
      await iterator.return?.()
    }
  }
  return { form: formOf(begin), all: all() }
}

const HASH = 0x23

function formOf(begin: Buffer): RowForm {
  if (begin[0] === 0x7b) return 'lines'
  if (begin[0] === 0x5b) return 'array'
  return isAnnotated(begin.toString('latin1')) ? 'annotated' : 'csv'
}
