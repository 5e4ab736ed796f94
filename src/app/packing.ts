import { promisify } from 'node:util'
import { brotliCompress, brotliDecompress, constants } from 'node:zlib'

/* How states along a tape are packed: what they hold twice lies megabytes apart, which takes a window as wide as they are. */

const compressed = promisify(brotliCompress)
const decompressed = promisify(brotliDecompress)
/** Ahead of the packed bytes: how many they are whole, and in its highest bits how they are packed. */
const HEAD = 4
const LENGTH_BITS = 28
/** More than any state takes. */
const MOST_BYTES = 2 ** LENGTH_BITS
/** 0: as an older version did. */
const BROTLI = 1
/** Higher ones take three times as long for a hundredth. */
const QUALITY = 5
const WINDOW_BITS = 24
/** At least so many bytes are given to zlib. */
const LEAST_CHUNK = 64

/** In one chunk: every one takes a turn of the event loop, a long one while a tape is played as fast as possible. */
export async function packed(bytes: Uint8Array): Promise<Uint8Array> {
  const head = Buffer.alloc(HEAD)
  head.writeUInt32LE(BROTLI * MOST_BYTES + bytes.length)
  const body = await compressed(bytes, {
    chunkSize: Math.max(LEAST_CHUNK, bytes.length),
    params: {
      [constants.BROTLI_PARAM_QUALITY]: QUALITY,
      [constants.BROTLI_PARAM_LGWIN]: WINDOW_BITS,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  })
  return Buffer.concat([head, body])
}

/** What was packed. Rejects where these bytes were not, or by an older version. */
export async function unpacked(bytes: Uint8Array): Promise<Uint8Array> {
  const { buffer, byteOffset, length } = bytes
  const head = length < HEAD ? 0 : Buffer.from(buffer, byteOffset, length).readUInt32LE()
  if (Math.floor(head / MOST_BYTES) !== BROTLI) {
    throw new Error('these bytes were not packed, or by an older version')
  }
  const whole = head % MOST_BYTES
  const chunkSize = Math.max(LEAST_CHUNK, whole)
  const read = await decompressed(bytes.subarray(HEAD), { chunkSize, maxOutputLength: MOST_BYTES })
  if (read.length !== whole) throw new Error('these bytes are not as they were packed')
  return read
}
