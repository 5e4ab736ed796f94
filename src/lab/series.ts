import { TickcastError } from '../domain/errors.ts'
import { HOUR, type Instant, type Span } from '../domain/instant.ts'
import { type Station, targetIndex } from '../domain/station.ts'
import { badFile } from '../ingest/bad-file.ts'
import { type RawRow, tickOf } from '../ingest/raw-row.ts'
import { validator } from '../ingest/validate.ts'

/** A station's rows as the chapter reads them: one after another, whatever their stamps say. */
export interface Series {
  readonly name: string
  readonly channels: readonly string[]
  /** The target's place among the channels. */
  readonly target: number
  /** Shape [row]. */
  readonly times: Float64Array
  /** Shape [row][channel], physical units; NaN where nothing was measured. */
  readonly values: Float32Array
  readonly rows: number
  readonly rowsPerHour: number
  /** Rows that no reading could be made of; they are left out. */
  readonly rejected: number
}

export interface SeriesSource {
  readonly name: string
  readonly station: Station
  readonly cadence: Span
  readonly rows: AsyncIterable<readonly RawRow[]>
}

/** Ninety-five years at ten minutes, a gigabyte or two while it is read. */
const MOST_ROWS = 5_000_000

/** Reads a whole file into memory: 14 channels of eight years at ten minutes take 27 MB. */
export async function readSeries({ name, station, cadence, rows: batches }: SeriesSource): Promise<Series> {
  const rowsPerHour = HOUR / cadence
  if (!Number.isInteger(rowsPerHour)) {
    const every = `${cadence / 60_000} minutes`
    throw new TickcastError(
      'bad_file',
      `${name}: a row every ${every}; expected a whole number of rows an hour`,
    )
  }
  const width = station.channels.length
  const validate = validator(station)
  const times: Instant[] = []
  const parts: Float64Array[] = []
  let rejected = 0
  for await (const batch of batches) {
    if (times.length > MOST_ROWS)
      throw badFile(
        name,
        `more than ${MOST_ROWS} rows, which are read into memory; expected at most that many`,
      )
    for (const row of batch) {
      // A row of a file is never ahead of the clock that took it in.
      const result = validate(tickOf(row, { run: name, ingestTime: row.eventTime ?? 0 }))
      if (!result.ok) {
        rejected += 1
        continue
      }
      times.push(result.reading.eventTime)
      parts.push(result.reading.values)
    }
  }
  const values = new Float32Array(parts.length * width)
  for (const [row, part] of parts.entries()) values.set(part, row * width)
  return {
    name,
    channels: station.channels.map((channel) => channel.name),
    target: targetIndex(station),
    times: Float64Array.from(times),
    values,
    rows: times.length,
    rowsPerHour,
    rejected,
  }
}
