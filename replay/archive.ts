import { basename } from 'node:path'
import { crc32 } from 'node:zlib'
import { openPromise, type ZipFile } from 'yauzl'
import { badFile, explained, listed, shown } from '../src/ingest/bad-file.ts'
import { openSteadyFile, type SteadyFile } from '../src/ingest/steady-file.ts'
import { gunzipped, inflatedRaw } from '../src/ingest/unpacked.ts'

/** A file of text, packed or not. */
export interface Archive {
  /** The name of the text itself, without what it is packed in: `jena.csv` for `jena.csv.gz`. */
  readonly name: string
  readonly packing: 'none' | 'gzip' | 'zip'
  /** The file on disk. */
  readonly file: SteadyFile
  /**
   * The text's bytes from the start, unpacked as they are consumed; any number of times. Where the file turns out to
   * be cut off, corrupt, another than it was, or far too large for its size, a TickcastError naming it.
   */
  bytes(): AsyncGenerator<Uint8Array, void, undefined>
}

/** Members of a zip that are looked at in search of the table. */
const MOST_MEMBERS = 1000
const DEFLATED = 8

/** Opens a plain, gzip or zip file, told apart by its first bytes. */
export async function openArchive(path: string): Promise<Archive> {
  const file = await openSteadyFile(path, { empty: 'a header and rows' })
  const name = shortName(path)
  const [first, second] = file.head
  if (first === 0x1f && second === 0x8b) {
    const bytes = () => gunzipped(file)
    return { name: name.replace(/\.gz$/i, ''), packing: 'gzip', file, bytes }
  }
  if (first === 0x50 && second === 0x4b) {
    const member = await csvMember(file)
    return { name: shortName(member.name), packing: 'zip', file, bytes: () => memberBytes(file, member) }
  }
  if (/\.(gz|zip)$/i.test(path)) throw badFile(path, 'its bytes are neither gzip nor zip')
  return { name, packing: 'none', file, bytes: () => file.bytes() }
}

/** Rows and the ids of ticks contain the file's name, so a long one is cut. */
function shortName(path: string): string {
  return shown(basename(path).slice(-100))
}

/** A member as the zip's directory describes it, and where it stands. */
interface Member {
  readonly name: string
  readonly deflated: boolean
  /** Bytes of text. */
  readonly size: number
  readonly crc32: number
  /** Place in the file of its packed bytes. */
  readonly start: number
  readonly end: number
}

/** Directory and checksum are held against what is there: a flipped bit must not pass for a measurement. */
async function* memberBytes(file: SteadyFile, member: Member): AsyncGenerator<Uint8Array, void, undefined> {
  const name = `'${shown(member.name)}'`
  let sum = 0
  let size = 0
  for await (const chunk of member.deflated ? inflatedRaw(file, member) : file.bytes(member)) {
    size += chunk.length
    if (size > member.size)
      throw badFile(file.path, `its directory says ${member.size} bytes of ${name}; there are more`)
    sum = crc32(chunk, sum)
    yield chunk
  }
  if (size < member.size)
    throw badFile(file.path, `its directory says ${member.size} bytes of ${name}; there are ${size}`)
  if (sum !== member.crc32) throw badFile(file.path, `it is corrupt: the checksum of ${name} is wrong`)
}

/** The one .csv member, but for the shadow copies that macOS packs along. Of several, all but one would be lost. */
async function csvMember({ path }: SteadyFile): Promise<Member> {
  let zip: ZipFile | undefined
  try {
    zip = await openPromise(path, { autoClose: false })
    const names: string[] = []
    let found: Member | undefined
    let seen = 0
    for await (const entry of zip.eachEntry()) {
      const { fileName, compressionMethod, uncompressedSize, compressedSize } = entry
      if (++seen > MOST_MEMBERS)
        throw badFile(
          path,
          `it has more than ${MOST_MEMBERS} members; expected one .csv file, and found ${listed(names)} first`,
        )
      if (!/\.csv$/i.test(fileName) || /^__MACOSX\//.test(fileName)) {
        if (names.length < 5) names.push(fileName)
        continue
      }
      const name = `'${shown(fileName)}'`
      if (found)
        throw badFile(
          path,
          `there are several .csv files in it, '${shown(found.name)}' and ${name}; expected one: unpacked, each is given by itself, --data or --outside again`,
        )
      if (!entry.canDecodeFileData()) throw badFile(path, `${name} is encrypted or packed in an unknown way`)
      const { fileDataStart: start } = await zip.readLocalFileHeaderPromise(entry, { minimal: true })
      const end = start + compressedSize
      const deflated = compressionMethod === DEFLATED
      found = { name: fileName, deflated, size: uncompressedSize, crc32: entry.crc32, start, end }
    }
    if (found) return found
    throw badFile(path, `no .csv file in it; found ${listed(names) || 'nothing'}`)
  } catch (cause) {
    if (cause instanceof Error && /end of central directory/i.test(cause.message))
      throw badFile(path, 'it is cut off: the zip directory at its end is missing', cause)
    throw explained(path, cause)
  } finally {
    zip?.close()
  }
}
