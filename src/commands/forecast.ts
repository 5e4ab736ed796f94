import { openApp } from '../app/app.ts'
import type { PipelineFlags } from '../app/assemble-model.ts'
import { untilInterrupted } from '../app/interrupt.ts'
import { errorTeller, type LogFlags, openLog } from '../app/log.ts'
import { withPlugins } from '../app/plugins.ts'
import { openTerminal } from '../app/terminal.ts'
import { TickcastError } from '../domain/errors.ts'
import { HOUR } from '../domain/instant.ts'
import { checkStationNames, chosenEntries } from '../experts/choose.ts'
import { windowRows } from '../experts/window-rows.ts'
import { loadStation } from '../ingest/station-file.ts'
import type { EngineChoice } from '../networks/engine-choice.ts'

export interface ForecastFlags extends PipelineFlags, LogFlags {
  readonly engine: EngineChoice
  readonly nats?: string
  /** A station file to announce: a live station. */
  readonly station?: string
  /** False: states are not kept on NATS. */
  readonly keep: boolean
}

/** The forecasting process of a deployment on NATS: every station announced there, until interrupted. */
export async function forecast(given: ForecastFlags): Promise<void> {
  const flags = await withPlugins(given)
  const nats = requiredNats(flags.nats)
  chosenEntries(flags)
  const station = flags.station === undefined ? undefined : await loadStation(flags.station)
  if (station) checkStationNames(station, flags)
  // By themselves they fit no station; where only one is given, that is for each station to say.
  if (flags.network && flags.lookback !== undefined && flags.stride !== undefined)
    windowRows({ cadence: HOUR }, flags)
  const terminal = openTerminal(process.stdout)
  const log = openLog(flags, { terminal })
  const tellError = errorTeller({ terminal, log })
  const interrupted = untilInterrupted()
  const app = await openApp({ name: 'forecast', nats, terminal, log, keepOnBus: flags.keep })
  try {
    terminal.fact('bus', `NATS JetStream at ${app.bus.address}`)
    if (flags.keep) terminal.fact('kept', 'states in the bucket TICKCAST_STATES of that server')
    await app.forecast({
      engine: flags.engine,
      flags,
      from: 'retained',
      onStation({ id, title }, { engine, network }) {
        const networkText = network === 'none' ? 'no recurrent network' : `${network}, trained on ${engine}`
        terminal.fact('station', `${id} (${title}): ${networkText}`)
      },
      onUnsuitable(id, error) {
        // A station that somebody else announced must not end the process, whatever is wrong with it.
        if (error instanceof TickcastError && id === station?.id) app.fail(error)
        else tellError(new Error(`${id} cannot be forecast`, { cause: error }))
      },
      onLive: () => undefined,
    })
    if (station) {
      await app.announce(station)
      await app.ask(station)
    }
    await Promise.race([app.failure, interrupted])
  } finally {
    terminal.close()
    await app.close()
  }
}

/** The commands of a deployment need a server between them. */
export function requiredNats(nats: string | undefined): string {
  if (nats !== undefined) return nats
  throw new TickcastError(
    'usage',
    'this command is one process of several: say where NATS is with --nats URL or NATS_URL (`tickcast start` needs none)',
  )
}
