import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freePort } from './start.ts'

const PROGRAM = fileURLToPath(new URL('../dist/src/main.js', import.meta.url))
const WAIT_LIMIT_MS = 60_000
const POLL_MS = 2

/** The built program while it serves. */
export interface Served {
  readonly url: string
  /** When it was started, as `performance.now()` tells it. */
  readonly began: number
  /** Milliseconds from its start to the first 200 of `/readyz`. */
  ready(): Promise<number>
  get(path: string): Promise<Json>
  post(path: string, body: unknown): Promise<Json>
  /** Asks until `there` says yes of the answer; a 404 is none yet. */
  until(path: string, there: (answer: Json) => boolean): Promise<void>
  /** `kill -9`. */
  kill(): Promise<void>
  end(): Promise<void>
}

export type Json = Readonly<Record<string, unknown>>

/** `args` without a port. */
export async function serve(args: readonly string[]): Promise<Served> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const began = performance.now()
  const run = started([...args, '--port', String(port)])
  const left = run.left.then((code) => {
    throw new Error(`tickcast ${args.join(' ')} left with ${code}:\n${run.output()}`)
  })
  left.catch(() => undefined)

  const asked = async (
    path: string,
    body?: unknown,
  ): Promise<{ status: number; answer: Json } | undefined> => {
    const request =
      body === undefined
        ? {}
        : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
    const response = await fetch(`${url}${path}`, request).catch(() => undefined)
    return response && { status: response.status, answer: (await response.json()) as Json }
  }
  const answered = async (path: string, body?: unknown): Promise<Json> => {
    const reply = await asked(path, body)
    if (reply && reply.status < 300) return reply.answer
    throw new Error(
      `${path} of ${url}: ${reply ? JSON.stringify(reply.answer) : 'no answer'}\n${run.output()}`,
    )
  }
  const polled = async (path: string, there: (status: number, answer: Json) => boolean): Promise<void> => {
    const limit = performance.now() + WAIT_LIMIT_MS
    while (performance.now() < limit) {
      const reply = await Promise.race([asked(path), left])
      if (reply && there(reply.status, reply.answer)) return
      await setTimeout(POLL_MS)
    }
    throw new Error(`${path} of ${url}: waited for ${WAIT_LIMIT_MS / 1000} s\n${run.output()}`)
  }
  const over = async (signal: NodeJS.Signals): Promise<void> => {
    run.child.kill(signal)
    await run.left
  }
  return {
    url,
    began,
    async ready() {
      await polled('/readyz', (status) => status === 200)
      return performance.now() - began
    },
    get: (path) => answered(path),
    post: (path, body) => answered(path, body),
    until: (path, there) => polled(path, (status, answer) => status === 200 && there(answer)),
    kill: () => over('SIGKILL'),
    end: () => over('SIGINT'),
  }
}

/** Runs the built program to its end; what it printed. Throws where it fails. */
export async function run(args: readonly string[]): Promise<string> {
  const { left, output } = started(args)
  const code = await left
  if (code === 0) return output()
  throw new Error(`tickcast ${args.join(' ')} left with ${code}:\n${output()}`)
}

function started(args: readonly string[]): {
  readonly child: ChildProcess
  readonly left: Promise<unknown>
  output(): string
} {
  const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  const orphaned = () => child.kill('SIGKILL')
  process.once('exit', orphaned)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      if (output.length < 100_000) output += chunk.toString()
    })
  }
  const left = once(child, 'close').then(([code]) => {
    process.off('exit', orphaned)
    return code
  })
  return { child, left, output: () => output }
}
