import type { Hash } from 'node:crypto'
import type { StoredMsg } from 'nats'
import { z } from 'zod'

/* What a bucket writes of an object beside its bytes, as the object store of NATS has it. */

/** An object as it is described, without its bytes. */
export interface ObjectInfo {
  readonly name: string
  readonly size: number
  readonly metadata: Readonly<Record<string, string>>
  /** Of its description in the stream: what was described later has a greater one. */
  readonly sequence: number
  /** Of the bytes, as the object store writes it. */
  readonly digest: string
  readonly chunks: number
  /** Names the subject of its chunks; empty where the description is none. */
  readonly nuid: string
  /** Where its chunks are in the stream; empty where another client put them there. */
  readonly places: readonly number[]
}

/** Of an object; many more than any has. */
const MOST_CHUNKS = 100_000

const infoSchema = z.object({
  nuid: z.string().regex(/^[\w-]+$/),
  size: z.number(),
  chunks: z.number(),
  digest: z.string(),
  deleted: z.boolean().optional(),
  metadata: z.record(z.string(), z.string()).optional(),
})

/** Undefined of one that was deleted by another client, which leaves word of it. */
export function describedBy(name: string, { data, seq: sequence }: StoredMsg): ObjectInfo | undefined {
  const read = infoSchema.safeParse(parsed(data))
  // It is there, and nothing of it can be read.
  if (!read.success)
    return { name, sequence, size: 0, metadata: {}, digest: '', chunks: 0, nuid: '', places: [] }
  const { nuid: id, size, chunks, digest, deleted, metadata = {} } = read.data
  // A copy of an object may have been given its metadata too.
  const [of, ...ranges] = (metadata['chunks'] ?? '').split(' ')
  const places = of === id ? placesIn(ranges) : []
  return deleted ? undefined : { name, sequence, size, chunks, digest, metadata, nuid: id, places }
}

/** Whole numbers as text, those that follow each other as `FIRST-LAST`. */
export function rangesOf(numbers: readonly number[]): string {
  const ranges: [number, number][] = []
  for (const number of numbers.toSorted((one, other) => one - other)) {
    const range = ranges.at(-1)
    if (range && range[1] === number - 1) range[1] = number
    else ranges.push([number, number])
  }
  return ranges.map(([first, last]) => (first === last ? first : `${first}-${last}`)).join(' ')
}

function placesIn(ranges: readonly string[]): readonly number[] {
  return ranges.flatMap((range) => {
    const [first = Number.NaN, last = first] = range.split('-').map(Number)
    const count = Math.min(last - first + 1, MOST_CHUNKS)
    return count > 0 ? Array.from({ length: count }, (_, at) => first + at) : []
  })
}

/** Of bytes that were hashed by SHA-256. */
export function digestOf(hash: Hash): string {
  return `SHA-256=${urlSafe(hash.digest('base64'))}`
}

export function encodedName(name: string): string {
  return urlSafe(Buffer.from(name).toString('base64'))
}

export function decodedName(encoded: string): string {
  return Buffer.from(encoded, 'base64url').toString()
}

function urlSafe(base64: string): string {
  return base64.replaceAll('+', '-').replaceAll('/', '_')
}

function parsed(data: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(data).toString())
  } catch {
    return undefined
  }
}
