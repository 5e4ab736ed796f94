import { DateTime, FixedOffsetZone } from 'luxon'
import { TickcastError } from '../domain/errors.ts'
import { formatInstant, HOUR, type Instant, parseSpan } from '../domain/instant.ts'
import { MOST_OUTSIDE_LEADS, quantityName } from '../domain/outside.ts'
import {
  type OutsideColumnsOfFile,
  type OutsideIssuer,
  type Station,
  type TimeColumn,
  targetChannel,
} from '../domain/station.ts'
import type { OutsideMessage } from '../protocol/outside.ts'
import { badFile, listed, shown } from './bad-file.ts'
import { cellReader } from './cell.ts'
import { linesOf } from './lines.ts'
import type { RawRow } from './raw-row.ts'
import { rowTimeReader } from './row-time.ts'
import { cellsOf, SEPARATORS, type Separator } from './separated.ts'

type Cells = readonly string[]

/** One lead of a forecast, as a row of the file has it. */
interface Lead {
  readonly issuedAt: Instant
  readonly availableAt: Instant
  readonly lead: OutsideMessage['leads'][number]
}

/**
 * The forecasts of one issuer in a table that has a row for each lead, by rising availability: rows of one issue and
 * availability stand together. Throws a `TickcastError` that names the line, the column and the rule.
 */
export async function* outsideRows(
  bytes: AsyncIterable<Uint8Array>,
  {
    name,
    station,
    issuer,
  }: { readonly name: string; readonly station: Station; readonly issuer: OutsideIssuer },
): AsyncGenerator<RawRow, void, undefined> {
  let read: ((cells: Cells, place: string) => Lead | undefined) | undefined
  let separator: Separator = ','
  let open: { readonly place: string; readonly leads: Lead[] } | undefined
  let newest = Number.NEGATIVE_INFINITY
  let hasRows = false
  const push = ({ leads }: { readonly leads: Lead[] }, lead: Lead, place: string): void => {
    if (leads.some((one) => one.lead.lead_hours === lead.lead.lead_hours)) {
      const of = formatInstant(Math.round(lead.issuedAt + lead.lead.lead_hours * HOUR))
      throw badFile(place, `'${nameOf(issuer)}' has two values of ${of} in one forecast`)
    }
    leads.push(lead)
    if (leads.length <= MOST_OUTSIDE_LEADS) return
    const what = issuer.file?.known === undefined ? 'leads of one forecast' : `rows within ${KNOWN_HOURS} h`
    throw badFile(place, `more than ${MOST_OUTSIDE_LEADS} ${what} of '${nameOf(issuer)}'`)
  }
  for await (const { lines, first } of linesOf(bytes, { name })) {
    for (const [index, line] of lines.entries()) {
      if (line.trim() === '') continue
      const place = `${name}:${first + index}`
      if (!read) {
        const header = headerOf(line, issuer, place)
        separator = header.separator
        read = leadReader(header.names, { station, issuer })
        continue
      }
      hasRows = true
      const cells = cellsOf(line, separator)
      if (!cells) throw badFile(place, 'a quote is left open')
      const lead = read(cells, place)
      if (!lead) continue
      if (open && isOfOne(open.leads[0]!, lead)) {
        push(open, lead, place)
        continue
      }
      // Of what is known in advance nothing is missing between two runs.
      if (open && issuer.file?.known !== undefined) push(open, sinceRun(lead, open.leads[0]!), place)
      if (open) yield rowOf(open, issuer)
      if (lead.availableAt < newest) {
        const [is, after] = [formatInstant(lead.availableAt), formatInstant(newest)]
        throw badFile(
          place,
          `what could be had at ${is} comes after what could be had at ${after}; expected the oldest first`,
        )
      }
      newest = lead.availableAt
      open = { place, leads: [lead] }
    }
  }
  if (read && !hasRows) throw badFile(name, 'a header and no rows')
  if (open) yield rowOf(open, issuer)
}

/** What is known in advance comes as runs of so many hours, so long before the first of them that a day ahead is always there. */
const KNOWN_HOURS = 6
const KNOWN_BEFORE = 30 * HOUR

function knownSince(validAt: Instant): Instant {
  const span = KNOWN_HOURS * HOUR
  return Math.floor(validAt / span) * span - KNOWN_BEFORE
}

/** The same row as one of a run that was issued earlier. */
function sinceRun({ issuedAt, lead }: Lead, run: Lead): Lead {
  const lead_hours = lead.lead_hours + (issuedAt - run.issuedAt) / HOUR
  return { ...run, lead: { ...lead, lead_hours } }
}

/** Whether rows are of one forecast: those that could be had only later are a revision, of which nobody knew before. */
function isOfOne(one: Lead, other: Lead): boolean {
  return one.issuedAt === other.issuedAt && one.availableAt === other.availableAt
}

/** As a message names it. */
export function nameOf({ issuer, quantity }: Pick<OutsideMessage, 'issuer' | 'quantity'>): string {
  return quantity === undefined ? issuer : quantityName(issuer, quantity)
}

function rowOf(
  { place, leads }: { readonly place: string; readonly leads: readonly Lead[] },
  of: OutsideIssuer,
): RawRow {
  const { issuedAt, availableAt } = leads[0]!
  const { issuer, quantity } = of
  return {
    place: `${place}/${nameOf(of)}`,
    eventTime: availableAt,
    values: {},
    outside: {
      issuer,
      ...(quantity !== undefined && { quantity }),
      issued_at: formatInstant(issuedAt),
      available_at: formatInstant(availableAt),
      leads: leads.map(({ lead }) => lead).sort((one, other) => one.lead_hours - other.lead_hours),
    },
  }
}

/** The columns that an issuer's rows are read from. */
export function outsideColumns({ issuer, quantity = issuer, file = {} }: OutsideIssuer): readonly string[] {
  const { mean = quantity, quantiles = {}, issued_at, valid_at, lead_hours, available_at } = file
  const times = [issued_at, valid_at, lead_hours, available_at].filter((column) => column !== undefined)
  return [mean, ...Object.values(quantiles), ...times]
}

/** The first line of a table that is not empty; empty where there is none. */
export async function headerLine(
  bytes: AsyncIterable<Uint8Array>,
  { name }: { readonly name: string },
): Promise<string> {
  for await (const { lines } of linesOf(bytes, { name })) {
    const header = lines.find((line) => line.trim() !== '')
    if (header !== undefined) return header
  }
  return ''
}

/** Whether a table with this header has the columns of an issuer. */
export function hasColumnsOf(header: string, issuer: OutsideIssuer): boolean {
  return separatorOf(header, outsideColumns(issuer)) !== undefined
}

function separatorOf(line: string, needed: readonly string[]): Separator | undefined {
  return SEPARATORS.find((separator) => {
    const names = cellsOf(line, separator)?.map((cell) => cell.trim())
    return names && needed.every((column) => names.includes(column))
  })
}

/** What a header names, cells apart by commas. */
export function namesIn(header: string): readonly string[] {
  return (cellsOf(header, ',') ?? []).map((cell) => cell.trim())
}

function headerOf(line: string, issuer: OutsideIssuer, place: string) {
  const needed = outsideColumns(issuer)
  const separator = separatorOf(line, needed)
  if (separator !== undefined)
    return { names: (cellsOf(line, separator) ?? []).map((cell) => cell.trim()), separator }
  const names = namesIn(line)
  const lacking = needed.filter((column) => !names.includes(column))
  throw badFile(
    place,
    `no column ${listed(lacking)} of '${nameOf(issuer)}'; found ${listed(names)}: see outside in the station file`,
  )
}

function leadReader(
  names: readonly string[],
  { station, issuer: of }: { readonly station: Station; readonly issuer: OutsideIssuer },
): (cells: Cells, place: string) => Lead | undefined {
  const { issuer, quantity, unit = '', file = {} } = of
  const { mean: meanColumn = quantity ?? issuer, quantiles = {} } = file
  const { formats, ...clock } = station.time
  const stamps = rowTimeReader({ ...clock, formats: [...new Set([...formats, 'iso'])] })
  let before = Number.NEGATIVE_INFINITY
  const cellOf = (cells: Cells, column: string): string => (cells[names.indexOf(column)] ?? '').trim()
  const timeIn = (cells: Cells, column: string, place: string): Instant => {
    const time = stamps.read(cellOf(cells, column), undefined)
    if (time !== undefined) return time
    throw wrongCell(
      place,
      column,
      cellOf(cells, column),
      'a time as the station file has them, or of ISO 8601',
    )
  }
  /** Of two times that a clock shows as one, when it is put back, the order of the rows tells which is meant. */
  const validAtIn = (cells: Cells, column: string, place: string): Instant => {
    const first = timeIn(cells, column, place)
    const { later } = stamps
    before = later !== undefined && before >= first && before < later ? later : first
    return before
  }
  const number = cellReader({ unit: quantity === undefined ? targetChannel(station).unit : unit })
  const numberIn = (cells: Cells, column: string, place: string): number | undefined => {
    const value = number(cellOf(cells, column))
    if (typeof value === 'string') throw wrongCell(place, column, value, 'a number')
    return value ?? undefined
  }
  const after = file.available_after === undefined ? 0 : (parseSpan(file.available_after) ?? 0)
  return (cells, place) => {
    const mean = numberIn(cells, meanColumn, place)
    if (mean === undefined) return undefined
    const { issuedAt, hours } = timesOf(file, {
      time: (column) => timeIn(cells, column, place),
      validAt: (column) => validAtIn(cells, column, place),
      hours: (column) => numberIn(cells, column, place) ?? Number.NaN,
      clock: station.time,
    })
    if (!(hours > 0)) throw badFile(place, `a lead of ${hours} h of '${nameOf(of)}'; expected one above 0`)
    const availableAt =
      file.available_at === undefined ? issuedAt + after : timeIn(cells, file.available_at, place)
    const levels = Object.entries(quantiles).flatMap(([level, column]) => {
      const value = numberIn(cells, column, place)
      return value === undefined ? [] : [[level, value] as const]
    })
    const lead = {
      lead_hours: hours,
      mean,
      ...(levels.length > 0 && { quantiles: Object.fromEntries(levels) }),
    }
    return { issuedAt, availableAt, lead }
  }
}

function timesOf(
  { issued_at, issued_day_before_at = '00:00', valid_at, lead_hours, known }: OutsideColumnsOfFile,
  {
    time,
    validAt: validAtIn,
    hours,
    clock,
  }: {
    readonly time: (column: string) => Instant
    readonly validAt: (column: string) => Instant
    readonly hours: (column: string) => number
    readonly clock: TimeColumn
  },
): { readonly issuedAt: Instant; readonly hours: number } {
  if (issued_at !== undefined && lead_hours !== undefined)
    return { issuedAt: time(issued_at), hours: hours(lead_hours) }
  if (valid_at === undefined)
    throw new TickcastError('bad_station', 'outside: neither valid_at nor lead_hours')
  const validAt = validAtIn(valid_at)
  const issuedAt =
    known !== undefined
      ? knownSince(validAt)
      : issued_at === undefined
        ? dayBefore(validAt, issued_day_before_at, clock)
        : time(issued_at)
  return { issuedAt, hours: (validAt - issuedAt) / HOUR }
}

/** A time of day on the day before that of a valid time, by the station's clock. */
function dayBefore(validAt: Instant, timeOfDay: string, { zone, utcOffsetMinutes }: TimeColumn): Instant {
  const [hour = 0, minute = 0] = timeOfDay.split(':').map(Number)
  const there = DateTime.fromMillis(validAt, { zone: zone ?? FixedOffsetZone.instance(utcOffsetMinutes) })
  return there.startOf('day').minus({ days: 1 }).set({ hour, minute }).toMillis()
}

function wrongCell(place: string, column: string, value: string, rule: string) {
  return badFile(place, `${column} is '${shown(value)}'; expected ${rule}`)
}
