import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { markdownTable } from '../src/report/markdown-table.ts'
import { median } from './harness.ts'

/*
 * How long the built program takes from its start until it is ready, and how much memory it holds at rest: a live
 * station that waits for its first tick. For comparison, in alternation, a server of plain Node that does nothing.
 */

const STATION = `
id: greenhouse
title: Greenhouse, north bench
time: { column: time, format: "yyyy-MM-dd HH:mm", utc_offset: "+01:00" }
cadence: 5m
target: air
channels:
  - { name: air, column: t_air, unit: degC, min: -20, max: 60 }
  - { name: humidity, column: rh, unit: "%", min: 0, max: 100 }
`
const PLAIN = `require('node:http').createServer((_, response) => response.end('{}')).listen(Number(process.argv[1]), '127.0.0.1')`

/** What is printed only once everything is ready, the pipeline with its networks included. */
const STANDS = /^ {2}page /m
const WAIT_LIMIT_MS = 60_000
/** Until what was needed for the start alone has gone. */
const REST_MS = 3000

interface Contender {
  readonly name: string
  args(port: number): readonly string[]
  readonly stands: RegExp | undefined
}

interface Started {
  /** Milliseconds from the start of the process to the first 200 of `/readyz`, and until everything stands. */
  readonly ready: number
  readonly stands: number
  /** Processor time until then, all threads together: what a busy machine changes least. 0 where it is not told. */
  readonly cpu: number
  /** Resident, threads included. */
  readonly megabytes: number
}

/** `builds`: folders as `npm run build` makes them, `dist` by default; more than one are compared. */
export async function benchStart(builds: readonly string[], rounds: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'tickcast-start-'))
  const station = join(folder, 'greenhouse.yaml')
  await writeFile(station, STATION)
  const contenders: Contender[] = [
    { name: 'plain Node', args: (port) => ['-e', PLAIN, String(port)], stands: undefined },
    ...(builds.length > 0 ? builds : ['dist']).map((build) => {
      const main = fileURLToPath(new URL(`../${build}/src/main.js`, import.meta.url))
      if (!existsSync(main)) throw new Error(`${build} is not there: npm run build`)
      return {
        name: build,
        args: (port: number) => [main, 'start', '--live', '--station', station, '--port', String(port)],
        stands: STANDS,
      }
    }),
  ]
  const times = new Map<string, Started[]>(contenders.map(({ name }) => [name, []]))
  try {
    // The first round fills the caches of the file system and is not counted.
    for (let round = 0; round <= rounds; round++) {
      process.stderr.write(round === 0 ? 'warming up\n' : `round ${round} of ${rounds}\n`)
      for (const contender of contenders) {
        const started = await startOnce(contender)
        if (round > 0) times.get(contender.name)!.push(started)
      }
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  const middle = (name: string, what: keyof Started): string =>
    String(Math.round(median(times.get(name)!.map((started) => started[what]))))
  const table = markdownTable({
    head: ['', 'to /readyz, ms', 'until all stands, ms', 'processor till then, ms', 'at rest, MB'],
    rows: contenders.map(({ name }) => [
      name,
      middle(name, 'ready'),
      middle(name, 'stands'),
      middle(name, 'cpu'),
      middle(name, 'megabytes'),
    ]),
    figures: true,
  })
  process.stdout.write(`\n${table}\n\nMedians of ${rounds} interleaved starts, Node ${process.version}.\n`)
}

async function startOnce({ args, stands }: Contender): Promise<Started> {
  const port = await freePort()
  const began = performance.now()
  const child = spawn(process.execPath, args(port), { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  try {
    const printed = stands ? untilPrinted(child, stands) : Promise.resolve()
    const [ready, stood] = await Promise.all([
      untilReady(port, began),
      printed.then(() => performance.now() - began),
    ])
    const all = Math.max(ready, stood)
    const cpu = processorMilliseconds(child.pid!)
    await setTimeout(REST_MS)
    return { ready, stands: all, cpu, megabytes: residentMegabytes(child.pid!) }
  } finally {
    child.kill('SIGINT')
    await ended
  }
}

export async function untilReady(port: number, began: number): Promise<number> {
  while (performance.now() - began < WAIT_LIMIT_MS) {
    const response = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined)
    await response?.body?.cancel()
    if (response?.status === 200) return performance.now() - began
    await setTimeout(5)
  }
  throw new Error(`not ready after ${WAIT_LIMIT_MS / 1000} s`)
}

/** Goes on reading afterwards: a program whose output nobody takes ends. */
function untilPrinted(child: ChildProcess, line: RegExp): Promise<void> {
  let text = ''
  return new Promise((resolve, reject) => {
    child.stdout!.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      if (line.test(text)) resolve()
    })
    child.once('exit', () => reject(new Error('the program ended before it stood')))
  })
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port is free')
  return address.port
}

function residentMegabytes(pid: number): number {
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1024
}

/** Linux tells it in hundredths of a second, user and system apart: fields 14 and 15, the name before them may hold spaces. */
function processorMilliseconds(pid: number): number {
  const stat = `/proc/${pid}/stat`
  if (!existsSync(stat)) return 0
  const fields = readFileSync(stat, 'utf8').split(') ')[1]!.split(' ')
  return 10 * (Number(fields[11]) + Number(fields[12]))
}
