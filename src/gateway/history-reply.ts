import { DAY, HOUR, type Instant, parseInstant } from '../domain/instant.ts'
import type { ForecastMessage } from '../protocol/forecast.ts'
import type { ReadingMessage } from '../protocol/reading.ts'

/** 72 h at one reading a minute, 34 days at one in ten. */
const READINGS_KEPT = 5_000
const FORECASTS_KEPT = 48

export interface HistoryMessage {
  readonly readings: readonly {
    readonly event_time: string
    readonly value: number | null
    readonly bridged: boolean
  }[]
  readonly forecasts: readonly ForecastMessage[]
  /** The replay session it is of; absent where nothing was replayed. */
  readonly session?: string
}

export interface HistoryQuery {
  readonly hours: number
  /** The channel whose values are wanted. */
  readonly target: string
  /** One of each hour; or the newest and, to compare with, the one of a day before it. */
  readonly forecasts: 'hourly' | 'compared'
}

/**
 * What a chart of one station begins with: the target's newest readings and at most one forecast of each hour. Bounded,
 * and of one replay session only: a tape that was wound back shows no future.
 */
export class History {
  #readings: ReadingMessage[] = []
  #next = 0
  #forecasts: ForecastMessage[] = []
  #issuedAt: Instant = Number.NEGATIVE_INFINITY
  #newest: ForecastMessage | undefined
  #session: string | undefined

  takeReading(message: ReadingMessage): void {
    this.#follow(message.replay?.session)
    // Times are read when somebody asks: a replay at full speed brings 60,000 readings a second.
    // The first moment of a station comes again where more of it does.
    const newest = (this.#next + READINGS_KEPT - 1) % READINGS_KEPT
    if (this.#readings[newest]?.event_time === message.event_time) this.#readings[newest] = message
    else {
      this.#readings[this.#next] = message
      this.#next = (this.#next + 1) % READINGS_KEPT
    }
  }

  takeForecast(message: ForecastMessage): void {
    this.#follow(message.replay?.session)
    this.#newest = message
    const at = issuedAt(message)
    if (at === this.#issuedAt && this.#forecasts.length > 0) this.#forecasts.pop()
    else if (at < this.#issuedAt + HOUR) return
    this.#issuedAt = at
    this.#forecasts.push(message)
    if (this.#forecasts.length > FORECASTS_KEPT) this.#forecasts.shift()
  }

  /** The last hours, counted back from the newest reading, oldest first. */
  last({ hours, target, forecasts }: HistoryQuery): HistoryMessage {
    const ordered = [...this.#readings.slice(this.#next), ...this.#readings.slice(0, this.#next)]
    const newest = parseInstant(ordered.at(-1)?.event_time ?? '')
    const rest = {
      forecasts: forecasts === 'hourly' ? this.#forecasts : this.#compared(newest),
      ...(this.#session !== undefined && { session: this.#session }),
    }
    if (newest === undefined) return { readings: [], ...rest }
    const first = newest - hours * HOUR
    const from = ordered.findLastIndex(({ event_time }) => (parseInstant(event_time) ?? newest) < first) + 1
    return {
      readings: ordered
        .slice(from)
        .map(({ event_time, values, bridged }) => ({ event_time, value: values[target] ?? null, bridged })),
      ...rest,
    }
  }

  /** The forecast that held at the newest reading, and the one issued nearest a day before it, oldest first. */
  #compared(at: Instant = Number.POSITIVE_INFINITY): readonly ForecastMessage[] {
    const all = [...this.#forecasts, ...(this.#newest ? [this.#newest] : [])]
    const held = all.findLast((forecast) => issuedAt(forecast) <= at)
    if (!held) return []
    const off = (forecast: ForecastMessage) => Math.abs(issuedAt(forecast) - (issuedAt(held) - DAY))
    const [first = held, ...others] = this.#forecasts
    const before = others.reduce((best, each) => (off(each) < off(best) ? each : best), first)
    return issuedAt(before) < issuedAt(held) ? [before, held] : [held]
  }

  /** A live message between two of a replay starts nothing anew; another session does. */
  #follow(session: string | undefined): void {
    if (session === undefined || session === this.#session) return
    this.clear()
    this.#session = session
  }

  clear(): void {
    this.#session = undefined
    this.#readings = []
    this.#next = 0
    this.#forecasts = []
    this.#newest = undefined
    this.#issuedAt = Number.NEGATIVE_INFINITY
  }
}

/** One that cannot be read lies behind all. */
function issuedAt({ issued_at }: ForecastMessage): Instant {
  return parseInstant(issued_at) ?? Number.NEGATIVE_INFINITY
}
