import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { WebSocket } from 'ws'
import { HOUR } from '../src/domain/instant.ts'
import { markdownTable } from '../src/report/markdown-table.ts'
import { freePort, untilReady } from './start.ts'

/*
 * What others feel while one client asks for as much as it may, and for more: a live station in the built program, with
 * all experts. The delay of its event loop is what it says itself (perf_hooks, by way of /metrics); the pings are those of
 * another client.
 */

interface Felt {
  readonly load: string
  /** Milliseconds. */
  readonly loopP99: number
  readonly loopMost: number
  readonly pingP99: number
  readonly pingMost: number
  readonly note: string
}

/** A client that pings, and comes back at once when it is cut off. */
const FLOOD = `
import { WebSocket } from ${JSON.stringify(import.meta.resolve('ws'))}
let sent = 0, cut = 0
const open = () => {
  const socket = new WebSocket(process.argv[1])
  socket.on('error', () => undefined)
  socket.on('close', () => { cut++; setTimeout(open, 10) })
  socket.on('open', () => {
    const send = () => {
      for (let n = 0; n < 100 && socket.readyState === 1; n++) { socket.send('{"id":1,"ping":1}'); sent++ }
      if (socket.readyState === 1) setImmediate(send)
    }
    send()
  })
}
open()
process.on('SIGTERM', () => { process.stdout.write(sent + ' ' + cut); process.exit() })
`

export async function benchBounds(): Promise<void> {
  const felt: Felt[] = []
  for (const kept of [false, true]) {
    const folder = await mkdtemp(join(tmpdir(), 'tickcast-bounds-'))
    const server = await started(kept ? ['--keep', folder] : ['--no-keep'])
    try {
      const name = kept ? 'kept' : 'not kept'
      felt.push(await whileLoaded(server, `nothing, ${name}`, () => setTimeout(3_000, '')))
      felt.push(await whileLoaded(server, `12,000 ticks in three bodies, ${name}`, () => postHours(server)))
      if (!kept) felt.push(await whileLoaded(server, 'a client that pings without end', () => flood(server)))
    } finally {
      server.child.kill('SIGINT')
      await once(server.child, 'exit')
      await rm(folder, { recursive: true, force: true })
    }
  }
  const shown = (ms: number) => ms.toFixed(1)
  const table = markdownTable({
    head: ['load', 'event loop p99, ms', 'most', "another's ping p99, ms", 'most', ''],
    rows: felt.map(({ load, loopP99, loopMost, pingP99, pingMost, note }) => [
      ...[load, shown(loopP99), shown(loopMost), shown(pingP99), shown(pingMost), note],
    ]),
    figures: true,
  })
  process.stdout.write(`\n${table}\n`)
  if (existsSync('/proc/self/schedstat')) process.stdout.write(`\n${await longestTurns()}\n`)
}

/** What of a turn of the event loop is ours, and what it waits for a core: a body of 5,000 ticks, in a new server each. */
async function longestTurns(): Promise<string> {
  const rows: string[][] = []
  for (const kept of [false, true]) {
    const folder = await mkdtemp(join(tmpdir(), 'tickcast-turns-'))
    const file = join(folder, 'turns.json')
    const preload = new URL('./turn-times.mjs', import.meta.url).href
    const flags = kept ? ['--keep', join(folder, 'kept')] : ['--no-keep']
    const server = await started(flags, { preload, env: { TURN_TIMES: file } })
    await setTimeout(2_000)
    server.child.kill('SIGUSR2')
    await postHours(server, 5_000)
    server.child.kill('SIGUSR2')
    while (!existsSync(file)) await setTimeout(50)
    server.child.kill('SIGINT')
    await once(server.child, 'exit')
    const { turns, ran, ranAndWaited } = JSON.parse(await readFile(file, 'utf8'))
    rows.push([kept ? 'kept' : 'not kept', String(turns), ran.toFixed(1), ranAndWaited.toFixed(1)])
    await rm(folder, { recursive: true, force: true })
  }
  return markdownTable({
    head: [
      '5,000 ticks in one body',
      'turns',
      'most processor time of one, ms',
      'with what it waited for a core, ms',
    ],
    rows,
    figures: true,
  })
}

interface Server {
  readonly child: ChildProcess
  readonly url: string
}

async function started(
  flags: readonly string[],
  { preload, env }: { readonly preload?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<Server> {
  const port = await freePort()
  const main = fileURLToPath(new URL('../dist/src/main.js', import.meta.url))
  const loaded = preload === undefined ? [] : ['--import', preload]
  const args = [...loaded, main, 'start', '--live', '--port', String(port), ...flags]
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, ...env },
  })
  await untilReady(port, performance.now())
  return { child, url: `http://127.0.0.1:${port}` }
}

async function whileLoaded(server: Server, load: string, work: () => Promise<string>): Promise<Felt> {
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/v1/stream`)
  await once(socket, 'open')
  await fetch(`${server.url}/metrics`) // begins the delays anew
  const times: number[] = []
  let going = true
  const pinging = (async () => {
    while (going) {
      const began = performance.now()
      socket.send('{"id":1,"ping":1}')
      await once(socket, 'message')
      times.push(performance.now() - began)
      await setTimeout(25)
    }
  })()
  const note = await work()
  going = false
  await pinging
  socket.close()
  const metrics = await (await fetch(`${server.url}/metrics`)).text()
  const lag = (name: string) =>
    1_000 * Number(new RegExp(`^nodejs_eventloop_lag_${name}_seconds (.*)$`, 'm').exec(metrics)?.[1])
  times.sort((a, b) => a - b)
  return {
    ...{ load, note, loopP99: lag('p99'), loopMost: lag('max') },
    pingP99: times[Math.floor(times.length * 0.99)] ?? Number.NaN,
    pingMost: times.at(-1) ?? Number.NaN,
  }
}

async function postHours({ url }: Server, count = 12_000): Promise<string> {
  const began = performance.now()
  const replies: number[] = []
  for (let from = 0; from < count; from += 5_000) {
    const ticks = Array.from({ length: Math.min(5_000, count - from) }, (_, n) => ({
      event_time: new Date(Date.UTC(2020, 0, 1) + (from + n) * HOUR).toISOString(),
      values: { 'T (degC)': Number((10 + 8 * Math.sin((n / 24) * 2 * Math.PI)).toFixed(2)) },
    }))
    const reply = await fetch(`${url}/v1/stations/jena/ticks`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(ticks),
    })
    replies.push(reply.status)
    await reply.text()
  }
  return `${replies.join(', ')} in ${((performance.now() - began) / 1_000).toFixed(1)} s`
}

async function flood({ url }: Server): Promise<string> {
  const address = `${url.replace('http', 'ws')}/v1/stream`
  const child = spawn(process.execPath, ['--input-type=module', '-e', FLOOD, address], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout?.on('data', (chunk) => {
    said += chunk
  })
  await setTimeout(5_000)
  child.kill('SIGTERM')
  await once(child, 'close')
  const [sent, cut] = said.split(' ')
  return `${sent} frames sent in 5 s, cut off ${cut} times`
}
