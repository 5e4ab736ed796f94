import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const PROGRAM = `${ROOT}dist/src/main.js`
/** Takes the network away, so that a start without data plays the simulated station on every machine. */
const OFFLINE =
  'data:text/javascript,globalThis.fetch = () => Promise.reject(new Error("these tests run offline"))'
const ADDRESS = /page\s+(http:\/\/\S+)/

export interface TickcastProcess {
  /** `http://127.0.0.1:40123` */
  readonly url: string
  /** What it has printed so far. */
  output(): string
  stop(): Promise<void>
}

/** Runs the built `tickcast start` with these flags as a process of its own, with the simulated station where they name no data. */
export async function startTickcast(flags: readonly string[]): Promise<TickcastProcess> {
  if (!existsSync(PROGRAM)) throw new Error('the program is not built: npm run build')
  const cache = await mkdtemp(join(tmpdir(), 'tickcast-cache-'))
  const args = ['--import', OFFLINE, PROGRAM, 'start', ...flags]
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    env: { ...process.env, TICKCAST_CACHE: cache, TICKCAST_KEEP: join(cache, 'keep') },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  process.once('exit', () => child.kill('SIGKILL'))
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    output += chunk.toString()
  })
  const url = await addressOf(child, () => output)
  return {
    url,
    output: () => output,
    async stop() {
      await ended(child)
      await rm(cache, { recursive: true, force: true })
    },
  }
}

function addressOf(child: ChildProcess, output: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    const look = () => {
      const url = ADDRESS.exec(output())?.[1]
      if (url !== undefined) resolve(url)
    }
    child.stdout?.on('data', look)
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`tickcast left with ${code}:\n${output()}`)))
  })
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const left = once(child, 'exit')
  child.kill('SIGTERM')
  await left
}
