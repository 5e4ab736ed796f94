import type { StationHost } from '../app/station-host.ts'
import type { Terminal } from '../app/terminal.ts'
import type { Bus } from '../bus/bus.ts'
import { differenceUnit } from '../domain/unit.ts'
import type { StationStream } from '../flow/station-stream.ts'
import type { ForecastMessage } from '../protocol/forecast.ts'
import { gainText } from './summary.ts'

const EVERY_MS = 500

/** Keeps the terminal's live line up to date, until closed; with several stations, the one heard of last. */
export async function followProgress({
  bus,
  host,
  terminal,
}: {
  readonly bus: Bus
  readonly host: StationHost
  readonly terminal: Terminal
}): Promise<{ close(): Promise<void> }> {
  let newest: { readonly station: string; readonly message: ForecastMessage } | undefined
  const subscription = await bus.subscribe({ topic: 'forecast' }, ({ station, message }) => {
    newest = { station, message }
  })
  const show = (): void => {
    const id = newest?.station ?? [...host.stations.keys()][0]
    const stream = id === undefined ? undefined : host.stations.get(id)
    if (id !== undefined && stream) terminal.status(progressLine(id, { stream, forecast: newest?.message }))
  }
  const timer = setInterval(show, EVERY_MS)
  return {
    async close() {
      clearInterval(timer)
      show()
      await subscription.close()
    },
  }
}

/** The live line: position in the stream, newest forecast, errors so far, and what is wrong, if anything. */
function progressLine(
  id: string,
  { stream, forecast }: { readonly stream: StationStream; readonly forecast: ForecastMessage | undefined },
): string {
  const { as_of, intake, training, unit, replay } = stream.status()
  if (as_of === null) return `${id}: no ticks yet`
  const speed = replay ? (replay.speed === 'max' ? 'max speed' : `${replay.speed}x`) : 'live'
  const parts = [
    `${id} ${as_of.slice(0, 16).replace('T', ' ')}Z`,
    replay?.paused ? 'paused' : speed,
    forecastPart(forecast, unit),
    scorePart(stream, unit),
    intake.rejected > 0 ? `${intake.rejected} rejected` : '',
    `${intake.rows} rows`,
    training.state === 'off' ? '' : `training round ${training.rounds}`,
  ]
  return parts.filter((part) => part !== '').join(' | ')
}

function forecastPart(forecast: ForecastMessage | undefined, unit: string): string {
  const day = forecast?.leads.at(-1)
  if (!day) return ''
  const { mean, quantiles } = day
  return `in 24 h ${mean.toFixed(1)} (${quantiles['0.05']?.toFixed(1)}..${quantiles['0.95']?.toFixed(1)}) ${unit}`
}

function scorePart(stream: StationStream, unit: string): string {
  const { mixture } = stream.dayAhead()
  if (mixture?.mae == null || mixture.skill === null) return ''
  return `MAE ${mixture.mae.toFixed(2)} ${differenceUnit(unit)}, ${gainText(mixture.skill)}`
}
