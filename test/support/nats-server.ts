import { type ChildProcess, spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { requirement } from './requirement.ts'
import { serverProcess } from './server-process.ts'
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
  const server = serverProcess('nats-server', 'Server is ready')
  let port = -1
  let monitoringUrl = ''

  async function start(): Promise<void> {
    const child = await server.start([
      ...['--addr', '127.0.0.1', '--port', String(port), '--ports_file_dir', folder],
      ...(jetStream ? ['--jetstream', '--store_dir', join(folder, 'store')] : []),
      ...(config === undefined ? [] : ['--config', configFile]),
      ...(monitoring ? ['--http_port', '-1'] : []),
      ...args,
    ])
    const ports = await portsOf(folder, child)
    port = Number(new URL(ports.nats[0] ?? '').port)
    monitoringUrl = ports.monitoring?.[0] ?? ''
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
    stop: server.stop,
    async remove() {
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
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
