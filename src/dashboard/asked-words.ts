import type { StatusMessage } from '../protocol/status.ts'
import type { StationClock } from './format.ts'

/** Who is asked for forecasts, when last, and what goes wrong; empty where nobody is. */
export function askedText(outside: StatusMessage['outside'], clock: StationClock): string {
  return Object.entries(outside ?? {})
    .flatMap(([issuer, { asked }]) => {
      if (!asked) return []
      const { whom, asked_at, failing, error } = asked
      const when = asked_at ? `last at ${clock.time(Date.parse(asked_at))}` : 'not yet'
      const fails = failing ? `, in vain${failing > 1 ? ` ${failing} times` : ''}: ${error?.message}` : ''
      return [`${issuer} (${whom}) ${when}${fails}`]
    })
    .join('; ')
}
