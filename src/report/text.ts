import { REFERENCE } from '../domain/baselines.ts'
import type { Figures } from './figures.ts'
import {
  apartTable,
  baselinesOf,
  columns,
  modelTable,
  type Named,
  number,
  percent,
  silentText,
  spanOf,
  type Table,
  yearTable,
} from './tables.ts'

/**
 * The figures for a person at a terminal: the published forecast year by year beside the baselines, then every model,
 * the best first, then those that began too late to be ranked.
 */
export function figureLines(figures: Figures, named: Named): string[] {
  const { published } = named
  const own = figures.besideBaselines.models[published]
  if (!own) return ['nothing was scored: no forecast that counts was settled']
  // No more columns than a terminal is wide.
  const years = columns(yearTable(figures, named), [
    ...['year', published, ...baselinesOf(figures), 'skill', 'all leads', 'bias', '90 % holds', 'forecasts'],
  ])
  const every = columns(modelTable(figures, named), [
    ...['model', 'MAE', 'skill', 'all leads', 'bias', 'RMSE'],
  ])
  const apart = apartTable(figures, named)
  const silent = silentText(figures, named)
  return [
    ...aligned(years),
    '',
    ...aligned(every),
    '',
    ...(apart ? [...aligned(apart), ''] : []),
    ...(silent ? [silent] : []),
    ...(baselinesOf(figures).includes(REFERENCE) ? headToHeadLines(figures, published) : []),
    `90 % interval: ${number(own.width90, 2)} ${named.unit} wide at +24 h, holds ${spanOf(own.leads.coverage90)} of the truths at leads +1 to +24 h, in the worst 30 days in a row ${spanOf(figures.worstCoverage90In30d)}`,
    `by hour of day (the station's clock) it holds ${spanOf(figures.coverage90ByHour)}, the least at ${leastHour(figures.coverage90ByHour)}`,
  ]
}

/** `13 h`: the hour that it holds the least truths of. */
function leastHour(byHour: readonly (number | null)[]): string {
  const known = byHour.map((share) => share ?? Number.POSITIVE_INFINITY)
  return `${known.indexOf(Math.min(...known))} h`
}

function headToHeadLines(
  { belowPersistenceFromDay, windowsWon30d, windows30d }: Figures,
  published: string,
): string[] {
  return [
    belowPersistenceFromDay === null
      ? `${published} has not stayed below ${REFERENCE} since the start`
      : `${published} below ${REFERENCE} since the start for good from day ${belowPersistenceFromDay}`,
    `${percent(windowsWon30d)} of ${windows30d} times 30 days in a row won against ${REFERENCE}`,
  ]
}

/** Columns as wide as their widest cell, the first to the left, the others to the right. */
export function aligned({ caption, head, rows }: Table): string[] {
  const all = [head, ...rows]
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]!.length)))
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)))
      .join('  ')
      .trimEnd()
  return [caption, ...all.map((row) => `  ${line(row)}`)]
}
