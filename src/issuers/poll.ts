import type { Clock } from '../domain/clock.ts'
import { errorMessage } from '../domain/errors.ts'
import {
  formatInstant,
  formatSpan,
  HOUR,
  type Instant,
  MINUTE,
  SECOND,
  type Span,
} from '../domain/instant.ts'
import type { AskedMessage } from '../protocol/asked.ts'
import type { OutsideMessage } from '../protocol/outside.ts'
import { askIssuer, whomText } from './ask.ts'
import type { AskContext } from './ask-json.ts'
import type { AskedOf } from './issuer.ts'
import { IssuerError } from './issuer-error.ts'
import { waitAfter } from './schedule.ts'

export interface PollOptions {
  readonly of: AskedOf
  readonly clock: Clock
  /** A random number in [0, 1). */
  readonly unit: () => number
  readonly userAgent: string
  readonly env: NodeJS.ProcessEnv
  readonly timeout?: AskContext['timeout']
  /** When its newest forecast came, as far as that is known: it is not asked again before its time. */
  readonly cameAt: Instant | undefined
  /** Hands a forecast on; fulfilled once it is where it outlasts this process. */
  readonly take: (forecast: OutsideMessage) => Promise<void>
  /** Something went wrong of which it was not told yet, or all is well again. */
  readonly onTrouble: (text: string) => void
  readonly onRecovered: (text: string) => void
  /** How it stands has changed. */
  readonly onChange: () => void
}

/** One issuer that is asked again and again, at polite intervals, until it is closed. */
export interface Poll {
  state(): AskedMessage
  /** What was taken of it has been refused further on. */
  refused(why: string): void
  close(): Promise<void>
}

export function openPoll(options: PollOptions): Poll {
  const { of, clock, unit, cameAt, onChange, onTrouble, onRecovered } = options
  const { name, asked } = of
  const closing = new AbortController()
  const { signal } = closing
  const told = new Set<string>()
  let last: OutsideMessage | undefined
  let state: AskedMessage = {
    ...{ whom: whomText(asked), times: 0, failures: 0, failing: 0 },
    ...{ asked_at: null, next_at: null, issued_at_is: null, error: null },
  }
  const change = (changed: Partial<AskedMessage>): void => {
    state = { ...state, ...changed }
    onChange()
  }

  /** Of each kind once, until all is well again; all are counted. */
  function fail(error: unknown): IssuerError {
    const failure =
      error instanceof IssuerError
        ? error
        : new IssuerError('unexpected', errorMessage(error), { cause: error })
    const { kind, message } = failure
    change({
      failures: state.failures + 1,
      failing: state.failing + 1,
      error: { kind, message, at: formatInstant(clock.now()) },
    })
    if (!told.has(kind)) onTrouble(`no forecast of ${name}: ${message}`)
    told.add(kind)
    return failure
  }

  /** Gives how long to wait. */
  async function ask(): Promise<Span> {
    const askedAt = Math.floor(clock.now() / SECOND) * SECOND
    change({ times: state.times + 1, asked_at: formatInstant(askedAt), next_at: null })
    const { userAgent, env, timeout } = options
    const context = { ...{ userAgent, env, signal, askedAt, timeout }, now: () => clock.now() }
    try {
      const { forecast, saysIssued } = await askIssuer(of, context)
      if (signal.aborted) return 0
      if (!last || saysMore(last, forecast)) {
        await options.take(forecast)
        last = forecast
      }
      if (told.size > 0) onRecovered(`${name} answers again, after ${state.failing} times without`)
      told.clear()
      change({ failing: 0, issued_at_is: saysIssued ? 'said' : 'asked' })
      return waitAfter({ every: asked.every, failing: 0 }, unit())
    } catch (error) {
      if (signal.aborted) return 0
      const { kind, retryAfter } = fail(error)
      const { failing } = state
      return waitAfter({ every: asked.every, failing, isBusy: kind === 'busy', retryAfter }, unit())
    }
  }

  async function run(): Promise<void> {
    let due = cameAt === undefined ? clock.now() : Math.min(cameAt, clock.now()) + asked.every
    while (!signal.aborted) {
      if (due > clock.now()) change({ next_at: formatInstant(due) })
      while (!signal.aborted && clock.now() < due) await clock.sleep(due - clock.now(), signal)
      if (!signal.aborted) due = (await ask()) + clock.now()
    }
  }

  const running = run()
  return {
    state: () => state,
    refused: (why) => void fail(new IssuerError('unexpected', `what it says is refused: ${why}`)),
    async close() {
      closing.abort()
      await running
    },
  }
}

/** So far ahead the newest forecast is to reach, also where nothing in it has changed. */
const REACH: Span = 30 * HOUR

/** Whether a forecast says anything that the last one did not: most models run every three or six hours. */
function saysMore(last: OutsideMessage, next: OutsideMessage): boolean {
  const before = new Map(last.leads.map((lead) => [minuteOf(last, lead), lead.mean]))
  if (next.leads.some((lead) => (before.get(minuteOf(next, lead)) ?? lead.mean) !== lead.mean)) return true
  const reach = Math.max(...before.keys()) * MINUTE
  const wanted = Math.max(...next.leads.map((lead) => minuteOf(next, lead))) * MINUTE
  return wanted > reach && reach < Date.parse(next.issued_at) + REACH
}

function minuteOf({ issued_at }: OutsideMessage, { lead_hours }: OutsideMessage['leads'][number]): number {
  return Math.round((Date.parse(issued_at) + lead_hours * HOUR) / MINUTE)
}

/** What is asked and how often, a line for a terminal. */
export function pollText({ name, asked }: AskedOf): string {
  return `asks ${whomText(asked)}, every ${formatSpan(asked.every)} (${name})`
}
