import type { ReplayController } from '../../replay/replay-controller.ts'
import { openApp } from '../app/app.ts'
import { chooseTape, type DataFlags } from '../app/data.ts'
import { untilInterrupted } from '../app/interrupt.ts'
import { type LogFlags, openLog } from '../app/log.ts'
import { printStanding, printTape, speedText, type TapeFlags, tapeIdentity } from '../app/tapes.ts'
import { openTerminal } from '../app/terminal.ts'
import type { Bus } from '../bus/bus.ts'
import { parseInstant } from '../domain/instant.ts'
import { requiredNats } from './forecast.ts'

export interface ReplayFlags extends DataFlags, TapeFlags, LogFlags {
  readonly nats?: string
  /** False: where the tape stands is not kept on NATS. */
  readonly keep: boolean
}

/** The replaying process of a deployment on NATS; at its end the tape stays there to be wound back, until interrupted. */
export async function replay(flags: ReplayFlags): Promise<void> {
  const nats = requiredNats(flags.nats)
  const terminal = openTerminal(process.stdout)
  const log = openLog(flags, { terminal })
  const tape = await chooseTape(flags, terminal)
  const interrupted = untilInterrupted()
  const app = await openApp({ name: 'replay', nats, terminal, log, keepOnBus: flags.keep })
  try {
    // Of what models live through it whoever forecasts takes care.
    const { identity } = tapeIdentity(tape, { from: flags.from, model: {} })
    const controller = await app.load(tape, flags, identity)
    printTape(tape, terminal)
    printStanding(controller, terminal)
    terminal.fact('bus', `NATS JetStream at ${app.bus.address}`)
    await controller.announce()
    await stopForLiveReadings(controller, { bus: app.bus, station: tape.station.id })
    void controller.play()
    terminal.fact('speed', speedText(flags))
    const through = controller.finished.then(({ rows }) =>
      terminal.line(`  the tape is through: ${rows} rows`),
    )
    await Promise.race([interrupted, controller.failure, through.then(() => interrupted)])
  } finally {
    terminal.close()
    await app.close()
  }
}

/** Measurements of the same station stop the tape here as they do where everything runs in one process. */
async function stopForLiveReadings(
  controller: ReplayController,
  { bus, station }: { readonly bus: Bus; readonly station: string },
): Promise<void> {
  await bus.subscribe({ station, topic: 'reading' }, ({ message }) => {
    if (message.replay === undefined && !message.bridged)
      controller.pauseBecause('live ticks arrived', parseInstant(message.event_time))
  })
}
