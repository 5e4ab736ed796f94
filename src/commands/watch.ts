import pc from 'picocolors'
import { untilInterrupted } from '../app/interrupt.ts'
import { screenOf } from '../app/screen.ts'
import type { Delivery, StreamClient } from '../client/client.ts'
import { fetchStations } from '../client/http.ts'
import { connect } from '../client/node.ts'
import { TickcastError } from '../domain/errors.ts'
import { quantityName } from '../domain/outside.ts'
import type { ForecastMessage } from '../protocol/forecast.ts'
import type { PublishedOutside } from '../protocol/published-outside.ts'
import type { ReadingMessage } from '../protocol/reading.ts'
import type { ScoreMessage } from '../protocol/scores.ts'
import type { StatusMessage } from '../protocol/status.ts'
import { CLIENT_TOPICS, type ClientTopic } from '../protocol/topics.ts'
import { type ClientFlags, reached } from './client-flags.ts'

export interface WatchFlags extends ClientFlags {
  readonly station?: string
  readonly topics: string
  readonly json?: true
}

/** The stream of one station, a line a message, until interrupted. */
export async function watch({ station, topics, json, url, token }: WatchFlags): Promise<void> {
  const wanted = parseTopics(topics)
  const interrupted = untilInterrupted()
  const stations = await reached(url, () => fetchStations({ url, token }))
  const watched = station === undefined ? stations[0] : stations.find(({ id }) => id === station)
  if (!watched) {
    const known = stations.map(({ id }) => id).join(', ') || 'none yet'
    throw new TickcastError('usage', `no station '${station ?? ''}' at ${url} (known: ${known})`)
  }
  const print = (message: unknown, delivery: Delivery, text: () => string): void => {
    process.stdout.write(`${json ? jsonLine(message, delivery) : text()}\n`)
  }
  if (!json) {
    const simulated =
      watched.source === 'simulated'
        ? pc
            .createColors(screenOf(process.stdout).colours)
            .yellow(' SIMULATED: no instrument has measured this')
        : ''
    process.stdout.write(`${watched.id}: ${watched.title}, ${watched.target}${simulated}\n`)
  }

  const client = connect({ url, token })
  const lines = {
    reading: (message: ReadingMessage, delivery: Delivery) =>
      print(message, delivery, () => readingLine(message, watched.target)),
    forecast: (message: ForecastMessage, delivery: Delivery) =>
      print(message, delivery, () => forecastLine(message)),
    score: (message: ScoreMessage, delivery: Delivery) => print(message, delivery, () => scoreLine(message)),
    outside: (message: PublishedOutside, delivery: Delivery) =>
      print(message, delivery, () => outsideLine(message)),
    status: (message: StatusMessage, delivery: Delivery) =>
      print(message, delivery, () => statusLine(message)),
  }
  client.subscribe(watched.id, Object.fromEntries(wanted.map((topic) => [topic, lines[topic]])), {
    onRefused: (error) => process.stderr.write(`tickcast: ${error.message}\n`),
  })
  await reached(url, () => client.opened())
  await Promise.race([interrupted, closedForGood(client, url)])
  client.close()
}

/**
 * A message with its place in the stream. `missed` are those before it that did not come, and could not be had again:
 * as many, or null where nobody knows how many; absent where there are none.
 */
export function jsonLine(message: unknown, { station, topic, kind, offset, skipped }: Delivery): string {
  const missed = skipped === undefined || skipped === 0 ? {} : { missed: skipped }
  return JSON.stringify({ station, topic, kind, offset, ...missed, data: message })
}

/**
 * Prints when the connection is lost and when it is back, since it reconnects by itself; rejects where the server has
 * closed it for good (a wrong token).
 */
function closedForGood(client: StreamClient, url: string): Promise<never> {
  let lost = false
  return new Promise((_, reject) => {
    client.onPhase((phase) => {
      if (phase.name === 'waiting' && !lost) {
        lost = true
        const why = phase.reason || 'no reason given'
        process.stderr.write(`tickcast: the connection to ${url} is lost (${why}); trying again\n`)
      } else if (phase.name === 'open') {
        lost = false
        process.stderr.write(`tickcast: connected to ${url} again\n`)
      } else if (phase.name === 'closed') {
        reject(new TickcastError('server_unreachable', `${url} closed the stream: ${phase.reason}`))
      }
    })
  })
}

function parseTopics(text: string): ClientTopic[] {
  return text.split(',').map((name) => {
    const topic = CLIENT_TOPICS.find((each) => each === name.trim())
    if (!topic) {
      throw new TickcastError('usage', `--topics: no topic '${name.trim()}': ${CLIENT_TOPICS.join(', ')}`)
    }
    return topic
  })
}

function readingLine({ event_time, values, bridged, flagged }: ReadingMessage, target: string): string {
  if (flagged)
    return `${event_time}  reading   ${target} masked: the sensor says ${flagged.value} (${flagged.fault})`
  const value = values[target]
  const valueText = value === null || value === undefined ? 'not measured' : value.toFixed(2)
  return `${event_time}  reading   ${target} ${valueText}${bridged ? ' (bridged)' : ''}`
}

function outsideLine({ issuer, quantity, issued_at, leads }: PublishedOutside): string {
  const [first, last] = [leads[0]!, leads.at(-1)!]
  const of = quantity === undefined ? issuer : quantityName(issuer, quantity)
  return `${issued_at}  outside   ${of}: +${first.lead_hours.toFixed(1)} h ${first.mean.toFixed(2)} to +${last.lead_hours.toFixed(1)} h ${last.mean.toFixed(2)}`
}

const SHOWN_LEADS = [1, 3, 6, 12, 24]

function forecastLine({ issued_at, leads, unit }: ForecastMessage): string {
  const shown = leads
    .filter(({ lead_hours }) => SHOWN_LEADS.includes(lead_hours))
    .map(
      ({ lead_hours, mean, quantiles }) =>
        `+${lead_hours} h ${mean.toFixed(1)} (${quantiles['0.05']?.toFixed(1)}..${quantiles['0.95']?.toFixed(1)})`,
    )
  return `${issued_at}  forecast  ${shown.join('  ')} ${unit}, 90 % intervals`
}

function scoreLine({ as_of, models, unit }: ScoreMessage): string {
  const shown = Object.entries(models)
    .map(([name, { mae }]) => ({ name, error: mae['24']?.['30d'] ?? Number.POSITIVE_INFINITY }))
    .sort((one, other) => one.error - other.error)
    .map(({ name, error }) => `${name} ${Number.isFinite(error) ? error.toFixed(2) : '-'}`)
  return `${as_of}  score     MAE +24 h, 30 days: ${shown.join('  ')} ${unit}`
}

function statusLine({ as_of, intake, training, engine, neighbours = {} }: StatusMessage): string {
  const { rows, rejected, gaps } = intake
  const informed = Object.entries(neighbours).map(([id, { lag_hours, correlation, models }]) => {
    const lead = lag_hours === null ? 'lag not known yet' : `${lag_hours} h ahead, correlation ${correlation}`
    return `; ${models.length > 0 ? 'informed by' : 'looks at'} ${id} (${lead})`
  })
  return `${as_of ?? '-'}  status    ${rows} rows, ${rejected} rejected, ${gaps} gaps; training ${training.state}, round ${training.rounds} (${engine})${informed.join('')}`
}
