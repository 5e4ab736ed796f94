import { QUANTILE_LEVELS } from '../domain/forecast.ts'
import { HOUR, type Instant, parseInstant } from '../domain/instant.ts'
import type { ForecastMessage } from '../protocol/forecast.ts'
import type { PublishedOutside } from '../protocol/published-outside.ts'
import type { ReadingMessage } from '../protocol/reading.ts'
import type { ScoreMessage } from '../protocol/scores.ts'
import type { Cell, Column, Row } from './table.ts'

/** How messages of a kind become rows. */
export interface MessageTable {
  readonly columns: readonly Column[]
  /** Of one message; it is what its schema says, or was once: keys that it lacks are null. */
  rows(message: unknown): readonly Row[]
}

/** What is wrong with the target's sensor, and what it said: the target itself is null. */
const FLAG_COLUMNS = [
  { name: 'flagged', type: 'text' },
  { name: 'flagged_value', type: 'number' },
] as const

/** A reading a row; `channels` are the columns behind the first. */
export function readingTable(channels: readonly string[]): MessageTable {
  return {
    columns: [
      { name: 'event_time', type: 'time' },
      { name: 'ingest_time', type: 'time' },
      { name: 'bridged', type: 'flag' },
      { name: 'source', type: 'text' },
      ...channels.map((name) => ({ name, type: 'number' as const })),
      ...FLAG_COLUMNS,
    ],
    rows(message) {
      const { event_time, ingest_time, bridged, source, values, flagged } = message as ReadingMessage
      return [
        [
          timeOf(event_time),
          timeOf(ingest_time),
          bridged,
          source,
          ...channels.map((name) => values[name] ?? null),
          flagged?.fault ?? null,
          flagged?.value ?? null,
        ],
      ]
    },
  }
}

const LEVELS = QUANTILE_LEVELS.map((level) => ({
  key: String(level),
  column: `q${String(Math.round(level * 100)).padStart(2, '0')}`,
}))

/** `q05` to `q95`. */
export const QUANTILE_COLUMNS: readonly Column[] = LEVELS.map(({ column }) => ({
  name: column,
  type: 'number',
}))

/** Where a forecast at one lead stands: `lead` is in hours. */
export const LEAD_COLUMNS: readonly Column[] = [
  { name: 'issued_at', type: 'time' },
  { name: 'valid_at', type: 'time' },
  { name: 'lead', type: 'integer' },
]

/** The column of an expert's own mean. */
export function meanColumn(expert: string): Column {
  return { name: `mean_${expert}`, type: 'number' }
}

/** A row a forecast and lead; `experts` have a column each for their own mean. */
export function forecastTable(experts: readonly string[] = []): MessageTable {
  return {
    columns: [
      ...LEAD_COLUMNS,
      { name: 'mean', type: 'number' },
      ...QUANTILE_COLUMNS,
      ...experts.map(meanColumn),
      { name: 'weights_version', type: 'integer' },
      { name: 'source', type: 'text' },
      { name: 'hindcast', type: 'flag' },
    ],
    rows(message) {
      const {
        issued_at,
        leads,
        models,
        weights_version,
        source,
        hindcast = false,
      } = message as ForecastMessage
      const issuedAt = timeOf(issued_at)
      return leads.map(({ lead_hours, valid_time, mean, quantiles }, at) => [
        issuedAt,
        timeOf(valid_time),
        lead_hours,
        mean,
        ...LEVELS.map(({ key }) => quantiles[key] ?? null),
        ...experts.map((name) => models[name]?.[at] ?? null),
        weights_version,
        source,
        hindcast,
      ])
    },
  }
}

/**
 * A row a figure. `model` is null for what is of the published forecast's intervals; `window` is `1d`, `7d`, `30d`,
 * `all`, or `month_01` to `month_12` for those by month of the year.
 */
export const scoreTable: MessageTable = {
  columns: [
    { name: 'as_of', type: 'time' },
    { name: 'model', type: 'text' },
    { name: 'figure', type: 'text' },
    { name: 'lead', type: 'integer' },
    { name: 'window', type: 'text' },
    { name: 'value', type: 'number' },
    { name: 'source', type: 'text' },
  ],
  rows(message) {
    const { as_of, source, models, coverage90, width90, coverage, width, crps } = message as ScoreMessage
    const asOf = timeOf(as_of)
    const rows: Row[] = []
    const add = (model: string | null, figure: string) => (lead: number, window: string, value: Cell) =>
      void rows.push([asOf, model, figure, lead, window, value, source])
    for (const [name, { mae, n, bias, rmse, skill, by_month }] of Object.entries(models)) {
      eachLead(mae, add(name, 'mae'))
      eachLead(n, add(name, 'n'))
      eachWindow(bias, add(name, 'bias'))
      eachWindow(rmse, add(name, 'rmse'))
      for (const [reference, figures] of Object.entries(skill ?? {}))
        eachWindow(figures, add(name, `skill_${reference}`))
      eachMonth(by_month?.mae_24h, add(name, 'mae'))
      eachMonth(by_month?.skill_24h, add(name, 'skill_persistence'))
    }
    // The older form of the same, in records of before there was the other.
    if (coverage === undefined) eachLead(coverage90, add(null, 'coverage_0.9'))
    if (width === undefined) eachLead(width90, add(null, 'width_0.9'))
    for (const [level, figures] of Object.entries(coverage ?? {}))
      eachWindow(figures, add(null, `coverage_${level}`))
    for (const [level, figures] of Object.entries(width ?? {}))
      eachWindow(figures, add(null, `width_${level}`))
    eachWindow(crps, add(null, 'crps'))
    return rows
  },
}

/** A row a forecast from outside and lead; `lead` is in hours, `quantiles` JSON. */
export const outsideTable: MessageTable = {
  columns: [
    ...['issued_at', 'available_at', 'valid_at'].map((name) => ({ name, type: 'time' as const })),
    { name: 'issuer', type: 'text' },
    { name: 'quantity', type: 'text' },
    { name: 'lead', type: 'number' },
    { name: 'mean', type: 'number' },
    { name: 'quantiles', type: 'text' },
    { name: 'came_at', type: 'time' },
    { name: 'source', type: 'text' },
  ],
  rows(message) {
    const { issuer, quantity, issued_at, available_at, came_at, leads, source } = message as PublishedOutside
    const issuedAt = timeOf(issued_at)
    return leads.map(({ lead_hours, mean, quantiles }) => [
      ...[issuedAt, timeOf(available_at)],
      issuedAt === null ? null : Math.round(issuedAt + lead_hours * HOUR),
      ...[issuer, quantity ?? null, lead_hours, mean],
      quantiles ? JSON.stringify(quantiles) : null,
      ...[timeOf(came_at), source],
    ])
  },
}

type Add = (lead: number, window: string, value: Cell) => void

function eachLead(figures: ScoreMessage['coverage90'], add: Add): void {
  for (const [lead, windows] of Object.entries(figures))
    for (const [window, value] of Object.entries(windows)) add(Number(lead), window, value)
}

function eachWindow(figures: ScoreMessage['crps'], add: Add): void {
  for (const [window, values] of Object.entries(figures ?? {}))
    for (const [at, value] of values.entries()) add(at + 1, window, value)
}

/** All of them at +24 h. */
function eachMonth(values: readonly (number | null)[] | undefined, add: Add): void {
  for (const [at, value] of (values ?? []).entries())
    add(24, `month_${String(at + 1).padStart(2, '0')}`, value)
}

function timeOf(text: string): Instant | null {
  return parseInstant(text) ?? null
}
