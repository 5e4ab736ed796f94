import { openApp } from '../app/app.ts'
import { untilInterrupted } from '../app/interrupt.ts'
import { type LogFlags, openLog } from '../app/log.ts'
import type { ServerFlags } from '../app/page-files.ts'
import { openTerminal } from '../app/terminal.ts'
import { requiredNats } from './forecast.ts'

export interface ServeFlags extends ServerFlags, LogFlags {
  readonly nats?: string
}

/** The serving process of a deployment on NATS: WebSocket, HTTP and page, until interrupted. */
export async function serve(flags: ServeFlags): Promise<void> {
  const nats = requiredNats(flags.nats)
  const terminal = openTerminal(process.stdout)
  const log = openLog(flags, { terminal })
  const interrupted = untilInterrupted()
  const app = await openApp({ name: 'serve', nats, terminal, log })
  try {
    const gateway = await app.serve(flags)
    terminal.fact('bus', `NATS JetStream at ${app.bus.address}`)
    terminal.fact('page', gateway.address)
    await interrupted
  } finally {
    terminal.close()
    await app.close()
  }
}
