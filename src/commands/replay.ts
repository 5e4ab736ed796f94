import type { Deck } from '../../replay/deck.ts'
import type { Bus } from '../bus/bus.ts'
import { openBus } from '../bus/open-bus.ts'
import { parseInstant } from '../domain/instant.ts'
import { chooseTape, type DataFlags } from './data.ts'
import { requiredNats } from './forecast.ts'
import { untilInterrupted } from './interrupt.ts'
import { errorTeller, type LogFlags, openLog } from './log.ts'
import { deckFor, sayTape, type TapeFlags } from './play.ts'
import { openTerminal } from './terminal.ts'

export interface ReplayFlags extends DataFlags, TapeFlags, LogFlags {
  readonly nats?: string
}

/** The replaying process of a deployment on NATS; at its end the tape stays there to be wound back, until interrupted. */
export async function replay(flags: ReplayFlags): Promise<void> {
  const nats = requiredNats(flags.nats)
  const terminal = openTerminal(process.stdout)
  const tellError = errorTeller({ terminal, log: openLog(flags, { terminal }) })
  const tape = await chooseTape(flags, terminal)
  const interrupted = untilInterrupted()
  const bus = await openBus({
    nats,
    name: 'replay',
    onError: tellError,
    onNotice: (text) => terminal.fact('bus', text),
  })
  const { deck, words } = deckFor(tape, { bus, flags })
  try {
    sayTape(tape, terminal)
    terminal.fact('bus', `NATS JetStream at ${bus.address}`)
    terminal.fact('speed', words)
    await deck.announce()
    await stopForLiveReadings(deck, { bus, station: tape.station.id })
    void deck.play()
    const through = deck.finished.then(({ rows }) => terminal.line(`  the tape is through: ${rows} rows`))
    await Promise.race([interrupted, through.then(() => interrupted)])
  } finally {
    terminal.close()
    await deck.close()
    await bus.close()
  }
}

/** Measurements of the same station stop the tape here as they do where everything runs in one process. */
async function stopForLiveReadings(
  deck: Deck,
  { bus, station }: { readonly bus: Bus; readonly station: string },
): Promise<void> {
  await bus.subscribe({ station, topic: 'reading' }, ({ message }) => {
    if (message.replay === undefined && !message.bridged)
      deck.pauseBecause('live ticks arrived', parseInstant(message.event_time))
  })
}
