import { access, mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import envPaths from 'env-paths'
import { TickcastError } from '../src/domain/errors.ts'
import { linesOf } from '../src/ingest/lines.ts'
import { openArchive } from './archive.ts'

/** What identifies the expected file. */
export interface Expected {
  readonly rows: number
  readonly header: string
  readonly firstRow: string
}

export const JENA_URL =
  'https://storage.googleapis.com/tensorflow/tf-keras-datasets/jena_climate_2009_2016.csv.zip'

const JENA: Expected = {
  rows: 420_551,
  header:
    '"Date Time","p (mbar)","T (degC)","Tpot (K)","Tdew (degC)","rh (%)","VPmax (mbar)","VPact (mbar)",' +
    '"VPdef (mbar)","sh (g/kg)","H2OC (mmol/mol)","rho (g/m**3)","wv (m/s)","max. wv (m/s)","wd (deg)"',
  firstRow:
    '01.01.2009 00:10:00,996.52,-8.02,265.40,-8.90,93.30,3.33,3.11,0.22,1.94,3.12,1307.75,1.03,1.75,152.30',
}
const FILE = 'jena_climate_2009_2016.csv.zip'

export interface DownloadOptions {
  /** Where it is kept. Default: TICKCAST_CACHE, or the user's cache folder. */
  readonly folder?: string
  readonly url?: string
  readonly expected?: Expected
  /** Gives up where the whole file has not come within this. Default: no limit. */
  readonly timeoutMs?: number
  /** Gives up after this long without a byte. Default 30 s. */
  readonly silenceMs?: number
  /** Bytes; `total` is undefined where the server does not say. */
  readonly onProgress?: (progress: { readonly received: number; readonly total: number | undefined }) => void
}

export function cacheFolder(): string {
  return process.env['TICKCAST_CACHE'] || envPaths('tickcast', { suffix: '' }).cache
}

/** The path of the archive where it was fetched before. */
export async function cachedJena({ folder = cacheFolder() }: Pick<DownloadOptions, 'folder'> = {}) {
  const path = join(folder, FILE)
  return access(path).then(
    () => path,
    () => undefined,
  )
}

/**
 * Fetches the public Jena archive, 2009 to 2016, and returns its path. The file appears under its name only once it is
 * whole and holds what it should: a TickcastError names the URL and the cause otherwise, and nothing is left behind.
 */
export async function downloadJena(options: DownloadOptions = {}): Promise<string> {
  const { folder = cacheFolder(), url = JENA_URL, expected = JENA } = options
  const path = join(folder, FILE)
  const partial = `${path}.${process.pid}.part`
  try {
    await fetchTo(partial, url, options)
    await verify(partial, expected)
    await rename(partial, path)
    return path
  } catch (cause) {
    // Without the folder there is nothing to remove, and the first error is the one to report.
    await rm(partial, { force: true }).catch(() => undefined)
    throw new TickcastError('download_failed', `cannot fetch ${url}: ${reasonOf(cause, partial)}`, {
      cause,
    })
  }
}

async function fetchTo(path: string, url: string, options: DownloadOptions): Promise<void> {
  const { timeoutMs, silenceMs = 30_000, onProgress } = options
  const giveUp = new AbortController()
  const tooLong = (ms: number) => () => giveUp.abort(new Error(`not here within ${ms / 1000} s`))
  const deadline = timeoutMs === undefined ? undefined : setTimeout(tooLong(timeoutMs), timeoutMs)
  const silence = setTimeout(() => giveUp.abort(new Error(`no byte for ${silenceMs / 1000} s`)), silenceMs)
  try {
    const response = await fetch(url, { signal: giveUp.signal })
    if (!response.ok || !response.body) {
      await response.body?.cancel()
      throw new Error(`the server answered ${response.status} ${response.statusText}`.trimEnd())
    }
    const length = response.headers.get('content-length')
    const total = length === null ? undefined : Number(length)
    let received = 0
    const counted = chunksOf(response.body, (bytes) => {
      silence.refresh()
      received += bytes
      onProgress?.({ received, total })
    })
    await mkdir(dirname(path), { recursive: true })
    // Opened before anything can fail: a file that is being opened meanwhile would come to be after it was removed.
    const file = await open(path, 'w')
    await pipeline(counted, file.createWriteStream())
    if (total !== undefined && received !== total) throw new Error(`${received} of ${total} bytes came`)
  } finally {
    clearTimeout(deadline)
    clearTimeout(silence)
  }
}

async function* chunksOf(body: ReadableStream<Uint8Array>, onBytes: (count: number) => void) {
  const reader = body.getReader()
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      onBytes(read.value.length)
      yield read.value
    }
  } finally {
    await reader.cancel()
  }
}

async function verify(path: string, { rows, header, firstRow }: Expected): Promise<void> {
  const archive = await openArchive(path)
  if (archive.packing !== 'zip') throw new Error('what came is no zip archive')
  let found = -1
  for await (const { lines, first } of linesOf(archive.bytes(), { name: archive.name })) {
    if (first === 1) isLine(lines[0], header, 'header')
    const second = lines[2 - first]
    if (second !== undefined) isLine(second, firstRow, 'first row')
    found += lines.filter((line) => line !== '').length
  }
  if (found !== rows) throw new Error(`it holds ${found} rows; expected ${rows}`)
}

function isLine(line: string | undefined, expected: string, what: string): void {
  if (line !== expected) throw new Error(`its ${what} is '${line?.slice(0, 120)}'; expected '${expected}'`)
}

const UNREACHABLE: Readonly<Record<string, string>> = {
  ENOTFOUND: 'no host of that name is found (is there a network?)',
  EAI_AGAIN: 'no host of that name is found (is there a network?)',
  ENETUNREACH: 'the network cannot be reached',
  ECONNREFUSED: 'connection refused',
}

/** Fetch reports 'fetch failed' and keeps the reason in the cause. The name of the temporary file is left out. */
function reasonOf(cause: unknown, partial: string): string {
  if (!(cause instanceof Error)) return String(cause)
  if (cause instanceof TickcastError) return cause.message.replace(`${partial}: `, 'what came is no good: ')
  const deeper = cause.cause instanceof Error ? cause.cause : undefined
  if (!deeper) return cause.message
  const code = 'code' in deeper ? String(deeper.code) : ''
  return UNREACHABLE[code] ?? (deeper.message || code || cause.message)
}
