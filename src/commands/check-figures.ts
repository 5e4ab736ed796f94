import type { Instant, Span } from '../domain/instant.ts'
import type { Reading, Rejection } from '../domain/reading.ts'
import type { Station } from '../domain/station.ts'
import type { ReadRow } from './read-rows.ts'

/** What a file was found to hold. */
export interface CheckFigures {
  readings: number
  merged: number
  refused: number
  masked: number
  first: Instant | undefined
  last: Instant | undefined
  /** The readings that came first. */
  readonly begin: Reading[]
  /** By channel, in station order. */
  readonly channels: { count: number; min: number; max: number }[]
  /** Steps of more than one and a half cadences. */
  gaps: number
  longest: { readonly after: Instant; readonly span: Span } | undefined
  /** What was wrong, by kind, with the first of each. */
  readonly faults: Map<string, Fault>
}

export interface Fault {
  readonly kind: 'refused' | 'masked'
  readonly place: string
  readonly rejection: Rejection
  count: number
}

const FIRST_ROWS = 5
/** Kinds are by field and rule; more of them are one more of a kind that is known. */
const MOST_FAULTS = 50

export function emptyFigures(station: Station): CheckFigures {
  return {
    readings: 0,
    merged: 0,
    refused: 0,
    masked: 0,
    first: undefined,
    last: undefined,
    begin: [],
    channels: station.channels.map(() => ({
      count: 0,
      min: Number.POSITIVE_INFINITY,
      max: Number.NEGATIVE_INFINITY,
    })),
    gaps: 0,
    longest: undefined,
    faults: new Map(),
  }
}

export function countRow(figures: CheckFigures, row: ReadRow, cadence: Span): void {
  switch (row.kind) {
    case 'merged':
      figures.merged++
      return
    case 'reading':
      countReading(figures, row.reading, cadence)
      return
    case 'refused':
    case 'masked': {
      figures[row.kind]++
      const { reason, field } = row.rejection
      const key = `${row.kind} ${reason} ${field}`
      const known = figures.faults.get(key)
      if (known) known.count++
      else if (figures.faults.size < MOST_FAULTS) figures.faults.set(key, { ...row, count: 1 })
    }
  }
}

function countReading(figures: CheckFigures, reading: Reading, cadence: Span): void {
  const { eventTime, values } = reading
  if (figures.begin.length < FIRST_ROWS) figures.begin.push(reading)
  figures.readings++
  figures.first ??= eventTime
  const span = eventTime - (figures.last ?? eventTime)
  if (span > 1.5 * cadence) {
    figures.gaps++
    if (span > (figures.longest?.span ?? 0)) figures.longest = { after: figures.last ?? eventTime, span }
  }
  figures.last = eventTime
  for (const [channel, value] of values.entries()) {
    if (Number.isNaN(value)) continue
    const figure = figures.channels[channel]!
    figure.count++
    figure.min = Math.min(figure.min, value)
    figure.max = Math.max(figure.max, value)
  }
}
