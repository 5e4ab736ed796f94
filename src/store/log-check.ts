import { closeSync, existsSync, openSync, readFileSync, readSync } from 'node:fs'
import { endianness } from 'node:os'
import type { Files } from './files.ts'

/*
 * SQLite takes the first frame of its log that does not verify for the log's end, and says nothing: that is how a
 * write that was cut off looks. Damage amid the log looks the same, and everything behind it is lost. This tells the
 * two apart as far as it can be told; https://sqlite.org/fileformat2.html#the_write_ahead_log has the format.
 */

const HEADER_BYTES = 32
const FRAME_HEADER_BYTES = 24
const MAGIC = 0x377f0682

/** In words what is wrong with the log of a file that nobody has open; undefined where nothing is to be seen. */
export function damageOfLog({ log, logIndex }: Files): string | undefined {
  if (!existsSync(log)) return undefined
  const bytes = readFileSync(log)
  if (bytes.length <= HEADER_BYTES) return undefined
  const magic = bytes.readUInt32BE(0)
  const sum = checksums(magic === MAGIC)
  const frameBytes = FRAME_HEADER_BYTES + bytes.readUInt32BE(8)
  sum.add(bytes, 0, 24)
  if ((magic & ~1) >>> 0 !== MAGIC || !sum.equals(bytes, 24)) return `${log}: its header is damaged`

  const salts = bytes.subarray(16, 24)
  const isFrame = (at: number): boolean =>
    at + frameBytes <= bytes.length && bytes.compare(salts, 0, 8, at + 8, at + 16) === 0
  const verifies = (at: number): boolean => {
    sum.add(bytes, at, 8)
    sum.add(bytes, at + FRAME_HEADER_BYTES, frameBytes - FRAME_HEADER_BYTES)
    return sum.equals(bytes, at + 16)
  }
  let frames = 0
  const place = (frame: number): number => HEADER_BYTES + frame * frameBytes
  while (isFrame(place(frames)) && verifies(place(frames))) frames++

  const written = framesWritten(logIndex, salts)
  if (written > frames) return `${log}: of ${written} pages that were on the disk ${frames} can be read`
  // Each commit waits for the disk: of what was being written when the power went, there is one commit at most.
  let commits = 0
  for (let frame = frames; place(frame + 1) <= bytes.length; frame++) {
    if (isFrame(place(frame)) && bytes.readUInt32BE(place(frame) + 4) > 0) commits++
  }
  return commits > 1 ? `${log}: damaged behind page ${frames}, ${commits} commits are lost` : undefined
}

/** Frames that the index knows of the same log; it outlives a process, though not always a loss of power. */
function framesWritten(logIndex: string, salts: Uint8Array): number {
  if (!existsSync(logIndex)) return 0
  const header = Buffer.alloc(48)
  const handle = openSync(logIndex, 'r')
  try {
    if (readSync(handle, header) < header.length) return 0
  } finally {
    closeSync(handle)
  }
  if (header.compare(salts, 0, 8, 32, 40) !== 0) return 0
  return endianness() === 'LE' ? header.readUInt32LE(16) : header.readUInt32BE(16)
}

/** The log's running checksum: two sums over pairs of words. */
function checksums(littleEndian: boolean) {
  let one = 0
  let two = 0
  return {
    add(bytes: Buffer, from: number, length: number): void {
      const view = new DataView(bytes.buffer, bytes.byteOffset + from, length)
      for (let at = 0; at < length; at += 8) {
        one = (one + view.getUint32(at, littleEndian) + two) >>> 0
        two = (two + view.getUint32(at + 4, littleEndian) + one) >>> 0
      }
    },
    equals: (bytes: Buffer, at: number): boolean =>
      bytes.readUInt32BE(at) === one && bytes.readUInt32BE(at + 4) === two,
  }
}
