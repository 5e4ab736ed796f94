import type { Instant } from '../domain/instant.ts'
import type { PublishedRecord, RecordSource } from './record-source.ts'

/** Records read at once: between two such parts others have their turn. */
const PART: Readonly<Record<'reading' | 'forecast', number>> = { reading: 500, forecast: 10 }

/** What a station published in a time and is kept, in order, some at a time. */
export async function* recordedMessages(
  records: RecordSource,
  station: string,
  topic: 'reading' | 'forecast',
  { from, to }: { readonly from: Instant; readonly to: Instant },
): AsyncGenerator<unknown> {
  const limit = PART[topic]
  let after: PublishedRecord | undefined
  for (;;) {
    const part = await records.records(station, topic, { from, to, limit, ...(after && { after }) })
    for (const { message } of part) yield message
    if (part.length < limit) return
    after = part.at(-1)
  }
}
