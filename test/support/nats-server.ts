import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { requirement } from './requirement.ts'
import { WAIT_LIMIT_MS } from './until.ts'

/** A real nats-server on a free port of the loopback interface, with a store of its own. */
export interface NatsServer {
  readonly url: string
  readonly port: number
  /** Where it answers over HTTP, with `monitoring`. */
  readonly monitoringUrl: string
  /** Stops it as an operator does; its store stays. `SIGKILL` is a crash. */
  stop(signal?: NodeJS.Signals): Promise<void>
  /** Starts it again on the same port and store. */
  start(): Promise<void>
  /** Stops it and removes its store. */
  remove(): Promise<void>
}

export interface NatsServerOptions {
  /** Default true. */
  readonly jetStream?: boolean
  /** Default false. */
  readonly monitoring?: boolean
  /** What only a configuration file says. */
  readonly config?: string
  /** Further arguments: `--user ann --pass secret`. */
  readonly args?: readonly string[]
}

export function natsServerAvailable(): boolean {
  return spawnSync('nats-server', ['--version']).status === 0
}

/** As `describe`, for tests that need the server. */
export const describeWithNats = requirement({
  name: 'nats-server',
  found: natsServerAvailable(),
  install: 'apt-get install nats-server',
}).describe

export async function startNatsServer({
  jetStream = true,
  monitoring = false,
  config,
  args = [],
}: NatsServerOptions = {}): Promise<NatsServer> {
  const folder = await mkdtemp(join(tmpdir(), 'tickcast-nats-'))
  const configFile = join(folder, 'nats.conf')
  if (config !== undefined) await writeFile(configFile, config)
  let running: ChildProcess | undefined
  let port = -1
  let monitoringUrl = ''

  async function start(): Promise<void> {
    const child = spawn(
      'nats-server',
      [
        ...['--addr', '127.0.0.1', '--port', String(port), '--ports_file_dir', folder],
        ...(jetStream ? ['--jetstream', '--store_dir', join(folder, 'store')] : []),
        ...(config === undefined ? [] : ['--config', configFile]),
        ...(monitoring ? ['--http_port', '-1'] : []),
        ...args,
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    )
    running = child
    const orphaned = () => child.kill('SIGKILL')
    process.once('exit', orphaned)
    child.once('exit', () => process.off('exit', orphaned))
    await ready(child)
    const ports = await portsOf(folder, child)
    port = Number(new URL(ports.nats[0] ?? '').port)
    monitoringUrl = ports.monitoring?.[0] ?? ''
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
    get url() {
      return `nats://127.0.0.1:${port}`
    },
    get port() {
      return port
    },
    get monitoringUrl() {
      return monitoringUrl
    },
    start,
    stop,
    async remove() {
      await stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** The server says on standard error when it listens. */
function ready(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let log = ''
    const timer = setTimeout(() => reject(new Error(`nats-server is not ready:\n${log}`)), WAIT_LIMIT_MS)
    child.once('exit', (code) => reject(new Error(`nats-server left with ${code}:\n${log}`)))
    child.once('error', reject)
    child.stderr?.on('data', (chunk: Buffer) => {
      if (log.length < 100_000) log += chunk.toString()
      if (log.includes('Server is ready')) {
        clearTimeout(timer)
        resolve()
      }
    })
  })
}

interface Ports {
  readonly nats: readonly string[]
  readonly monitoring?: readonly string[]
}

/** Asked for any free port, the server writes the ones it took to a file, shortly after it is ready. */
async function portsOf(folder: string, child: ChildProcess): Promise<Ports> {
  const file = join(folder, `nats-server_${child.pid}.ports`)
  for (let tries = 0; tries < WAIT_LIMIT_MS / 20; tries++) {
    try {
      return JSON.parse(await readFile(file, 'utf8'))
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
  throw new Error(`nats-server did not write ${file}`)
}
