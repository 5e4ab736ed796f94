import { REFERENCE } from '../domain/baselines.ts'
import { LEADS, QUANTILE_LEVELS } from '../domain/forecast.ts'
import type { BacktestResultsState } from '../verify/backtest-results.ts'
import { headToHeadResult } from '../verify/head-to-head.ts'
import { type ReliabilityState, shareBelow } from '../verify/reliability.ts'
import type { Figures } from './figures.ts'
import { escaped, htmlPage, table } from './html.ts'
import { lineChart, type Series } from './line-chart.ts'
import type { ModelResults } from './model-figures.ts'
import { type ReportedRun, SIMULATED } from './reported-run.ts'
import {
  apartTable,
  baselinesOf,
  modelTable,
  number,
  percent,
  silentText,
  whole,
  yearTable,
} from './tables.ts'

/** Experts that come close to the published forecast lie on one line where persistence is to be seen as well. */
const CLOSE_UP = 0.4
const LEAD_TICKS = [1, 3, 6, 9, 12, 15, 18, 21, 24]
const HOUR_TICKS = [0, 3, 6, 9, 12, 15, 18, 21]

/** One page that needs nothing else: figures, tables and plots of a backtest. */
export function reportPage(run: ReportedRun, results: BacktestResultsState): string {
  const { data, station, target, published, besideBaselines } = run
  const title = `Backtest: ${target} at ${station}`
  const simulated = run.source === 'simulated' ? `<p><strong>${SIMULATED}</strong></p>` : ''
  const sections = besideBaselines.models[published]
    ? [
        keyFigures(run),
        section('Year by year', table(yearTable(run, run))),
        leads(run),
        overTime(run, results),
        intervals(run),
        quantiles(results.reliability),
      ]
    : ['<p>Nothing was scored: no forecast that counts was settled.</p>']
  return htmlPage(
    title,
    `<header>
<h1>${escaped(title)}</h1>
${simulated}
<p class="quiet">${escaped(`${data}, ${run.from} to ${run.until}${run.scoreFrom === null ? '' : `, scored from ${run.scoreFrom}`}`)}</p>
<p class="quiet">${escaped(`${run.rows} rows, ${run.forecasts} forecasts, seed ${run.seed}; network: ${run.network}, engine: ${run.engine}; ${run.wallSeconds} s, at most ${Math.round(run.peakMemoryBytes / 1e6)} MB`)}</p>
</header>
<main>
${sections.join('\n')}
</main>`,
  )
}

function section(title: string, ...parts: readonly string[]): string {
  return `<section>\n<h2>${escaped(title)}</h2>\n${parts.join('\n')}\n</section>`
}

function keyFigures(run: ReportedRun): string {
  const { besideBaselines, published, unit } = run
  const own = besideBaselines.models[published]!
  const facts: readonly (readonly [string, string])[] = [
    ['MAE at +24 h', `${number(own.mae24h)} ${unit}`],
    ['mean over all leads', `${number(own.maeMean)} ${unit}`],
    ['skill at +24 h', percent(own.skill24h)],
    ['bias at +24 h', `${number(own.bias24h)} ${unit}`],
    ['90 % interval holds', percent(own.coverage90)],
    ['its width at +24 h', `${number(own.width90, 2)} ${unit}`],
    ['forecasts at +24 h', whole(own.n24h)],
    ...(baselinesOf(run).includes(REFERENCE) ? headToHeadFacts(run) : []),
  ]
  return `<dl>${facts.map(([name, value]) => `<div><dt>${escaped(name)}</dt><dd>${escaped(value)}</dd></div>`).join('')}</dl>`
}

function headToHeadFacts({ belowPersistenceFromDay, windowsWon30d }: Figures): (readonly [string, string])[] {
  return [
    [
      'below persistence',
      belowPersistenceFromDay === null ? 'not for good' : `from day ${belowPersistenceFromDay}`,
    ],
    ['30 days in a row won', percent(windowsWon30d)],
  ]
}

function leads(run: ReportedRun): string {
  const { comparison, published, unit } = run
  const { models } = comparison
  const names = Object.keys(models)
  const apart = apartTable(run, run)
  const silent = silentText(run, run)
  return section(
    'Lead by lead',
    lineChart({
      title: `Mean absolute error by lead in ${unit}, over the forecasts that all of these made (n = ${whole(comparison.n24h)} at +24 h)`,
      x: { label: 'lead, hours', kind: 'number', ticks: LEAD_TICKS },
      y: { label: `MAE, ${unit}`, from: 0 },
      series: looks(names, published).map(([name, look]) => ({
        name,
        look,
        points: atLeads(models[name]!.leads.mae),
      })),
    }),
    lineChart({
      title: `How much more than ${published} they miss by, in ${unit}, over the same forecasts; as far as ${CLOSE_UP} ${unit}`,
      x: { label: 'lead, hours', kind: 'number', ticks: LEAD_TICKS },
      y: { label: `MAE above ${published}, ${unit}` },
      rules: [0],
      series: looks(names, published)
        .filter(([name]) => name !== published)
        .map(([name, look]) => ({ name, look, points: atLeads(above(models[name]!, models[published]!)) }))
        .filter(({ points }) => points.some(([, value]) => value !== null)),
    }),
    table(modelTable(run, run)),
    apart ? table(apart) : '',
    silent ? `<p class="quiet">${escaped(silent)}</p>` : '',
  )
}

function overTime(
  { published, unit, windows30d }: ReportedRun,
  { scoredHeadToHead }: BacktestResultsState,
): string {
  const { points } = headToHeadResult(scoredHeadToHead)
  if (points.length < 2) return ''
  return section(
    'Month after month',
    lineChart({
      title: `Mean absolute error at +24 h over the last 30 days in ${unit}, over the forecasts that both made (${windows30d} times 30 days in a row)`,
      x: { label: '30 days up to', kind: 'time' },
      y: { label: `MAE, ${unit}`, from: 0 },
      series: [
        {
          name: REFERENCE,
          look: 'reference',
          points: points.map(({ at, referenceMae }) => [at, referenceMae] as const),
        },
        { name: published, look: 'published', points: points.map(({ at, mae }) => [at, mae] as const) },
      ],
    }),
  )
}

function intervals({
  besideBaselines,
  published,
  unit,
  worstCoverage90In30d,
  coverage90ByHour,
}: ReportedRun): string {
  const {
    coverage50 = [],
    coverage80 = [],
    coverage90 = [],
    width90 = [],
    crps = [],
  } = besideBaselines.models[published]!.leads
  return section(
    'How sure, and rightly so',
    lineChart({
      title:
        'Share of the truths within the published intervals by lead; dotted: nominal; dashed: the worst 30 days in a row at 90 %',
      x: { label: 'lead, hours', kind: 'number', ticks: LEAD_TICKS },
      y: { label: 'coverage', from: 0.4, to: 1, percent: true },
      rules: [0.5, 0.8, 0.9],
      series: [
        { name: '90 %', look: 'published', points: atLeads(coverage90) },
        { name: '80 %', look: 1, points: atLeads(coverage80) },
        { name: '50 %', look: 0, points: atLeads(coverage50) },
        { name: 'worst 30 days at 90 %', look: 'reference', points: atLeads(worstCoverage90In30d) },
      ],
    }),
    lineChart({
      title:
        "Share of the truths within the 90 % interval by hour of day of the valid time, on the station's clock, over all leads",
      x: { label: 'hour of day', kind: 'number', ticks: HOUR_TICKS },
      y: { label: 'coverage', from: 0.4, to: 1, percent: true },
      rules: [0.9],
      series: [
        {
          name: '90 %',
          look: 'published',
          points: coverage90ByHour.map((share, hour) => [hour, share] as const),
        },
      ],
    }),
    lineChart({
      title: `Mean width of the 90 % interval, and mean CRPS, by lead in ${unit}`,
      x: { label: 'lead, hours', kind: 'number', ticks: LEAD_TICKS },
      y: { label: unit, from: 0 },
      series: [
        { name: 'width of the 90 % interval', look: 'published', points: atLeads(width90) },
        { name: 'CRPS', look: 1, points: atLeads(crps) },
      ],
    }),
  )
}

function quantiles(reliability: ReliabilityState): string {
  const series: Series[] = [1, 6, 12, 24].map((hours, index) => ({
    name: `+${hours} h`,
    look: index,
    points: QUANTILE_LEVELS.map(
      (level, place) => [level, known(shareBelow(reliability, place, hours - 1))] as const,
    ),
  }))
  return section(
    'Calibration',
    lineChart({
      title: 'Share of the truths below each published quantile; on the dashed line all is as named',
      x: { label: 'quantile', kind: 'number', ticks: [0.05, 0.25, 0.5, 0.75, 0.95] },
      y: { label: 'truths below', from: 0, to: 1, percent: true },
      series: [
        {
          name: 'as named',
          look: 'reference',
          points: QUANTILE_LEVELS.map((level) => [level, level] as const),
        },
        ...series,
      ],
    }),
  )
}

function above(model: ModelResults, published: ModelResults): (number | null)[] {
  return model.leads.mae.map((mae, lead) => {
    const best = published.leads.mae[lead] ?? null
    return mae === null || best === null || mae - best > CLOSE_UP ? null : mae - best
  })
}

/** The published model and the reference have looks of their own; the others are assigned theirs in order. */
function looks(names: readonly string[], published: string): (readonly [string, Series['look']])[] {
  const others = names.filter((name) => name !== published && name !== REFERENCE)
  return [
    ...others.map((name, index) => [name, index] as const),
    ...names.filter((name) => name === REFERENCE).map((name) => [name, 'reference'] as const),
    [published, 'published'] as const,
  ]
}

function atLeads(values: readonly (number | null)[]): (readonly [number, number | null])[] {
  return Array.from({ length: LEADS }, (_, lead) => [lead + 1, values[lead] ?? null] as const)
}

function known(value: number): number | null {
  return Number.isNaN(value) ? null : value
}
