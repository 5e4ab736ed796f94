import { BASELINES, REFERENCE } from '../domain/baselines.ts'
import type { Figures, ModelFigures } from './figures.ts'

/** A table as text, for a page, a terminal or Markdown; the first cell of a row is its heading. */
export interface Table {
  readonly caption: string
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** What the figures are of. */
export interface Named {
  readonly published: string
  /** Of errors. */
  readonly unit: string
}

/** Those that took part, in the order of tables. */
export function baselinesOf({ models }: Figures): string[] {
  return BASELINES.filter((name) => name in models)
}

/** The published forecast year by year beside the baselines, all years last. */
export function yearTable(figures: Figures, { published, unit }: Named): Table {
  const { models } = figures
  const baselines = baselinesOf(figures)
  const row = (label: string, of: (name: string) => ModelFigures | undefined) => {
    const mine = of(published)
    return [
      label,
      ...[published, ...baselines].map((name) => number(of(name)?.mae24h)),
      percent(mine?.skill24h),
      number(mine?.maeMean),
      number(mine?.bias24h),
      number(mine?.crps24h),
      percent(mine?.coverage90),
      number(mine?.width90, 2),
      String(mine?.n24h ?? 0),
    ]
  }
  return {
    caption: `MAE at +24 h in ${unit}, by year of issue; skill against ${REFERENCE} over the same forecasts`,
    head: [
      'year',
      published,
      ...baselines,
      'skill',
      'all leads',
      'bias',
      'CRPS',
      '90 % holds',
      'width',
      'forecasts',
    ],
    rows: [
      ...Object.keys(models[published]?.years ?? {}).map((year) =>
        row(year, (name) => models[name]?.years[year]),
      ),
      row('all', (name) => models[name]),
    ],
  }
}

/** Every model, the best first. */
export function modelTable({ models }: Figures, { unit }: Pick<Named, 'unit'>): Table {
  const best = Object.entries(models).sort(([, a], [, b]) => (b.skill24h ?? 0) - (a.skill24h ?? 0))
  return {
    caption: `Every model at +24 h in ${unit}, the best first; skill against ${REFERENCE} over the forecasts that both made`,
    head: [
      'model',
      'MAE',
      'skill',
      'against yesterday',
      'against climatology',
      'all leads',
      'bias',
      'RMSE',
      'forecasts',
    ],
    rows: best.map(([name, of]) => [
      name,
      number(of.mae24h),
      name === REFERENCE ? '' : percent(of.skill24h),
      percent(of.skill24hSeasonalNaive),
      percent(of.skill24hClimatology),
      number(of.maeMean),
      number(of.bias24h),
      number(of.rmse24h),
      String(of.n24h),
    ]),
  }
}

/** A table's columns of these headings, in their order there. */
export function columns({ caption, head, rows }: Table, wanted: readonly string[]): Table {
  const places = [...head.keys()].filter((place) => wanted.includes(head[place]!))
  const chosen = (cells: readonly string[]) => places.map((place) => cells[place]!)
  return { caption, head: chosen(head), rows: rows.map(chosen) }
}

/** Rows as columns. */
export function transposed({ caption, head, rows }: Table): Table {
  const [first = [], ...others] = head.map((heading, column) => [
    heading,
    ...rows.map((cells) => cells[column]!),
  ])
  return { caption, head: first, rows: others }
}

export function number(value: number | null | undefined, digits = 3): string {
  return value === null || value === undefined ? '-' : value.toFixed(digits)
}

export function percent(share: number | null | undefined): string {
  return share === null || share === undefined ? '-' : `${(100 * share).toFixed(1)} %`
}

/** The least and the greatest of what is known. */
export function spanOf(
  values: readonly (number | null)[] | undefined,
  { digits = 3, between = 'to' } = {},
): string {
  const known = (values ?? []).filter((value) => value !== null)
  if (known.length === 0) return '-'
  return `${Math.min(...known).toFixed(digits)} ${between} ${Math.max(...known).toFixed(digits)}`
}
