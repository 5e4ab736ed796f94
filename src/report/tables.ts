import { BASELINES, REFERENCE } from '../domain/baselines.ts'
import type { Comparison, Figures } from './figures.ts'
import type { ModelFigures } from './model-figures.ts'

/** A table as text, for a page, a terminal or Markdown; the first cell of a row is its heading. */
export interface Table {
  readonly caption: string
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** What the figures are of. */
export interface Named {
  readonly published: string
  readonly experts: readonly string[]
  /** Of errors. */
  readonly unit: string
}

/** Those beside which the published forecast stands, in the order of tables. */
export function baselinesOf({ besideBaselines: { models } }: Figures): string[] {
  return BASELINES.filter((name) => name in models)
}

/** The published forecast year by year beside the baselines, all years last. */
export function yearTable(figures: Figures, { published, unit }: Named): Table {
  const { models } = figures.besideBaselines
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
      whole(mine?.n24h ?? 0),
    ]
  }
  const against = baselines.includes(REFERENCE) ? `; skill against ${REFERENCE}` : ''
  return {
    caption: `MAE at +24 h in ${unit}, by year of issue${against}${baselines.length > 0 ? '; each row over the forecasts that all of these made' : ''}`,
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

/** Every model that can be compared, the least error first. */
export function modelTable({ comparison }: Figures, { unit }: Pick<Named, 'unit'>): Table {
  return {
    caption: `Every model at +24 h in ${unit}, the least MAE first, over the n = ${whole(comparison.n24h)} forecasts that all of these made${REFERENCE in comparison.models ? `; skill against ${REFERENCE}` : ''}`,
    head: ['model', 'MAE', 'skill', 'against yesterday', 'against climatology', 'all leads', 'bias', 'RMSE'],
    rows: ranked(comparison).map((name) => {
      const of = comparison.models[name]!
      return [
        name,
        number(of.mae24h),
        name === REFERENCE ? '' : percent(of.skill24h),
        percent(of.skill24hSeasonalNaive),
        percent(of.skill24hClimatology),
        number(of.maeMean),
        number(of.bias24h),
        number(of.rmse24h),
      ]
    }),
  }
}

/** By the MAE at +24 h, the least first; as they stand where it is equal or unknown. */
export function ranked({ models }: Comparison): string[] {
  const error = (name: string) => models[name]!.mae24h ?? Number.POSITIVE_INFINITY
  return Object.keys(models).sort((a, b) => (error(a) === error(b) ? 0 : error(a) - error(b)))
}

/** Those that have too few forecasts to be ranked, each over its own beside the published one; undefined where there are none. */
export function apartTable({ apart }: Figures, { published, unit }: Named): Table | undefined {
  const names = Object.keys(apart)
  if (names.length === 0) return undefined
  return {
    caption: `Not ranked, for too few forecasts: each over its own at +24 h in ${unit}, with ${published} and ${REFERENCE} over the same; rows are over different ones`,
    head: ['model', 'forecasts', 'MAE', published, REFERENCE, 'skill'],
    rows: names.map((name) => {
      const { n24h, models } = apart[name]!
      return [
        name,
        whole(n24h),
        ...[name, published, REFERENCE].map((each) => number(models[each]?.mae24h)),
        percent(models[name]!.skill24h),
      ]
    }),
  }
}

/** Who is in no table, in a sentence; undefined where everybody is in one. */
export function silentText({ models }: Figures, { experts }: Named): string | undefined {
  const silent = experts.filter((name) => !(name in models))
  return silent.length === 0 ? undefined : `No forecast that was scored yet: ${silent.join(', ')}.`
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

/** With commas between thousands. */
export function whole(value: number): string {
  return value.toLocaleString('en-US')
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
