import { openApp } from '../app/app.ts'
import { untilInterrupted } from '../app/interrupt.ts'
import { type LogFlags, openLog } from '../app/log.ts'
import type { MqttFlags } from '../app/mqtt.ts'
import type { ServerFlags } from '../app/page-files.ts'
import { keptText } from '../app/station-keeper.ts'
import { openTerminal } from '../app/terminal.ts'
import type { Span } from '../domain/instant.ts'
import { dataFolder } from '../store/data-folder.ts'
import { requiredNats } from './forecast.ts'

export interface ServeFlags extends ServerFlags, MqttFlags, LogFlags {
  readonly nats?: string
  /** The folder where what is published is kept; true: the usual one; absent: it is not. */
  readonly keep?: string | true
  readonly keepFor?: Span
}

/** The serving process of a deployment on NATS: WebSocket, HTTP and page, until interrupted. */
export async function serve(flags: ServeFlags): Promise<void> {
  const nats = requiredNats(flags.nats)
  const terminal = openTerminal(process.stdout)
  const log = openLog(flags, { terminal })
  const interrupted = untilInterrupted()
  const keep = flags.keep && dataFolder('served', flags.keep === true ? undefined : flags.keep)
  const app = await openApp({ name: 'serve', nats, terminal, log, keep })
  try {
    await app.record(flags.keepFor)
    const gateway = await app.serve(flags)
    terminal.fact('bus', `NATS JetStream at ${app.bus.address}`)
    await app.mqtt(flags)
    if (keep) terminal.fact('kept', keptText(keep, flags.keepFor))
    terminal.fact('page', gateway.address)
    await interrupted
  } finally {
    terminal.close()
    await app.close()
  }
}
