import { openBus } from '../bus/open-bus.ts'
import { requiredNats } from './forecast.ts'
import { untilInterrupted } from './interrupt.ts'
import { errorTeller, type LogFlags, openLog } from './log.ts'
import { openPage, type ServerFlags } from './page.ts'
import { openTerminal } from './terminal.ts'

export interface ServeFlags extends ServerFlags, LogFlags {
  readonly nats?: string
}

/** The serving process of a deployment on NATS: WebSocket, HTTP and page, until interrupted. */
export async function serve(flags: ServeFlags): Promise<void> {
  const terminal = openTerminal(process.stdout)
  const log = openLog(flags, { terminal })
  const tellError = errorTeller({ terminal, log })
  const interrupted = untilInterrupted()
  const bus = await openBus({
    nats: requiredNats(flags.nats),
    name: 'serve',
    onError: tellError,
    onNotice: (text) => terminal.fact('bus', text),
  })
  try {
    const gateway = await openPage({ bus, flags, log })
    terminal.fact('bus', `NATS JetStream at ${bus.address}`)
    terminal.fact('page', gateway.address)
    await interrupted
    await gateway.close()
  } finally {
    await bus.close()
  }
}
