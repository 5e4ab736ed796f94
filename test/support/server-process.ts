import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { basename } from 'node:path'
import { WAIT_LIMIT_MS } from './until.ts'

/** mosquitto says that it runs just before it begins to, and a signal between the two is lost. */
const ASK_AGAIN_MS = 1_000

/** A server of somebody else's that a test starts, stops and starts again. */
export interface ServerProcess {
  /** Fulfilled when it listens. */
  start(args: readonly string[]): Promise<ChildProcess>
  /** Ends it as an operator does; `SIGKILL` is a crash. */
  stop(signal?: NodeJS.Signals): Promise<void>
}

/** `ready`: what it says on standard error when it listens. It does not outlive the process of the tests. */
export function serverProcess(program: string, ready: string): ServerProcess {
  let running: ChildProcess | undefined
  return {
    async start(args) {
      const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] })
      running = child
      const orphaned = () => child.kill('SIGKILL')
      process.once('exit', orphaned)
      child.once('exit', () => process.off('exit', orphaned))
      await said(child, { name: basename(program), ready })
      return child
    },
    async stop(signal = 'SIGTERM') {
      const child = running
      running = undefined
      if (!child || child.exitCode !== null || child.signalCode !== null) return
      const exited = once(child, 'exit')
      child.kill(signal)
      const again = setInterval(() => child.kill(signal), ASK_AGAIN_MS)
      await exited
      clearInterval(again)
    },
  }
}

function said(
  child: ChildProcess,
  { name, ready }: { readonly name: string; readonly ready: string },
): Promise<void> {
  return new Promise((resolve, reject) => {
    let log = ''
    const timer = setTimeout(() => reject(new Error(`${name} is not ready:\n${log}`)), WAIT_LIMIT_MS)
    child.once('exit', (code) => reject(new Error(`${name} left with ${code}:\n${log}`)))
    child.once('error', reject)
    child.stderr?.on('data', (chunk: Buffer) => {
      if (log.length < 100_000) log += chunk.toString()
      if (!log.includes(ready)) return
      clearTimeout(timer)
      resolve()
    })
  })
}
