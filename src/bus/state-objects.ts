import { createHash } from 'node:crypto'
import { TickcastError } from '../domain/errors.ts'
import type { Instant } from '../domain/instant.ts'
import type { ObjectBucket } from './object-bucket.ts'
import type { ObjectInfo } from './object-info.ts'

/** What an object is of: `STATION/checkpoint/POSITION`, `STATION/state/ROW`, `STATION/samples/ROW`. */
export type ObjectKind = 'checkpoint' | 'state' | 'samples'

const NAME = /^[^/]+\/(checkpoint|state|samples)\/(\d+)$/

export function nameOf(station: string, kind: ObjectKind, number: number): string {
  return `${station}/${kind}/${number}`
}

/** Undefined of an object that somebody else put there. */
export function placeOf(name: string): { readonly kind: ObjectKind; readonly number: number } | undefined {
  const [, kind, number] = NAME.exec(name) ?? []
  return kind === undefined ? undefined : { kind: kind as ObjectKind, number: Number(number) }
}

export function namesOfKind(names: readonly string[], kind: ObjectKind): readonly string[] {
  return names.filter((name) => placeOf(name)?.kind === kind)
}

/** Instants as an object's metadata has them, where every value is text. */
export function timeText(time: Instant | null | undefined): string {
  return time == null ? '' : String(time)
}

/** NaN where it is none any more. */
export function timeOf(text: string | undefined): Instant | null {
  if (text === undefined) return Number.NaN
  return text === '' ? null : Number(text)
}

/** SHA-256 over what is told of some bytes, and theirs. */
export function checksum(fields: readonly (string | number | null)[], digest: string): string {
  return createHash('sha256')
    .update(`${fields.join('\n')}\n${digest}`)
    .digest('hex')
}

/** Rejects with a `TickcastError` (`store_damaged`) where they, or `fields`, are not what was put. */
export function verifiedBytes(
  bucket: Pick<ObjectBucket, 'bytes'>,
  info: ObjectInfo,
  fields: readonly (string | number | null)[],
): Promise<Uint8Array> {
  if (info.metadata['checksum'] !== checksum(fields, info.digest)) {
    return Promise.reject(new TickcastError('store_damaged', 'its checksum is another'))
  }
  return bucket.bytes(info)
}

export function isDamage(error: unknown): boolean {
  return error instanceof TickcastError && error.code === 'store_damaged'
}
