import type { Figures } from './figures.ts'

/** The reference that every model is held against. */
const REFERENCE = 'persistence'

/**
 * The figures for a person at a terminal: the published forecast year by year beside the baselines, then every model,
 * the best first.
 */
export function figureLines(
  figures: Figures,
  { published, unit }: { readonly published: string; readonly unit: string },
): string[] {
  const { models } = figures
  const own = models[published]
  if (!own) return ['nothing was scored: no forecast that counts was settled']
  return [
    ...yearLines(figures, { published, unit }),
    '',
    ...modelLines(figures, unit),
    '',
    ...(REFERENCE in models ? raceLines(figures, published) : []),
    `90 % interval: ${spanOf(own.leads.coverage90)} of the truths at leads +1 to +24 h, in the worst 30 days in a row ${spanOf(figures.worstCoverage90In30d)}`,
  ]
}

function raceLines(
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

function yearLines(
  { models }: Figures,
  { published, unit }: { readonly published: string; readonly unit: string },
): string[] {
  const own = models[published]!
  const baselines = [REFERENCE, 'seasonal_naive', 'climatology'].filter((name) => name in models)
  const row = (
    label: string,
    of: (name: string) => typeof own | (typeof own)['years'][string] | undefined,
  ) => {
    const mine = of(published)
    return [
      label,
      number(mine?.mae24h),
      ...baselines.map((name) => number(of(name)?.mae24h)),
      percent(mine?.skill24h),
      number(mine?.maeMean),
      number(mine?.bias24h),
      number(mine?.coverage90),
      number(mine?.width90, 1),
    ]
  }
  return aligned(
    [
      ['', published, ...baselines, 'skill', 'all leads', 'bias', 'cover 90', 'width 90'],
      ...Object.keys(own.years).map((year) => row(year, (name) => models[name]?.years[year])),
      row('all', (name) => models[name]),
    ],
    `mean absolute error at +24 h in ${unit}, by year of issue`,
  )
}

function modelLines({ models }: Figures, unit: string): string[] {
  const rows = Object.entries(models)
    .sort(([, a], [, b]) => (b.skill24h ?? 0) - (a.skill24h ?? 0))
    .map(([name, { mae24h, maeMean, bias24h, rmse24h, skill24h, n24h }]) => [
      name,
      number(mae24h),
      percent(skill24h),
      number(maeMean),
      number(bias24h),
      number(rmse24h),
      String(n24h),
    ])
  return aligned(
    [['', 'MAE', 'skill', 'all leads', 'bias', 'RMSE', 'forecasts'], ...rows],
    `every model at +24 h in ${unit}; skill against ${REFERENCE} over the forecasts that both made`,
  )
}

/** Columns as wide as their widest cell, the first to the left, the others to the right. */
function aligned(rows: readonly (readonly string[])[], title: string): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)))
      .join('  ')
      .trimEnd()
  return [title, ...rows.map((row) => `  ${line(row)}`)]
}

export function number(value: number | null | undefined, digits = 3): string {
  return value === null || value === undefined ? '-' : value.toFixed(digits)
}

export function percent(share: number | null | undefined): string {
  return share === null || share === undefined ? '-' : `${(100 * share).toFixed(1)} %`
}

function spanOf(shares: readonly (number | null)[] | undefined): string {
  const known = (shares ?? []).filter((share) => share !== null)
  if (known.length === 0) return '-'
  return `${Math.min(...known).toFixed(3)} to ${Math.max(...known).toFixed(3)}`
}
