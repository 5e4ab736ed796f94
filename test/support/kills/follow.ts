import { connect } from '../../../src/client/node.ts'
import { HOUR } from '../../../src/domain/instant.ts'
import type { ForecastMessage } from '../../../src/protocol/forecast.ts'
import { differences } from './differences.ts'

/** What a page that stays open over it all was shown of the forecasts, an hour between two. */
export interface Followed {
  readonly forecasts: ReadonlyMap<string, ForecastMessage>
  /** Forecasts that came a second time as something new, from the same server. */
  readonly again: number
  /** How often some were missed and it was not said. */
  readonly missedUntold: number
  /** What a second time was not what it had been. */
  readonly unequal: readonly string[]
  close(): void
}

/** Listens over a WebSocket that comes back by itself, with the client that others use. */
export function follow(url: string): Followed {
  const client = connect({ url, draw: () => 0 })
  const forecasts = new Map<string, ForecastMessage>()
  const unequal: string[] = []
  let [again, missedUntold] = [0, 0]
  let last: string | undefined
  /** Since the client was told last that it speaks with another server than before. */
  let newestHere = ''
  const subscribe = (): void =>
    void client.subscribe(
      'jena',
      {
        forecast(message, { kind, skipped }) {
          const { issued_at } = message
          if (skipped === null || skipped === undefined) newestHere = ''
          if (kind === 'update' && issued_at <= newestHere) again++
          if (issued_at > newestHere) newestHere = issued_at
          const before = forecasts.get(issued_at)
          if (before) unequal.push(...differences(message, before).map((one) => `${issued_at} again: ${one}`))
          forecasts.set(issued_at, message)
          if (last !== undefined && issued_at <= last) return
          const missed = last === undefined ? 0 : (Date.parse(issued_at) - Date.parse(last)) / HOUR - 1
          if (missed > 0 && skipped !== null && (skipped ?? 0) < missed) missedUntold++
          last = issued_at
        },
      },
      { onRefused: () => setTimeout(subscribe, 50) },
    )
  subscribe()
  return {
    forecasts,
    unequal,
    get again() {
      return again
    },
    get missedUntold() {
      return missedUntold
    },
    close: () => client.close(),
  }
}
