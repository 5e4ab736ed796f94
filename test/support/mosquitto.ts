import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { freePort } from './process.ts'
import { requirement } from './requirement.ts'
import { serverProcess } from './server-process.ts'

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
  const server = serverProcess(program ?? 'mosquitto', ' running')
  const start = async () => void (await server.start(['-c', file, '-v']))
  await start()
  return {
    url: `mqtt://127.0.0.1:${port}`,
    port,
    start,
    stop: server.stop,
    async remove() {
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** `user:password`, hashed as the broker wants it. */
async function writePasswords(file: string, passwords: string): Promise<void> {
  await writeFile(file, `${passwords}\n`)
  spawnSync('mosquitto_passwd', ['-U', file])
}
