import { baselineTitle, REFERENCE } from '../domain/baselines.ts'
import { markdownTable } from './markdown-table.ts'
import { type ReportedRun, SIMULATED } from './reported-run.ts'
import {
  apartTable,
  baselinesOf,
  columns,
  modelTable,
  number,
  percent,
  silentText,
  spanOf,
  transposed,
  whole,
  yearTable,
} from './tables.ts'

/** What a reader needs to run it again. */
export interface HowRun {
  /** As it was typed: `npx tickcast backtest --data FILE`. */
  readonly command: string
  /** Of the machine. */
  readonly cores: number
}

/** The figures as a README shows them: every model, year by year, interval coverage, and cost. */
export function figuresMarkdown(run: ReportedRun, { command, cores }: HowRun): string {
  const { published, besideBaselines, source, target, station, seed } = run
  const paragraphs = [
    ...(source === 'simulated' ? [`**${SIMULATED}**`] : []),
    `\`${target}\` at ${station}, learning from ${day(run.from)} to ${day(run.until)}, ${scoredText(run)}, seed ${seed}: \`${command}\``,
    ...(besideBaselines.models[published]
      ? [
          ...everyModel(run),
          ...apartModels(run),
          ...yearByYear(run),
          `${intervalText(run)} ${headToHeadText(run)}${costText(run, cores)}`,
        ]
      : ['Nothing was scored: no forecast that counts was settled.', costText(run, cores)]),
  ]
  return `${paragraphs.join('\n\n')}\n`
}

function everyModel(run: ReportedRun): string[] {
  const { unit, comparison } = run
  const { rows } = columns(modelTable(run, run), ['model', 'MAE', 'skill', 'all leads'])
  const table = markdownTable({
    head: [
      'model',
      `MAE at +24 h, ${unit}`,
      `skill against ${REFERENCE}`,
      `MAE, mean of leads +1..+24 h, ${unit}`,
    ],
    rows: rows.map((cells) => modelRow(run, cells)),
  })
  return [
    `Every model over the same forecasts, those that all of them made (n = ${whole(comparison.n24h)} at +24 h):`,
    table,
  ]
}

function apartModels(run: ReportedRun): string[] {
  const apart = apartTable(run, run)
  const silent = silentText(run, run)
  return [
    ...(apart
      ? [
          `${apart.caption}:`,
          markdownTable({ head: apart.head, rows: apart.rows.map((cells) => modelRow(run, cells)) }),
        ]
      : []),
    ...(silent ? [silent] : []),
  ]
}

function modelRow({ published }: ReportedRun, [name = '', ...cells]: readonly string[]): string[] {
  if (name === published) return [`${name}, as published`, ...cells].map((cell) => `**${cell}**`)
  return [baselineTitle(name) ?? `\`${name}\``, ...cells]
}

function yearByYear(run: ReportedRun): string[] {
  const { published, unit } = run
  const years = columns(yearTable(run, run), ['year', published, ...baselinesOf(run), 'forecasts'])
  const { head, rows } = transposed(years)
  const titles: Readonly<Record<string, string>> = {
    [published]: `${published}, MAE at +24 h, ${unit}`,
    forecasts: 'n at +24 h',
  }
  return [
    'Year by year, each over the same forecasts:',
    markdownTable({
      head: ['', ...head.slice(1)],
      rows: rows.map(([name = '', ...cells]) => [titles[name] ?? baselineTitle(name) ?? name, ...cells]),
    }),
  ]
}

function scoredText({ published, models, scoreFrom }: ReportedRun): string {
  const n = whole(models[published]?.n24h ?? 0)
  return `scored${scoreFrom === null ? '' : ` from ${day(scoreFrom)} on`} (n = ${n} at +24 h)`
}

function intervalText({ besideBaselines, published, unit, worstCoverage90In30d }: ReportedRun): string {
  const { leads, width90 } = besideBaselines.models[published]!
  const held = spanOf(leads.coverage90, { digits: 4, between: 'and' })
  return `The 90 % interval held between ${held} of the truths at every lead, ${number(width90, 1)} ${unit} wide at +24 h; in the worst 30 days at +24 h it held ${number(worstCoverage90In30d.at(-1), 2)}.`
}

function headToHeadText(run: ReportedRun): string {
  const { published, belowPersistenceFromDay, windowsWon30d } = run
  if (!baselinesOf(run).includes(REFERENCE)) return ''
  const since =
    belowPersistenceFromDay === null
      ? `did not stay below ${REFERENCE}`
      : `was below ${REFERENCE} for good from day ${belowPersistenceFromDay}`
  const won = windowsWon30d === null ? '' : ` and won ${percent(windowsWon30d)} of all 30-day windows`
  return `The ${published} ${since}${won}. `
}

function costText({ forecasts, wallSeconds, peakMemoryBytes }: ReportedRun, cores: number): string {
  return `${whole(forecasts)} forecasts took ${Math.round(wallSeconds)} s and ${Math.round(peakMemoryBytes / 1e6)} MB on ${cores === 1 ? 'one core' : `${cores} cores`}.`
}

function day(instant: string): string {
  return instant.slice(0, 10)
}
