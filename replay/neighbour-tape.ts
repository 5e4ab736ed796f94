import { TickcastError } from '../src/domain/errors.ts'
import { formatInstant } from '../src/domain/instant.ts'
import { isNeighbour, type NeighboursSetting } from '../src/domain/neighbour.ts'
import { toldReading } from '../src/forecast/neighbours/told-reading.ts'
import { order } from '../src/ingest/order.ts'
import { type RawRow, tickOf } from '../src/ingest/raw-row.ts'
import { loadStation } from '../src/ingest/station-file.ts'
import { validator } from '../src/ingest/validate.ts'
import { neighbourMessage } from '../src/protocol/neighbour.ts'
import { openFileTape } from './file-tape.ts'
import { byTime } from './joined-tape.ts'
import { aheadOfRows, inBatches } from './outside-tape.ts'
import type { Tape } from './tape.ts'

/** A neighbour's station file and its readings: `great_falls.yaml:great_falls.csv`. */
const STATION_AND_DATA = /^(.+?\.(?:ya?ml|json)):(.+)$/i

export function isStationAndData(text: string): boolean {
  return STATION_AND_DATA.test(text)
}

/**
 * A tape with what its station's neighbours measured, each reading right ahead of the first row at or after the time at
 * which it was known: its own, and the delay that the station file says.
 */
export async function withNeighbours(tape: Tape, given: readonly string[]): Promise<Tape> {
  const { station } = tape
  const neighbours: Tape[] = []
  for (const text of given) {
    const [, stationFile = '', data = ''] = STATION_AND_DATA.exec(text) ?? []
    const fail = (rule: string) => new TickcastError('usage', `--neighbour ${text}: ${rule}`)
    if (!data) throw fail('expected STATION:FILE, a station file and its readings: near.yaml:near.csv')
    const neighbour = await openFileTape(data, {
      station: await loadStation(stationFile),
      hint: `is ${stationFile} the station file for it?`,
      isCadenceSaid: true,
    })
    const { id } = neighbour.station
    if (!isNeighbour(station.neighbours, id))
      throw fail(
        `'${id}' is no neighbour of '${station.id}': name it under neighbours in its station file (--station FILE)`,
      )
    if (id === station.id) throw fail(`'${id}' is the station itself`)
    if (neighbours.some((other) => other.station.id === id)) throw fail(`'${id}' is given twice`)
    neighbours.push(neighbour)
  }
  const names = neighbours.map(({ name }) => name).join(' and ')
  return {
    ...tape,
    // With neighbours it has other rows, and so is another one to whoever keeps where it stood.
    name: `${tape.name} beside ${names}`,
    notes: [...tape.notes, ...neighbours.map(noteOf), ...silentOf(station.neighbours, neighbours)],
    rows: (options = {}) =>
      aheadOfRows(
        tape.rows(options),
        byTime(
          neighbours.map((neighbour) => ({
            first: Number.NEGATIVE_INFINITY,
            rows: () => inBatches(toldRows(neighbour, station.neighbours), options.from),
          })),
        ),
      ),
  }
}

/** Judged and put in order as its own pipeline would. */
async function* toldRows(
  { station, rows }: Tape,
  setting: NeighboursSetting | undefined,
): AsyncGenerator<RawRow, void, undefined> {
  const named = setting === 'auto' ? undefined : setting?.find((each) => each.station === station.id)
  const delay = named?.delay ?? 0
  const validate = validator(station)
  const ordering = order({ cadence: station.cadence, channels: station.channels })
  const told = toldReading(station)
  let state = ordering.initial()
  const pushed = ({ output }: ReturnType<typeof ordering.step>): RawRow[] =>
    output.flatMap((arrival) => {
      const reading = arrival.kind === 'reading' ? told(arrival.reading) : undefined
      if (!reading) return []
      const { eventTime } = reading
      const place = `${station.id}/${formatInstant(eventTime)}`
      return [{ place, eventTime: eventTime + delay, values: {}, neighbour: neighbourMessage(reading) }]
    })
  for await (const batch of rows()) {
    for (const row of batch) {
      const checked = validate(
        tickOf(row, { run: 'neighbour', ingestTime: row.eventTime ?? 0, replay: REPLAY }),
      )
      if (!checked.ok) continue
      const next = ordering.step(state, checked.reading)
      state = next.state
      yield* pushed(next)
    }
  }
  yield* pushed(ordering.flush(state))
}

/** A session's name is a ULID on the bus; nobody sees this one. */
const REPLAY = { session: 'neighbour', speed: 'max', paused: false } as const

function noteOf({ name, station, first, last }: Tape): string {
  const until = last === null ? 'an end not known yet' : formatInstant(last)
  return `neighbour ${station.id}: ${name}, ${formatInstant(first)} to ${until}`
}

/** Of each that a station names and nobody has readings of, that it says nothing. */
export function silentOf(
  setting: NeighboursSetting | undefined,
  given: readonly Pick<Tape, 'station'>[],
): string[] {
  const named = setting === 'auto' ? [] : (setting ?? [])
  const silent = named.filter((each) => !given.some(({ station }) => station.id === each.station))
  return silent.map(
    ({ station }) => `neighbour ${station}: no --neighbour has its readings, so it says nothing`,
  )
}
