import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { freePort } from './process.ts'
import { requirement } from './requirement.ts'
import { WAIT_LIMIT_MS } from './until.ts'

/** A real mosquitto on a free port of the loopback interface, that keeps nothing over a restart. */
export interface Mosquitto {
  /** `mqtt://127.0.0.1:40123` */
  readonly url: string
  readonly port: number
  /** Ends it as an operator does; `SIGKILL` is a crash. */
  stop(signal?: NodeJS.Signals): Promise<void>
  /** Starts it again on the same port. */
  start(): Promise<void>
  /** Stops it and removes its folder. */
  remove(): Promise<void>
}

/** Debian puts it where only root looks. */
const PATHS = ['mosquitto', '/usr/sbin/mosquitto']
const program = PATHS.find((path) => spawnSync(path, ['-h']).error === undefined)

/** As `describe`, for tests that need the broker. */
export const describeWithMosquitto = requirement({
  name: 'mosquitto',
  found: program !== undefined,
  install: 'apt-get install mosquitto',
}).describe

export async function startMosquitto(
  /** Further lines of its configuration; who may connect, else anybody. */
  config = 'allow_anonymous true',
  { passwords }: { readonly passwords?: string } = {},
): Promise<Mosquitto> {
  const folder = await mkdtemp(join(tmpdir(), 'tickcast-mosquitto-'))
  const port = await freePort()
  const file = join(folder, 'mosquitto.conf')
  await writeFile(
    file,
    `listener ${port} 127.0.0.1\nuser ${userInfo().username}\npersistence false\n${config.replaceAll('FOLDER', folder)}\n`,
  )
  if (passwords !== undefined) await writePasswords(join(folder, 'passwords'), passwords)
  let running: ChildProcess | undefined

  async function start(): Promise<void> {
    const child = spawn(program ?? 'mosquitto', ['-c', file, '-v'], { stdio: ['ignore', 'ignore', 'pipe'] })
    running = child
    const orphaned = () => child.kill('SIGKILL')
    process.once('exit', orphaned)
    child.once('exit', () => process.off('exit', orphaned))
    await ready(child)
  }

  async function stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const child = running
    running = undefined
    if (!child || child.exitCode !== null) return
    const exited = once(child, 'exit')
    child.kill(signal)
    await exited
  }

  await start()
  return {
    url: `mqtt://127.0.0.1:${port}`,
    port,
    start,
    stop,
    async remove() {
      await stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** It says on standard error when it listens. */
function ready(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let log = ''
    const timer = setTimeout(() => reject(new Error(`mosquitto is not ready:\n${log}`)), WAIT_LIMIT_MS)
    child.once('exit', (code) => reject(new Error(`mosquitto left with ${code}:\n${log}`)))
    child.once('error', reject)
    child.stderr?.on('data', (chunk: Buffer) => {
      if (log.length < 100_000) log += chunk.toString()
      if (!log.includes(' running')) return
      clearTimeout(timer)
      resolve()
    })
  })
}

/** `user:password`, hashed as the broker wants it. */
async function writePasswords(file: string, passwords: string): Promise<void> {
  await writeFile(file, `${passwords}\n`)
  spawnSync('mosquitto_passwd', ['-U', file])
}
