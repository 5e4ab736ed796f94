import type { Tape } from '../replay/tape.ts'
import { LEADS } from '../src/domain/forecast.ts'
import { DAY, formatInstant, HOUR, type Instant, parseInstant, type Span } from '../src/domain/instant.ts'
import { normal, type Random, seededRandom } from '../src/domain/random.ts'
import { targetChannel } from '../src/domain/station.ts'
import type { RawRow } from '../src/ingest/raw-row.ts'
import type { OutsideMessage } from '../src/protocol/outside.ts'
import { measured } from './sensor-faults.ts'

/* What can go wrong with one input of a station from one day on. */

/** When it goes wrong, and what is known of the series as it is. */
export interface SpoiledFrom {
  readonly at: Instant
  /** Standard deviation of the target. */
  readonly deviation: number
  readonly truth: ReadonlyMap<Instant, number>
}

export interface Spoiling {
  readonly name: string
  readonly of: 'target' | 'channel' | 'clock' | 'issuer' | 'newcomer' | 'neighbour'
  spoil(tape: Tape, from: SpoiledFrom): Tape
}

const SENSOR_LASTS: Span = 6 * DAY
const ISSUER_LASTS: Span = 30 * DAY
const ISSUED_EVERY: Span = 6 * HOUR
const ISSUED_LEADS = 30
const LATE: Span = 10 * HOUR
/** Of an invented issuer, in deviations of the target at +24 h. */
const INVENTED_ERROR = 0.3
const NEWCOMER = 'newcomer'

export const SPOILINGS: readonly Spoiling[] = [
  sensor('degF for 6 days', (value) => value * 1.8 + 32),
  sensor('stuck for 6 days', (_, first) => first),
  channel('second channel stuck for 30 days', (_, first) => first),
  channel('second channel ten times as large for 30 days', (value) => 10 * value),
  { name: 'clock an hour ahead from then on', of: 'clock', spoil: clockAhead },
  issuer('issuer wrong by 10 deviations for 30 days', (mean, { deviation }) => mean + 10 * deviation),
  issuer('issuer with its sign swapped for 30 days', (mean) => -mean),
  issuer('issuer frozen for 30 days', (_, { first }) => first),
  issuer(
    'issuer off at random by 3 deviations for 30 days',
    (mean, { deviation, random }) => mean + 3 * deviation * normal(random),
  ),
  { name: 'issuer 10 h late for 30 days', of: 'issuer', spoil: issuerLate },
  { name: 'neighbour 10 h late for 30 days', of: 'neighbour', spoil: neighbourLate },
  {
    name: 'neighbour wrong by 10 deviations for 30 days',
    of: 'neighbour',
    spoil: (tape, { at, deviation }) => withNeighbour(tape, at, (value) => value + 10 * deviation),
  },
  {
    name: 'newcomer wrong by 10 deviations',
    of: 'newcomer',
    spoil: (tape, from) => withIssuer(tape, NEWCOMER, { ...from, errors: () => () => 10 * from.deviation }),
  },
  {
    name: 'newcomer right for 10 days, then wrong by 10 deviations',
    of: 'newcomer',
    spoil: (tape, from) =>
      withIssuer(tape, NEWCOMER, {
        ...from,
        errors: () => (_, issuedAt) => (issuedAt < from.at + 10 * DAY ? 0 : 10 * from.deviation),
      }),
  },
]

/** An issuer whose error grows with the lead, for a station that has none. */
export function withInventedIssuer(tape: Tape, from: SpoiledFrom, seed: number): Tape {
  const scale = INVENTED_ERROR * from.deviation
  return withIssuer(tape, 'invented', {
    ...from,
    errors() {
      const random = seededRandom(seed)
      return (lead) => scale * Math.sqrt(lead / LEADS) * normal(random)
    },
  })
}

function sensor(name: string, says: (value: number, first: number) => number): Spoiling {
  const spoil = (tape: Tape, { at }: SpoiledFrom) =>
    withCells(tape, { column: targetChannel(tape.station).name, at, lasts: SENSOR_LASTS, says })
  return { name, of: 'target', spoil }
}

/** Of the first channel that is not the target. */
function channel(name: string, says: (value: number, first: number) => number): Spoiling {
  return {
    name,
    of: 'channel',
    spoil(tape, { at }) {
      const column = tape.station.channels.find((one) => one.name !== tape.station.target)?.name
      return column === undefined ? tape : withCells(tape, { column, at, lasts: ISSUER_LASTS, says })
    },
  }
}

/** What a broken issuer says may rest on, beside what it would say: the first value that it said broken, and chance. */
interface Broken extends SpoiledFrom {
  readonly first: number
  readonly random: Random
}

function issuer(name: string, says: (mean: number, from: Broken) => number): Spoiling {
  return {
    name,
    of: 'issuer',
    spoil(tape, from) {
      const chosen = tape.station.outside?.[0]?.issuer
      return mapped(tape, () => {
        let first: number | undefined
        const random = seededRandom(1)
        return (row) => {
          const { outside } = row
          const issuedAt = outside && parseInstant(outside.issued_at)
          if (!outside || outside.issuer !== chosen || issuedAt === undefined) return row
          if (issuedAt < from.at || issuedAt >= from.at + ISSUER_LASTS) return row
          first ??= outside.leads[0]!.mean
          const broken: Broken = { ...from, first, random }
          const leads = outside.leads.map((lead) => ({ ...lead, mean: says(lead.mean, broken) }))
          return { ...row, outside: { ...outside, leads } }
        }
      })
    },
  }
}

function withCells(
  tape: Tape,
  {
    column,
    at,
    lasts,
    says,
  }: {
    readonly column: string
    readonly at: Instant
    readonly lasts: Span
    readonly says: (value: number, first: number) => number
  },
): Tape {
  return mapped(tape, () => {
    let first: number | undefined
    return (row) => {
      const value = measured(row, column)
      if (row.outside || row.eventTime === undefined || value === undefined) return row
      if (row.eventTime < at || row.eventTime >= at + lasts) return row
      first ??= value
      return { ...row, values: { ...row.values, [column]: says(value, first) } }
    }
  })
}

function clockAhead(tape: Tape, { at }: SpoiledFrom): Tape {
  return mapped(tape, () => (row) => {
    const { eventTime } = row
    const isAhead = eventTime !== undefined && eventTime >= at && !row.outside
    return isAhead ? { ...row, eventTime: eventTime + HOUR } : row
  })
}

/** A tape whose rows are each changed; `open` begins anew with each reading of it. */
function mapped(tape: Tape, open: () => (row: RawRow) => RawRow): Tape {
  return {
    ...tape,
    async *rows(options) {
      const change = open()
      for await (const batch of tape.rows(options)) yield batch.map(change)
    },
  }
}

/** The first issuer's forecasts come so much later than they could be had. */
function issuerLate(tape: Tape, { at }: SpoiledFrom): Tape {
  const chosen = tape.station.outside?.[0]?.issuer
  return late(tape, at, ({ outside }) => outside?.issuer === chosen)
}

/** All that neighbours have measured comes so much later. */
function neighbourLate(tape: Tape, { at }: SpoiledFrom): Tape {
  return late(tape, at, ({ neighbour }) => neighbour !== undefined)
}

function late(tape: Tape, at: Instant, isChosen: (row: RawRow) => boolean): Tape {
  return {
    ...tape,
    async *rows(options) {
      const held: RawRow[] = []
      for await (const batch of tape.rows(options)) {
        const out: RawRow[] = []
        for (const row of batch) {
          const { eventTime = Number.NEGATIVE_INFINITY } = row
          while (held.length > 0 && held[0]!.eventTime! <= eventTime) out.push(held.shift()!)
          if (!isChosen(row) || eventTime < at || eventTime >= at + ISSUER_LASTS) out.push(row)
          else held.push(delayed(row, eventTime + LATE))
        }
        yield out
      }
    },
  }
}

function delayed(row: RawRow, availableAt: Instant): RawRow {
  const late = { ...row, eventTime: availableAt }
  return row.outside
    ? { ...late, outside: { ...row.outside, available_at: formatInstant(availableAt) } }
    : late
}

/** What neighbours have measured is another value. */
function withNeighbour(tape: Tape, at: Instant, says: (value: number) => number): Tape {
  return mapped(tape, () => (row) => {
    const { neighbour, eventTime } = row
    if (!neighbour || eventTime === undefined || eventTime < at || eventTime >= at + ISSUER_LASTS) return row
    return { ...row, neighbour: { ...neighbour, value: says(neighbour.value) } }
  })
}

type ErrorAt = (lead: number, issuedAt: Instant) => number

/** The tape with one more issuer from `at` on; `errors` begins anew with each reading of it. */
function withIssuer(
  tape: Tape,
  name: string,
  { at, truth, errors }: SpoiledFrom & { readonly errors: () => ErrorAt },
): Tape {
  const { station } = tape
  const outside = [...(station.outside ?? []), { issuer: name }]
  return {
    ...tape,
    station: { ...station, outside },
    async *rows(options) {
      const error = errors()
      let next = at
      for await (const batch of tape.rows(options)) {
        const out: RawRow[] = []
        for (const row of batch) {
          const { eventTime } = row
          if (!row.outside && eventTime !== undefined && eventTime >= next) {
            const leads = leadsOf(eventTime, truth, (lead) => error(lead, eventTime))
            if (leads.length > 0) out.push(forecastRow(row, { issuer: name, issuedAt: eventTime, leads }))
            next = (Math.floor(eventTime / ISSUED_EVERY) + 1) * ISSUED_EVERY
          }
          out.push(row)
        }
        yield out
      }
    },
  }
}

function leadsOf(
  issuedAt: Instant,
  truth: ReadonlyMap<Instant, number>,
  error: (lead: number) => number,
): OutsideMessage['leads'] {
  return Array.from({ length: ISSUED_LEADS }, (_, index) => index + 1).flatMap((lead) => {
    const value = truth.get(issuedAt + lead * HOUR)
    return value === undefined ? [] : { lead_hours: lead, mean: value + error(lead) }
  })
}

function forecastRow(
  { place }: RawRow,
  {
    issuer,
    issuedAt,
    leads,
  }: { readonly issuer: string; readonly issuedAt: Instant; readonly leads: OutsideMessage['leads'] },
): RawRow {
  const time = formatInstant(issuedAt)
  return {
    place: `${place}/${issuer}`,
    eventTime: issuedAt,
    values: {},
    outside: { issuer, issued_at: time, available_at: time, leads },
  }
}
