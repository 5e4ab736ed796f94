import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Asked } from '../recurrent-tasks.ts'

/** A contender in a process of its own, idle but while it is asked. */
export interface Peer {
  readonly version: string
  /** Milliseconds of each repeat. */
  ask(asked: Asked): Promise<readonly number[]>
  /** GFLOP/s of nothing but multiply-adds. */
  peak(): Promise<number>
  close(): Promise<void>
}

/**
 * Starts it, in this process's environment or the one given, and waits for its first line; rejects with the last
 * line of its errors where it ends before that.
 */
export async function startPeer(command: string, args: readonly string[], env = process.env): Promise<Peer> {
  const child: ChildProcess = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], env })
  let complaint = ''
  child.stderr?.on('data', (text: Buffer) => {
    complaint = text.toString()
  })
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]()
  const next = async (): Promise<Record<string, unknown>> => {
    const { value, done } = await lines.next()
    if (done) throw new Error(`${command} ${args.join(' ')} ended: ${complaint.trim().split('\n').at(-1)}`)
    return JSON.parse(value)
  }
  const failed = once(child, 'error').then(([error]) => {
    throw error
  })
  const { version } = await Promise.race([next(), failed])
  const ask = async (asked: Partial<Asked>): Promise<Record<string, unknown>> => {
    child.stdin!.write(`${JSON.stringify(asked)}\n`)
    return next()
  }
  return {
    version: String(version),
    async ask(asked) {
      const { milliseconds } = await ask(asked)
      if (!Array.isArray(milliseconds)) throw new Error(`${command} answered without times`)
      return milliseconds.map(Number)
    },
    async peak() {
      return Number((await ask({ peak: true }))['gflops'])
    },
    async close() {
      const ended = once(child, 'exit')
      child.stdin!.end()
      await ended
    },
  }
}
