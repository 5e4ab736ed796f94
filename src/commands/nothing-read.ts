import { TickcastError } from '../domain/errors.ts'
import { shown } from '../ingest/bad-file.ts'
import type { StatusMessage } from '../protocol/status.ts'

/** A TickcastError where rows came and not one became a reading: what is right about the rest is not to be seen. */
export function checkSomethingRead(
  { rows, readings, rejected_by_reason: reasons, last_rejected: last }: StatusMessage['intake'],
  { name, station }: { readonly name: string; readonly station: string | undefined },
): void {
  if (readings > 0 || rows === 0) return
  const counts = Object.entries(reasons).map(([reason, count]) => `${count} ${reason}`)
  // Of each reason one; the newest come first.
  const examples = new Map(last.map((each) => [each.reason, each]))
  const why = [...examples.values()].map(
    ({ tick, field, value, rule }) =>
      `${tick.slice(tick.lastIndexOf('/') + 1)}: ${shown(field, 60)} is ${shown(JSON.stringify(value), 60)}; expected ${rule}`,
  )
  const see = `tickcast check --data FILE${station === undefined ? '' : ` --station ${station}`} tells more`
  throw new TickcastError(
    'bad_file',
    `${name}: no reading could be made of its ${rows} rows (${counts.join(', ')}); ${why.join('; ')}. ${see}`,
  )
}
