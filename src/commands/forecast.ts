import { openBus } from '../bus/open-bus.ts'
import { TickcastError } from '../domain/errors.ts'
import { loadStation } from '../ingest/station-file.ts'
import { stationMessage } from '../protocol/encode.ts'
import { refuseNobody } from './experts.ts'
import { untilInterrupted } from './interrupt.ts'
import { errorTeller, type LogFlags, openLog } from './log.ts'
import { openStationHost, type PipelineFlags, refuseInvalid, type StationHost } from './station-host.ts'
import { openTerminal } from './terminal.ts'

export interface ForecastFlags extends PipelineFlags, LogFlags {
  readonly nats?: string
  /** A station file to announce: a live station. */
  readonly station?: string
}

/** The forecasting process of a deployment on NATS: every station announced there, until interrupted. */
export async function forecast(flags: ForecastFlags): Promise<void> {
  const nats = requiredNats(flags.nats)
  refuseNobody(flags)
  const station = flags.station === undefined ? undefined : await loadStation(flags.station)
  const terminal = openTerminal(process.stdout)
  const tellError = errorTeller({ terminal, log: openLog(flags, { terminal }) })
  const interrupted = untilInterrupted()
  let host: StationHost | undefined
  const bus = await openBus({
    nats,
    name: 'forecast',
    onError: tellError,
    onNotice: (text) => terminal.fact('bus', text),
    onInvalid: (invalid) => refuseInvalid(invalid, { host, warn: terminal.warn }),
  })
  try {
    terminal.fact('bus', `NATS JetStream at ${bus.address}`)
    let failed: (error: unknown) => void = () => undefined
    const failure = new Promise<never>((_, reject) => {
      failed = reject
    })
    host = await openStationHost({
      bus,
      flags,
      from: 'retained',
      onStation: ({ id, title }, { engine, network }) =>
        terminal.fact(
          'station',
          `${id} (${title}): ${network === 'none' ? 'no recurrent network' : `${network}, trained on ${engine}`}`,
        ),
      onUnfit(id, error) {
        // One odd station must not take the others with it; but who can forecast nothing says so and leaves.
        if (error instanceof TickcastError && host?.stations.size === 0) failed(error)
        else tellError(new Error(`${id} cannot be forecast`, { cause: error }))
      },
      onLive: () => undefined,
      onFailure: failed,
    })
    if (station) {
      await bus.publish(station.id, 'station', stationMessage(station, { source: 'live' }))
    }
    await Promise.race([failure, interrupted])
  } finally {
    terminal.close()
    await host?.close()
    await bus.close()
  }
}

/** Commands of a deployment have nothing to talk to without a server between them. */
export function requiredNats(nats: string | undefined): string {
  if (nats !== undefined) return nats
  throw new TickcastError(
    'usage',
    'this command is one process of several: say where NATS is with --nats URL or NATS_URL (`tickcast start` needs none)',
  )
}
