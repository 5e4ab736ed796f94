import { createHash } from 'node:crypto'
import {
  DiscardPolicy,
  headers,
  JsHeaders,
  type MsgHdrs,
  NatsError,
  nuid,
  RetentionPolicy,
  StorageType,
} from 'nats'
import type { Clock } from '../domain/clock.ts'
import { TickcastError } from '../domain/errors.ts'
import type { Span } from '../domain/instant.ts'
import type { BucketConfig } from './buckets.ts'
import type { NatsLink } from './nats-connection.ts'
import { decodedName, describedBy, digestOf, encodedName, type ObjectInfo, rangesOf } from './object-info.ts'
import { eachOf, storedMessages } from './stored-messages.ts'

/**
 * A bucket of NATS's object store, as its clients and `nats object` know it. Its subjects are read and written here
 * rather than by the client's own object store, which sends all chunks at once, works their digests out in JavaScript,
 * waits for ever for an object whose chunks are gone, and leaves a message behind for each one that is deleted.
 */
export interface ObjectBucket {
  /** One question to the server, however many objects there are. */
  names(): Promise<readonly string[]>
  /** In the order of the names; those that are not there (any more) are left out. A question each. */
  infos(names: readonly string[]): Promise<readonly ObjectInfo[]>
  /**
   * Whole or not at all, in the place of what was there under that name. `describe` is given the digest of the bytes,
   * which must not change meanwhile. Nothing of them is sent to a server that does not answer.
   */
  put(name: string, bytes: Uint8Array, describe: (digest: string) => Record<string, string>): Promise<void>
  /** Rejects with a `TickcastError` (`store_damaged`) where they are not those that were put. */
  bytes(info: ObjectInfo): Promise<Uint8Array>
  delete(info: ObjectInfo): Promise<void>
  /**
   * Drops chunks that no object refers to and that have not grown for `orphanAge`: of a `put` whose process was killed.
   * Gives how many objects they would have been.
   */
  purgeOrphans(): Promise<number>
}

/** As many as a server takes at once with its usual limit of 1 MiB a message. */
const CHUNK_BYTES = 512 * 1024
/** More than a message has beside its chunk. */
const HEADER_BYTES = 1024
const CHUNKS_UNDER_WAY = 2

const objectStream = (bucket: string): string => `OBJ_${bucket}`

export function objectBucketConfig(
  bucket: string,
  { maxBytes, description }: { readonly maxBytes: number; readonly description: string },
): BucketConfig {
  return {
    name: objectStream(bucket),
    description,
    subjects: [`$O.${bucket}.C.>`, `$O.${bucket}.M.>`],
    storage: StorageType.File,
    retention: RetentionPolicy.Limits,
    discard: DiscardPolicy.New,
    max_bytes: maxBytes,
    allow_rollup_hdrs: true,
    allow_direct: true,
  }
}

/** `orphanAge`: a `put` that has sent nothing for a quarter of it gives up. */
export function objectBucket(
  link: NatsLink,
  { bucket, clock, orphanAge }: { readonly bucket: string; readonly clock: Clock; readonly orphanAge: Span },
): ObjectBucket {
  const messages = storedMessages(link, objectStream(bucket))
  const chunksOf = (id: string): string => `$O.${bucket}.C.${id}`
  const descriptionOf = (name: string): string => `$O.${bucket}.M.${encodedName(name)}`

  const info = async (name: string): Promise<ObjectInfo | undefined> => {
    const stored = await messages.newest(descriptionOf(name))
    return stored && describedBy(name, stored)
  }

  const infos = async (names: readonly string[]): Promise<readonly ObjectInfo[]> => {
    const found = await eachOf(names, info)
    return found.filter((one) => one !== undefined)
  }

  const names = async (): Promise<readonly string[]> =>
    (await messages.subjects(`$O.${bucket}.M.>`)).map((subject) => decodedName(subject.split('.')[3] ?? ''))

  /** Gives the description's share of what was sent. */
  const sendChunks = async (bytes: Uint8Array, send: (chunk: Uint8Array) => Promise<void>) => {
    const hash = createHash('sha256')
    const room = (link.connection.info?.max_payload ?? CHUNK_BYTES) - HEADER_BYTES
    const most = Math.max(HEADER_BYTES, Math.min(CHUNK_BYTES, room))
    const underWay: Promise<void>[] = []
    let chunks = 0
    for (let at = 0; at < bytes.length; at += most) {
      const chunk = bytes.subarray(at, at + most)
      hash.update(chunk)
      if (underWay.length >= CHUNKS_UNDER_WAY) await underWay.shift()
      const sent = send(chunk)
      // It is waited for in its turn.
      sent.catch(() => undefined)
      underWay.push(sent)
      chunks++
    }
    await Promise.all(underWay)
    return {
      size: bytes.length,
      chunks,
      digest: digestOf(hash),
      options: { max_chunk_size: most },
    }
  }

  /** A server that is away is not asked: what is left are orphans then. */
  const tidyUp = async (
    subject: string,
    { places, failure }: { readonly places: readonly number[]; readonly failure: unknown },
  ): Promise<void> => {
    const isAway = failure instanceof NatsError && failure.api_error === undefined
    if (!isAway) await messages.drop(subject, places).catch(() => undefined)
  }
  /** Of chunks that nothing describes: they are read for it, and are few. */
  const placesOf = async (subject: string): Promise<readonly number[]> => {
    const places: number[] = []
    let chunk = await messages.from(subject, 1)
    while (chunk) {
      places.push(chunk.place)
      chunk = await messages.from(subject, chunk.place + 1)
    }
    return places
  }

  return {
    names,
    infos,
    async put(name, bytes, describe) {
      const old = await info(name)
      const id = nuid.next()
      let sentAt = clock.now()
      const send = async (subject: string, data: string | Uint8Array, options?: { headers: MsgHdrs }) => {
        // A process that stood still for so long: others may take what it has sent for orphans.
        const now = clock.now()
        if (now - sentAt > orphanAge / 4) {
          throw new TickcastError('bus_unreachable', `${bucket}: ${name} was under way for too long`)
        }
        sentAt = now
        return messages.add(subject, data, options)
      }
      const places: number[] = []
      let described = false
      try {
        const sent = await sendChunks(bytes, async (chunk) => {
          places.push(await send(chunksOf(id), chunk))
        })
        const metadata = { ...describe(sent.digest), chunks: `${id} ${rangesOf(places)}` }
        const mtime = new Date(clock.now()).toISOString()
        const description = { name, bucket, nuid: id, ...sent, mtime, deleted: false, metadata }
        const head = headers()
        head.set(JsHeaders.RollupHdr, JsHeaders.RollupValueSubject)
        described = true
        await send(descriptionOf(name), JSON.stringify(description), { headers: head })
      } catch (error) {
        // What was not refused may be there all the same, or come to be, and then needs its chunks.
        const isRefused = error instanceof NatsError && error.api_error !== undefined
        if (isRefused || !described) await tidyUp(chunksOf(id), { places, failure: error })
        throw error
      }
      // What is left of it, if it is, is an orphan.
      if (old?.nuid) await messages.drop(chunksOf(old.nuid), old.places).catch(() => undefined)
    },
    async bytes({ size, chunks, digest, nuid: id }) {
      const hash = createHash('sha256')
      const parts: Uint8Array[] = []
      let length = 0
      for (let place = 1; parts.length < chunks; ) {
        const chunk = await messages.from(chunksOf(id), place)
        if (!chunk) {
          throw new TickcastError(
            'store_damaged',
            `${chunks - parts.length} of its ${chunks} chunks are missing`,
          )
        }
        const { data } = chunk
        hash.update(data)
        parts.push(data)
        length += data.length
        place = chunk.place + 1
      }
      if (length !== size || digestOf(hash) !== digest) {
        throw new TickcastError('store_damaged', 'its checksum is another')
      }
      return joined(parts, length)
    },
    async delete({ name, sequence, nuid: id, places }) {
      await messages.drop(descriptionOf(name), [sequence])
      if (id) await messages.drop(chunksOf(id), places)
    },
    async purgeOrphans() {
      // Chunks first: of what is put meanwhile there are none yet, or there is a description too.
      const chunks = await messages.subjects(`$O.${bucket}.C.>`)
      const referred = new Set((await infos(await names())).map(({ nuid: id }) => chunksOf(id)))
      const suspects = chunks.filter((subject) => !referred.has(subject))
      if (suspects.length === 0) return 0
      const before = (await messages.now(descriptionOf('none'))) - orphanAge
      let purged = 0
      for (const subject of suspects) {
        const newest = await messages.newest(subject)
        if (!newest || newest.time.getTime() > before) continue
        await messages.drop(subject, await placesOf(subject))
        purged++
      }
      return purged
    },
  }
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}
