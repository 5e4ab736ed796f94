import { mkdtemp, readdir } from 'node:fs/promises'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ZipFile } from 'yazl'
import { cachedJena, type DownloadOptions, downloadJena } from '../../replay/download-archive.ts'
import { TickcastError } from '../../src/domain/errors.ts'

const EXPECTED = { rows: 2, header: '"a","b"', firstRow: '1,2' }
const CONTENT = '"a","b"\r\n1,2\r\n3,4\r\n'

async function zipped(content: string, name = 'made.csv'): Promise<Buffer> {
  const zip = new ZipFile()
  zip.addBuffer(Buffer.from(content), name)
  zip.end()
  return buffer(zip.outputStream)
}

let folder: string
let answer: RequestListener
const server = createServer((request, response) => answer(request, response))

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tickcast-cache-'))
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
})
afterEach(async () => {
  server.closeAllConnections()
  await new Promise((done) => server.close(done))
})

function url(): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/jena.csv.zip`
}

async function errorOf(options: DownloadOptions = {}): Promise<string> {
  const error = await downloadJena({
    folder,
    url: options.url ?? url(),
    expected: EXPECTED,
    ...options,
  }).catch((cause) => cause)
  expect(error).toBeInstanceOf(TickcastError)
  expect(error.code).toBe('download_failed')
  expect(await readdir(folder)).toEqual([])
  return error.message
}

test('download - what was fetched is checked, kept under its name and found again', async () => {
  const archive = await zipped(CONTENT)
  answer = (_, response) => response.setHeader('content-length', archive.length).end(archive)
  expect(await cachedJena({ folder })).toBeUndefined()
  const progress: { received: number; total: number | undefined }[] = []
  const path = await downloadJena({
    folder,
    url: url(),
    expected: EXPECTED,
    onProgress: (seen) => progress.push(seen),
  })
  expect(await readdir(folder)).toEqual(['jena_climate_2009_2016.csv.zip'])
  expect(await cachedJena({ folder })).toBe(path)
  expect(progress.at(-1)).toEqual({ received: archive.length, total: archive.length })
})

test('download - a transfer cut off leaves nothing behind and says so', async () => {
  const archive = await zipped(CONTENT)
  answer = (_, response) => {
    response.setHeader('content-length', archive.length)
    response.write(archive.subarray(0, 40), () => response.destroy())
  }
  expect(await errorOf()).toContain(`${url()}: `)
})

test('download - a half archive of the right length is found out as well', async () => {
  const archive = await zipped(CONTENT)
  answer = (_, response) => response.end(archive.subarray(0, archive.length - 30))
  expect(await errorOf()).toBe(
    `cannot fetch ${url()}: what came is no good: it is cut off: the zip directory at its end is missing`,
  )
})

test('download - an error of the server is named with its number', async () => {
  answer = (_, response) => response.writeHead(404).end('no')
  expect(await errorOf()).toBe(`cannot fetch ${url()}: the server answered 404 Not Found`)
})

test('download - the wrong rows, header or first row are no Jena', async () => {
  const serve = async (content: string) => {
    const archive = await zipped(content)
    answer = (_, response) => response.end(archive)
    return errorOf()
  }
  expect(await serve('"a","b"\n1,2\n')).toContain('it holds 1 rows; expected 2')
  expect(await serve('"a","c"\n1,2\n3,4\n')).toContain(`its header is '"a","c"'; expected '"a","b"'`)
  expect(await serve('"a","b"\n1,3\n3,4\n')).toContain("its first row is '1,3'; expected '1,2'")
})

test('download - a page instead of an archive is found out', async () => {
  answer = (_, response) => response.end('<html>sign in</html>')
  expect(await errorOf()).toContain('what came is no zip archive')
})

test('download - a silent server is given up on, by either limit', async () => {
  answer = () => undefined
  expect(await errorOf({ timeoutMs: 50 })).toBe(`cannot fetch ${url()}: not here within 0.05 s`)
  expect(await errorOf({ silenceMs: 50 })).toBe(`cannot fetch ${url()}: no byte for 0.05 s`)
})

test('download - where nobody listens the cause is named, not only that it failed', async () => {
  const nobody = url()
  await new Promise((done) => server.close(done))
  expect(await errorOf({ url: nobody })).toContain('connection refused')
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
})
