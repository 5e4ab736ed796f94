import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Logger } from 'pino'
import type { Bus } from '../bus/bus.ts'
import { type Gateway, type GatewayOptions, startGateway } from '../gateway/gateway.ts'
import type { RecordSource } from '../gateway/record-source.ts'
import { packageVersion } from './version.ts'

/** The flags of whatever listens. */
export interface ServerFlags {
  readonly host: string
  readonly port?: number
  readonly token?: string
  readonly allowOrigin?: readonly string[]
  readonly allowFrame?: readonly string[]
}

const DEFAULT_PORT = 8080

/** The gateway with the page, at the address asked for. */
export function openPage({
  bus,
  flags,
  log,
  records,
  checks = [],
  starting,
  broker,
}: {
  readonly bus: Bus
  readonly flags: ServerFlags
  readonly log: Logger
  readonly records?: RecordSource | undefined
  readonly checks?: readonly (() => string | undefined)[]
  readonly starting?: (() => string | undefined) | undefined
  readonly broker?: GatewayOptions['broker']
}): Promise<Gateway> {
  return startGateway({
    bus,
    host: flags.host,
    port: flags.port ?? DEFAULT_PORT,
    token: flags.token,
    allowOrigins: flags.allowOrigin,
    allowFrames: flags.allowFrame,
    pageDir: pageFolder(),
    logger: log,
    records,
    version: packageVersion(),
    checks,
    starting,
    broker,
  })
}

/** The built page, relative to dist/src/app and, under a TypeScript loader, to src/app. */
function pageFolder(): string | undefined {
  return ['../../dashboard', '../../dist/dashboard']
    .map((path) => fileURLToPath(new URL(path, import.meta.url)))
    .find((folder) => existsSync(`${folder}/index.html`))
}
