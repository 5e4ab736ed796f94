import type { Tape } from '../replay/tape.ts'
import { DAY, HOUR, type Instant, type Span } from '../src/domain/instant.ts'
import { targetChannel } from '../src/domain/station.ts'
import type { RawRow } from '../src/ingest/raw-row.ts'

/** What is done to a sensor: what it says in place of `value`; `index` counts the rows of this stretch from 0. */
export interface SensorFault {
  readonly name: string
  /** How long one lasts. */
  readonly lasts: Span
  says(value: number, index: number, first: number): number
}

/** As cases of sensor owners have them. */
export const SENSOR_FAULTS: readonly SensorFault[] = [
  { name: 'stuck for 6 h', lasts: 6 * HOUR, says: (_, __, first) => first },
  { name: 'stuck for 6 days', lasts: 6 * DAY, says: (_, __, first) => first },
  { name: 'stuck for 6 days on another value', lasts: 6 * DAY, says: (_, __, first) => first + 10.95 },
  {
    name: '85.0 every 40th row for 6 days',
    lasts: 6 * DAY,
    says: (value, index) => (index % 40 ? value : 85),
  },
  { name: '85.0 for three rows', lasts: 6 * DAY, says: (value, index) => (index < 3 ? 85 : value) },
  {
    name: '-127 every 50th row for 6 days',
    lasts: 6 * DAY,
    says: (value, index) => (index % 50 ? value : -127),
  },
  { name: '0 for two rows a day', lasts: 6 * DAY, says: (value, index) => (index % 24 < 2 ? 0 : value) },
  { name: 'degF for 6 days', lasts: 6 * DAY, says: (value) => value * 1.8 + 32 },
  { name: '30 higher for 6 days', lasts: 6 * DAY, says: (value) => value + 30 },
  { name: '10 higher for 36 h', lasts: 36 * HOUR, says: (value) => value + 10 },
  { name: '10 higher for 6 days', lasts: 6 * DAY, says: (value) => value + 10 },
]

/** The first one begins behind so much of the tape, at this time of its day; others follow. */
const FIRST_AFTER: Span = 6.25 * DAY
const EVERY: Span = 30 * DAY

/** Whether a fault goes on at a time. */
export function isFaulty({ lasts }: Pick<SensorFault, 'lasts'>, time: Instant, first: Instant): boolean {
  const since = time - first - FIRST_AFTER
  return since >= 0 && since % EVERY < lasts
}

/** The tape as it would be with a faulty sensor. */
export function faultyTape(tape: Tape, fault: SensorFault, from: Instant): Tape {
  const { name } = targetChannel(tape.station)
  return {
    ...tape,
    name: `${tape.name}, ${fault.name}`,
    async *rows(options) {
      let index = 0
      let first = Number.NaN
      const changed = (row: RawRow): RawRow => {
        const value = measured(row, name)
        if (row.eventTime === undefined || value === undefined || !isFaulty(fault, row.eventTime, from)) {
          if (value !== undefined) index = 0
          return row
        }
        if (index === 0) first = value
        return { ...row, values: { ...row.values, [name]: fault.says(value, index++, first) } }
      }
      for await (const batch of tape.rows(options)) yield batch.map(changed)
    },
  }
}

/** What the sensor says, by time. */
export async function truthOf(tape: Tape): Promise<Map<Instant, number>> {
  const { name } = targetChannel(tape.station)
  const truth = new Map<Instant, number>()
  for await (const batch of tape.rows()) {
    for (const row of batch) {
      const value = measured(row, name)
      if (row.eventTime !== undefined && value !== undefined) truth.set(row.eventTime, value)
    }
  }
  return truth
}

/** What a row says of a channel, as a number. */
export function measured({ values }: RawRow, name: string): number | undefined {
  const cell = values[name]
  const value = typeof cell === 'string' ? Number(cell) : cell
  return value === undefined || value === null || Number.isNaN(value) ? undefined : value
}
