import type { Instant } from '../src/domain/instant.ts'
import { badFile } from '../src/ingest/bad-file.ts'
import { nameOf } from '../src/ingest/outside-file.ts'
import type { RawRow } from '../src/ingest/raw-row.ts'

type Outside = NonNullable<RawRow['outside']>

/**
 * The forecasts of one issuer out of several tables, by rising availability: what stands in two of them is one forecast
 * with the leads of both. Throws a `TickcastError` where they say different things of a lead.
 */
export async function* unitedForecasts(
  batches: AsyncIterable<readonly RawRow[]>,
): AsyncGenerator<readonly RawRow[], void, undefined> {
  let now: Instant | undefined
  let ofNow = new Map<string, RawRow>()
  for await (const batch of batches) {
    const passed: RawRow[] = []
    for (const row of batch) {
      if (row.eventTime !== now) {
        passed.push(...ofNow.values())
        ofNow = new Map()
        now = row.eventTime
      }
      const issue = row.outside!.issued_at
      const known = ofNow.get(issue)
      ofNow.set(issue, known ? united(known, row) : row)
    }
    yield passed
  }
  yield [...ofNow.values()]
}

function united(one: RawRow, other: RawRow): RawRow {
  const leads = new Map(one.outside!.leads.map((lead) => [lead.lead_hours, lead]))
  for (const lead of other.outside!.leads) {
    const known = leads.get(lead.lead_hours)
    if (known && !isAlike(known, lead)) {
      throw badFile(
        other.place,
        `of what '${nameOf(one.outside!)}' issued at ${one.outside!.issued_at} it has ${lead.mean} at +${lead.lead_hours} h, and ${one.place} has ${known.mean}; expected the same`,
      )
    }
    leads.set(lead.lead_hours, lead)
  }
  const sorted = [...leads.values()].sort((a, b) => a.lead_hours - b.lead_hours)
  return { ...one, outside: { ...one.outside!, leads: sorted } }
}

function isAlike(one: Outside['leads'][number], other: Outside['leads'][number]): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
