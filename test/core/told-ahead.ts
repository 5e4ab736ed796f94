import { formatInstant, HOUR } from '../../src/domain/instant.ts'
import type { TickMessage } from '../../src/protocol/tick.ts'
import { ticksOf } from '../flow/run-pipeline.ts'
import { START, weather } from '../forecast/series.ts'

/* Weather, and every twelve hours what an issuer `met` says of another quantity, `wind`. */

export const ROWS = 330
export const readings = weather({ rows: ROWS + 60 })

/** What `met` says at an hour of the 48 to come: twice what will be measured. */
function met(hour: number, off: number): TickMessage {
  const leads = Array.from({ length: 48 }, (_, lead) => {
    const value = readings[hour + 1 + lead]!.values[0]!
    return { lead_hours: 1 + lead, mean: off + 2 * (Number.isNaN(value) ? 8 : value) }
  })
  const outside = { issuer: 'met', quantity: 'wind', issued_at: formatInstant(START + hour * HOUR), leads }
  const ingest_time = formatInstant(START + hour * HOUR)
  return { event_time: '', ingest_time, id: `met/${hour}`, values: {}, outside }
}

/** `offFrom`: the runs from this hour on say something else. */
export function ticks(offFrom = ROWS): TickMessage[] {
  return ticksOf(readings.slice(0, ROWS)).flatMap((tick, hour) =>
    hour % 12 === 0 ? [met(hour, hour < offFrom ? 0 : 50), tick] : [tick],
  )
}
