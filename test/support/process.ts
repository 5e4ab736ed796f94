import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { WAIT_LIMIT_MS } from './until.ts'

const PROGRAM = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url))

export interface Ended {
  /** Null where a signal ended it. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** The built program in a process of its own. */
export interface Running {
  readonly stdout: string
  readonly stderr: string
  /** Null once it has ended. */
  readonly pid: number | null
  /** Standard input. */
  write(text: string): void
  endInput(): void
  /** The first match in what it has printed so far or prints from now on, on either output; an error if it ends before. */
  prints(pattern: RegExp): Promise<RegExpExecArray>
  /** Where it listens, once it prints that. */
  address(): Promise<string>
  /** Resolves once it has ended by itself. */
  readonly ended: Promise<Ended>
  /** Sends the signal and waits for the end. */
  stop(signal?: NodeJS.Signals): Promise<Ended>
}

const running = new Set<ChildProcess>()
/** No archive in it, and a folder to keep stations in for each process, so that no test depends on what this machine has downloaded. */
const cache = mkdtempSync(join(tmpdir(), 'tickcast-cache-'))
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
  rmSync(cache, { recursive: true, force: true })
})

/** Of the environment only what is not ours gets through: flags given there would be flags of every test. */
function environment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(TICKCAST_|NATS_URL$|NODE_OPTIONS$)/.test(name),
  )
  return {
    ...Object.fromEntries(kept),
    TICKCAST_CACHE: cache,
    TICKCAST_KEEP: mkdtempSync(join(cache, 'keep-')),
  }
}

/** Starts `tickcast ...args`; killed at the latest when the tests end. */
export function startTickcast(args: readonly string[], env: NodeJS.ProcessEnv = {}): Running {
  if (!existsSync(PROGRAM)) throw new Error('the program is not built: npm run build')
  const child = spawn(process.execPath, [PROGRAM, ...args], { env: { ...environment(), ...env } })
  running.add(child)
  const output = { stdout: '', stderr: '' }
  const listeners = new Set<() => void>()
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (chunk: string) => {
      output[name] += chunk
      for (const listener of listeners) listener()
    })
  }
  // One that has left does not read any more.
  child.stdin.on('error', () => undefined)
  let over = false
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (code) => {
      over = true
      running.delete(child)
      for (const listener of listeners) listener()
      resolve({ code, ...output })
    })
  })

  const all = (): string => `${output.stdout}${output.stderr}`
  const prints = (pattern: RegExp): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      const give = (why: string): void => {
        settle()
        reject(new Error(`${why} before it printed ${pattern}: tickcast ${args.join(' ')}\n${all()}`))
      }
      const look = (): void => {
        const found = pattern.exec(output.stdout) ?? pattern.exec(output.stderr)
        if (found) {
          settle()
          resolve(found)
        } else if (over) give('it ended')
      }
      const timer = setTimeout(() => give(`${WAIT_LIMIT_MS / 1000} s passed`), WAIT_LIMIT_MS)
      const settle = (): void => {
        clearTimeout(timer)
        listeners.delete(look)
      }
      listeners.add(look)
      look()
    })

  return {
    get stdout() {
      return output.stdout
    },
    get stderr() {
      return output.stderr
    },
    get pid() {
      return over ? null : (child.pid ?? null)
    },
    write: (text) => void child.stdin.write(text),
    endInput: () => void child.stdin.end(),
    prints,
    address: async () => (await prints(/^ +page +(http:\/\/\S+)$/m))[1]!,
    ended,
    stop(signal = 'SIGTERM') {
      child.kill(signal)
      return ended
    },
  }
}

/** Runs `tickcast ...args` to its end; killed, with code null, if that takes longer than anything here may. */
export async function runTickcast(
  args: readonly string[],
  { input = '', env = {} }: { readonly input?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<Ended> {
  const program = startTickcast(args, env)
  if (input) program.write(input)
  program.endInput()
  const timer = setTimeout(() => program.stop('SIGKILL'), WAIT_LIMIT_MS)
  const ended = await program.ended
  clearTimeout(timer)
  return ended
}

/** Runs `tickcast <line>` as a shell would, pipes and all. */
export async function runShell(line: string): Promise<Ended> {
  const child = spawn('sh', ['-c', `"${process.execPath}" "${PROGRAM}" ${line}`], { env: environment() })
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (chunk: string) => {
      output[name] += chunk
    })
  }
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, ...output })))
}

/** Systems hand out none below: what a test waits to start again on is not given to another meanwhile. */
const HANDED_OUT_FROM = 32_768
const LOWEST_PORT = 10_000

/** A port nobody listens on at the moment. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = LOWEST_PORT + Math.floor(Math.random() * (HANDED_OUT_FROM - LOWEST_PORT))
    const server = createServer()
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false))
      server.listen(port, '127.0.0.1', () => resolve(true))
    })
    if (!isFree) continue
    await new Promise((resolve) => server.close(resolve))
    return port
  }
}
