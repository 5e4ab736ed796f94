import { DateTime, FixedOffsetZone } from 'luxon'
import type { Tape } from '../../replay/tape.ts'
import { DAY, formatInstant, formatSpan, HOUR, type Instant, MINUTE, type Span } from '../domain/instant.ts'
import type { Station } from '../domain/station.ts'
import { shown } from '../ingest/bad-file.ts'
import type { CheckFigures, Fault } from './check-figures.ts'

/** What a person is told of a file, a line each. */
export function checkLines(
  { station, name, notes: known }: Pick<Tape, 'station' | 'name' | 'notes'>,
  figures: CheckFigures,
  notes: readonly string[],
): string[] {
  const { readings, refused, masked, merged, first, last, gaps, longest } = figures
  const counts = [
    `${readings} readings`,
    `${refused} ${refused === 1 ? 'row' : 'rows'} refused`,
    ...(masked > 0 ? [`${masked} ${masked === 1 ? 'cell' : 'cells'} masked`] : []),
    ...(merged > 0 ? [`${merged} rows merged into one of their moment`] : []),
  ]
  const lines = [`${name}: ${counts.join(', ')}`]
  if (first !== undefined && last !== undefined) {
    lines.push(`  from     ${formatInstant(first)}  ${local(station, first)}`)
    lines.push(`  to       ${formatInstant(last)}  ${local(station, last)}`)
    const where = longest
      ? `${gaps} ${gaps === 1 ? 'gap' : 'gaps'}, the longest of ${spanText(longest.span)} after ${formatInstant(longest.after)}`
      : 'no gaps'
    lines.push(`  cadence  ${formatSpan(station.cadence)}, ${where}`)
  }
  if (readings > 0) lines.push('', ...channelTable(station, figures), '', ...firstRows(station, figures))
  const faults = [...figures.faults.values()]
  if (faults.length > 0) lines.push('', ...faults.map(faultLine))
  const all = [...known, ...notes]
  if (all.length > 0) lines.push('', ...all.map((note) => `  note: ${note}`))
  return lines
}

/** `12 rows refused (malformed), the first at data.csv:7: temp is 'x'; expected a number`. */
export function faultLine({ kind, place, rejection, count }: Fault): string {
  const { field, value, rule, reason } = rejection
  const what =
    kind === 'refused'
      ? count === 1
        ? 'row refused'
        : 'rows refused'
      : count === 1
        ? 'cell masked'
        : 'cells masked'
  return `  ${count} ${what} (${reason}), the first at ${place}: ${shown(field, 60)} is ${shown(JSON.stringify(value), 60)}; expected ${rule}`
}

function channelTable(
  { channels, target }: Station,
  { readings, channels: figures }: CheckFigures,
): string[] {
  const rows = channels.map(({ name, unit }, index) => {
    const { count, min, max } = figures[index]!
    const range = count === 0 ? ['', ''] : [String(min), String(max)]
    return [name === target ? `${name} *` : name, unit, String(count), String(readings - count), ...range]
  })
  return table([['channel', 'unit', 'values', 'missing', 'least', 'most'], ...rows])
}

function firstRows(station: Station, { begin }: CheckFigures): string[] {
  const header = [
    'first rows (UTC)',
    station.time.zone ?? 'as written',
    ...station.channels.map(({ name }) => name),
  ]
  const rows = begin.map(({ eventTime, values }) => [
    formatInstant(eventTime),
    local(station, eventTime),
    ...Array.from(values, (value) => (Number.isNaN(value) ? '-' : String(value))),
  ])
  return table([header, ...rows])
}

const MOST_COLUMNS = 8

function table(rows: readonly (readonly string[])[]): string[] {
  const some = rows.map((row) => row.slice(0, MOST_COLUMNS).map((cell) => shown(cell, 28)))
  const widths = some[0]!.map((_, column) => Math.max(...some.map((row) => (row[column] ?? '').length)))
  return some.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column]!)).join('  ')}`.trimEnd(),
  )
}

/** An instant by the clock of the station. */
function local({ time }: Station, instant: Instant): string {
  const zone = time.zone ?? FixedOffsetZone.instance(time.utcOffsetMinutes)
  return DateTime.fromMillis(instant, { zone }).toFormat('yyyy-MM-dd HH:mm:ss ZZ')
}

function spanText(span: Span): string {
  const unit = [DAY, HOUR, MINUTE].find((each) => span >= 2 * each)
  return formatSpan(unit === undefined ? span : Math.round(span / unit) * unit)
}
