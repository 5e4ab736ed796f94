import { stringify } from 'yaml'
import { inferredCadence } from '../../replay/cadence.ts'
import { DAY, formatSpan, HOUR, type Instant, MINUTE, SECOND, type Span } from '../domain/instant.ts'
import type { Channel } from '../domain/station.ts'
import { isMissing } from '../ingest/cell.ts'
import { severalThings } from '../ingest/long-table.ts'
import { numberStyles } from '../ingest/number-style.ts'
import { numberHint, numberWith, ungrouped } from '../ingest/number-text.ts'
import { stampReader } from '../ingest/stamp.ts'
import { numberAndUnit, unitInName } from '../ingest/unit-text.ts'
import type { DraftTable } from './draft-table.ts'

/** A station file in YAML for somebody to go over: what it asks stands beside the line in question. */
export interface Draft {
  readonly text: string
  /** What a person must settle, a sentence each. */
  readonly questions: readonly string[]
}

const LIMITS: readonly (readonly [RegExp, number, number])[] = [
  [/^(?:°|deg)? ?c$|℃/i, -60, 60],
  [/^%/, 0, 100],
  [/^(?:hpa|mbar)$/i, 800, 1100],
  [/^m\/?s(?:-1)?$/i, 0, 100],
]
const MOSTLY = 0.6
/** What a few first rows of a winter have gone through is little of what a summer will. */
const MOST_SEEN = 10
const NAMES_ID = /^(?:stn|station|site|sensor|device|id|node|wmo)|(?:_|\b)(?:id|no|nr)$/i

export function draftStation(table: DraftTable, id: string): Draft {
  const { names, rows, time, how, hasHeader, path } = table
  const questions: string[] = []
  const columnOf = (place: number) => (hasHeader ? names[place]! : place + 1)
  const numeric = names.flatMap((_, place) =>
    !time.includes(place) && isNumeric(rows, place) && !isId(table, place) ? [place] : [],
  )
  const channels = numeric.map((place) =>
    channelOf(
      names[place]!,
      rows.map((row) => row[place] ?? ''),
    ),
  )
  const styles = numberStyles(
    channels,
    numeric.map((place) => rows.map((row) => row[place] ?? '')),
  )
  const doubtful = styles.findIndex(({ doubt }) => doubt !== undefined)
  const doubt = styles[doubtful]?.doubt
  if (doubt)
    questions.push(
      `${channels[doubtful]!.column} is '${doubt.cell}', which can be ${doubt.ways}: ${doubt.keys}`,
    )
  if (how.other)
    questions.push(`day or month first? '${rows[0]![time[0]!]}' fits ${how.format} and ${how.other}`)
  if (!how.isAbsolute)
    questions.push(
      'by whose clock are the stamps? utc_offset where it keeps its offset all year, zone: Europe/Berlin or another place where it follows summer time',
    )
  const target = channels.find(({ name }) => /temp|^t\b/i.test(name)) ?? channels[0]
  const columns = time.map((place) => names[place]!)
  const rules = { time: { column: columns[0]!, columns, formats: [], utcOffsetMinutes: 0 }, channels }
  const ofThings = hasHeader
    ? severalThings({ names, rows, target: names.indexOf(target?.column ?? '') }, rules)
    : undefined
  if (ofThings)
    questions.push(
      `${ofThings.column} names several: ${ofThings.things.slice(0, 6).join(', ')}; whose rows are meant?`,
    )
  const thing = ofThings && names.indexOf(ofThings.column)
  const read = stampReader({ formats: [how.format], utcOffsetMinutes: 0 })
  const stamps = rows
    .filter((row) => thing === undefined || row[thing] === ofThings?.things[0])
    .map((row) => read(time.map((place) => row[place]).join(' ')))
    .filter((stamp): stamp is Instant => stamp !== undefined)
  const cadence = usualStep(stamps)
  const station = {
    id,
    time: {
      column: time.length === 1 ? columnOf(time[0]!) : time.map(columnOf),
      format: how.format,
      utc_offset: '+00:00',
    },
    cadence: formatSpan(cadence),
    target: target?.name ?? '',
    ...(!hasHeader && { table: { header: 'none' } }),
    ...(path !== undefined && { table: { rows: path } }),
    ...(ofThings && { where: { [ofThings.column]: ofThings.things[0] } }),
    channels: channels.map(({ name, unit, limits }, index) => ({
      name,
      column: columnOf(numeric[index]!),
      unit,
      min: limits.min,
      max: limits.max,
    })),
  }
  const asked = questions.map((question) => `# To be settled: ${question}\n`).join('')
  return {
    text: `# A draft, made from the first rows. What each key means: docs/files.md\n${asked}${stringify(station)}`,
    questions,
  }
}

/** The number of a station or a sensor, the same in every row. */
function isId({ names, rows }: DraftTable, place: number): boolean {
  return NAMES_ID.test(names[place]!) && new Set(rows.map((row) => row[place])).size === 1
}

function isNumeric(rows: readonly (readonly string[])[], place: number): boolean {
  const cells = rows.map((row) => row[place] ?? '').filter((cell) => !isMissing(cell, undefined))
  const numbers = cells.filter(
    (cell) => numberHint(ungrouped(numberAndUnit(cell)?.number ?? cell)) !== undefined,
  )
  return cells.length > 0 && numbers.length >= MOSTLY * cells.length
}

function channelOf(name: string, cells: readonly string[]): Channel {
  const inName = unitInName(name)
  const inCell = cells.map((cell) => numberAndUnit(cell)?.unit).find((unit) => unit !== undefined)
  const unit = inName ?? inCell ?? ''
  const known = LIMITS.find(([pattern]) => pattern.test(unit))
  const values = cells
    .map((cell) => ungrouped(numberAndUnit(cell)?.number ?? cell))
    .map((cell) => numberWith('point', cell) ?? numberWith('comma', cell) ?? Number.NaN)
    .filter(Number.isFinite)
  const [least, most] = [Math.min(...values), Math.max(...values)]
  const room = MOST_SEEN * Math.max(1, most - least)
  const seen = { min: Math.floor(least - room), max: Math.ceil(most + room) }
  const limits = known && least >= known[1] && most <= known[2] ? { min: known[1], max: known[2] } : seen
  return { name, column: name, unit, limits, sentinels: [] }
}

/** The step that most neighbours keep; where none prevails, the one in the middle, to the minute. */
function usualStep(stamps: readonly Instant[]): Span {
  const steps = stamps
    .map((stamp, index) => Math.abs(stamp - (stamps[index - 1] ?? stamp)))
    .filter((step) => step > 0)
    .sort((a, b) => a - b)
  const middle = steps[steps.length >> 1] ?? HOUR
  const usual = inferredCadence([...stamps].sort((a, b) => a - b)) ?? Math.round(middle / MINUTE) * MINUTE
  return Math.min(DAY, Math.max(SECOND, Math.round(usual / SECOND) * SECOND))
}
