import { TickcastError } from '../domain/errors.ts'
import { shown } from '../ingest/bad-file.ts'
import type { StatusMessage } from '../protocol/status.ts'

/** A TickcastError where rows came and not one became a reading: what is right about the rest is not to be seen. */
export function checkSomethingRead(
  intake: StatusMessage['intake'],
  { name, station }: { readonly name: string; readonly station: string | undefined },
): void {
  const { rows, readings } = intake
  if (readings > 0 || rows === 0) return
  const see = `tickcast check --data FILE${station === undefined ? '' : ` --station ${station}`} tells more`
  const { counts, why } = refusals(intake)
  throw new TickcastError(
    'bad_file',
    `${name}: no reading could be made of its ${rows} rows (${counts}); ${why}. ${see}`,
  )
}

/** How many rows were refused for each reason, and of each the first that is known, with its place and the rule. */
export function refusals({ rejected_by_reason: reasons, last_rejected: last }: StatusMessage['intake']): {
  readonly counts: string
  readonly why: string
} {
  const counts = Object.entries(reasons).map(([reason, count]) => `${count} ${reason}`)
  // Of each reason one; the newest come first.
  const examples = new Map(last.map((each) => [each.reason, each]))
  const why = [...examples.values()].map(
    ({ tick, field, value, rule }) =>
      `${placeOf(tick)}: ${shown(field, 60)} is ${shown(JSON.stringify(value), 60)}; expected ${rule}`,
  )
  return { counts: counts.join(', '), why: why.join('; ') }
}

/** Of a file with forecasts of others the line is followed by whose it is. */
function placeOf(tick: string): string {
  return /[^/]*:\d+(?:\/[^/]*)?$/.exec(tick)?.[0] ?? tick.slice(tick.lastIndexOf('/') + 1)
}
