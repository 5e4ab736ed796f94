import { ulid } from 'ulid'
import type { Bus } from '../bus/bus.ts'
import { turns } from '../bus/turns.ts'
import { breather, REQUEST_SLICE_MS } from '../domain/breather.ts'
import { formatInstant, type Instant, parseInstant } from '../domain/instant.ts'
import type { Station } from '../domain/station.ts'
import { type MergedRows, mergedRows } from '../ingest/merge-rows.ts'
import { type NamingState, noNames, toldRows } from '../ingest/named-rows.ts'
import { type RawRow, tickOf } from '../ingest/raw-row.ts'
import { validator } from '../ingest/validate.ts'
import { validateOutside } from '../ingest/validate-outside.ts'
import { type ReplyError, replyError } from '../protocol/codes.ts'
import { stationOf } from '../protocol/encode.ts'
import type { TickMessage } from '../protocol/tick.ts'
import { Problem, problem } from './problem.ts'
import type { StationCache } from './station-cache.ts'
import { stationAt } from './station-routes.ts'
import { tickPublisher } from './tick-publisher.ts'
import type { Verdict, Verdicts } from './verdicts.ts'

/** A tick that was refused, or a cell of one that was taken; `index` is that of its row among those handed in. */
export type Rejected = Pick<Verdict, 'field' | 'value' | 'rule' | 'reason'> & { readonly index: number }

/** What became of rows. */
export interface TakenRows {
  readonly rejected: readonly Rejected[]
  /** Cells without a measurement, of ticks that are taken. */
  readonly masked: readonly Rejected[]
}

/** Where rows go that came by HTTP, in whatever form: all of them are taken, and refused, alike. */
export interface TickIntake {
  /** The station that takes ticks; a problem that says why where it does not. */
  station(id: string): Station
  /** The same by any name that senders have for it. */
  stationKnownAs(name: string): Station
  /** Bodies are read one at a time, so that all of them together leave others their turn. */
  inTurn<T>(read: () => Promise<T>): Promise<T>
  take(station: Station, rows: readonly RawRow[]): Promise<TakenRows>
  /** Says of the station's owner that what its sensor says is real; the way of the ticks, so that it is read again as they are. */
  accept(station: Station): Promise<void>
}

export interface TickIntakeOptions {
  readonly bus: Bus
  readonly cache: StationCache
  readonly verdicts: Verdicts
  readonly now: () => Instant
  readonly starting?: (() => string | undefined) | undefined
}

export function tickIntake({ bus, cache, verdicts, now, starting }: TickIntakeOptions): TickIntake {
  const publish = tickPublisher(bus)
  const turn = turns()
  /** By station: who has sent. */
  const naming = new Map<string, NamingState>()
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => turn('reading', work)
  const taking = (id: string): Station => {
    // One that is only being taken up at the start is not unknown for good: a sensor is to try again.
    const missing = cache.station(id) === undefined && starting?.()
    if (missing) throw problem('busy', `${missing}: send the ticks again in a moment`)
    const { description } = stationAt(cache, id)
    if (description.tape) throw new Problem(underReplay(description.id, cache))
    // A tick that nobody takes in would be lost.
    if (!bus.hasSubscribers(id, 'tick')) {
      throw problem('busy', `the pipeline of '${id}' is not ready yet: send the ticks again in a moment`)
    }
    return stationOf(description)
  }
  return {
    inTurn,
    station: taking,
    stationKnownAs(name) {
      const known = cache.stations().filter(({ id, description }) => {
        return id === name || description.known_as?.includes(name)
      })
      const [station, other] = known
      if (other) {
        const ids = known.map(({ id }) => id).join(' and ')
        throw problem(
          'bad_request',
          `'${name.slice(0, 64)}' is a name of ${ids}: known_as of one station alone`,
        )
      }
      return taking(station?.id ?? name)
    },
    async take(station, given) {
      const names = naming.get(station.id) ?? noNames()
      naming.set(station.id, names)
      const breath = breather(REQUEST_SLICE_MS)
      const rows = toldRows(given, names, station)
      if (breath.isDue) await breath.pause()
      const run = `http/${ulid()}`
      const ingestTime = now()
      const merged = mergedRows(rows, station)
      if (breath.isDue) await breath.pause()
      const ticks = merged.rows.map((row) => tickOf(row, { run, ingestTime }))
      if (breath.isDue) await breath.pause()
      const verdict = verdicts.collect(run)
      try {
        await publish(station.id, ticks)
        await verdicts.judged(station.id)
      } finally {
        verdict.end()
      }
      return inTurn(() => checked(ticks, verdict.refused, { station, merged }))
    },
    accept({ id }) {
      const at = formatInstant(now())
      const word = { event_time: at, ingest_time: at, id: `http/${ulid()}/accept`, values: {} }
      return publish(id, [{ ...word, health: 'accept' }])
    },
  }
}

/** A window over live and replayed times would be meaningless; the reply names stations that take live ticks. */
function underReplay(id: string, cache: StationCache): ReplyError {
  const live = cache.stations().flatMap((station) => (station.description.tape ? [] : station.id))
  const remedy =
    live.length > 0
      ? `send them to a live station: ${live.join(', ')}`
      : 'start one that is live (tickcast start --live --station FILE; --port for one beside this)'
  return replyError('under_replay', `a tape is played of '${id}', so it takes no live ticks: ${remedy}`)
}

/**
 * Faults of a tick by itself are found here; those that depend on earlier ticks (late, duplicate) only the pipeline
 * finds, and tells where it runs in this process. All ticks go on to the bus, rejected ones too: the pipeline alone
 * counts and keeps rejections.
 */
async function checked(
  ticks: readonly TickMessage[],
  refused: readonly Verdict[],
  { station, merged }: { readonly station: Station; readonly merged: MergedRows },
): Promise<TakenRows> {
  const validate = validator(station)
  const told = new Map(refused.map((verdict) => [verdict.tick, verdict]))
  const rejected: Rejected[] = []
  const masked: Rejected[] = []
  const breath = breather(REQUEST_SLICE_MS)
  for (const [place, tick] of ticks.entries()) {
    if (breath.isDue) await breath.pause()
    const { index, count } = merged.origins[place]!
    if (tick.outside) {
      const verdict = validateOutside(station, tick.outside, parseInstant(tick.ingest_time) ?? 0)
      const rejection = verdict.ok ? told.get(tick.id) : verdict.rejection
      if (rejection) rejected.push({ ...refusalOf(rejection), index })
      continue
    }
    const validated = validate(tick)
    const rejection = validated.ok ? told.get(tick.id) : validated.rejection
    if (rejection !== undefined) {
      for (let part = 0; part < count; part++) rejected.push({ index: index + part, ...refusalOf(rejection) })
    } else if (validated.ok) masked.push(...validated.faults.map((fault) => ({ index, ...fault })))
  }
  return { rejected, masked }
}

function refusalOf({ field, value, rule, reason }: Omit<Rejected, 'index'>): Omit<Rejected, 'index'> {
  return { field, value, rule, reason }
}
