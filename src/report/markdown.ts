import { baselineTitle, REFERENCE } from '../domain/baselines.ts'
import { markdownTable } from './markdown-table.ts'
import { type ReportedRun, SIMULATED } from './reported-run.ts'
import { baselinesOf, columns, modelTable, number, percent, spanOf, transposed, yearTable } from './tables.ts'

/** What a reader needs to run it again. */
export interface HowRun {
  /** As it was typed: `npx tickcast backtest --data FILE`. */
  readonly command: string
  /** Of the machine. */
  readonly cores: number
}

/** The figures as a README shows them: every model, year by year, interval coverage, and cost. */
export function figuresMarkdown(run: ReportedRun, { command, cores }: HowRun): string {
  const { published, models, source, target, station, seed } = run
  const paragraphs = [
    ...(source === 'simulated' ? [`**${SIMULATED}**`] : []),
    `\`${target}\` at ${station}, learning from ${day(run.from)} to ${day(run.until)}, ${scoredText(run)}, seed ${seed}: \`${command}\``,
    ...(models[published]
      ? [
          everyModel(run),
          yearByYear(run),
          `${intervalText(run)} ${headToHeadText(run)}${costText(run, cores)}`,
        ]
      : ['Nothing was scored: no forecast that counts was settled.', costText(run, cores)]),
  ]
  return `${paragraphs.join('\n\n')}\n`
}

function everyModel(run: ReportedRun): string {
  const { published, unit } = run
  const { rows } = columns(modelTable(run, run), ['model', 'MAE', 'skill', 'all leads'])
  return markdownTable({
    head: [
      'model',
      `MAE at +24 h, ${unit}`,
      `skill against ${REFERENCE}`,
      `MAE, mean of leads +1..+24 h, ${unit}`,
    ],
    rows: rows.map(([name = '', ...cells]) =>
      name === published
        ? [`${name}, as published`, ...cells].map((cell) => `**${cell}**`)
        : [baselineTitle(name) ?? `\`${name}\``, ...cells],
    ),
  })
}

function yearByYear(run: ReportedRun): string {
  const { published, unit } = run
  const { head, rows } = transposed(columns(yearTable(run, run), ['year', published, ...baselinesOf(run)]))
  return markdownTable({
    head: ['', ...head.slice(1)],
    rows: rows.map(([name = '', ...cells]) => [
      baselineTitle(name) ?? `${name}, MAE at +24 h, ${unit}`,
      ...cells,
    ]),
  })
}

function scoredText({ published, models, scoreFrom }: ReportedRun): string {
  const n = models[published]?.n24h.toLocaleString('en-US') ?? '0'
  return `scored${scoreFrom === null ? '' : ` from ${day(scoreFrom)} on`} (n = ${n} at +24 h)`
}

function intervalText({ models, published, unit, worstCoverage90In30d }: ReportedRun): string {
  const { leads, width90 } = models[published]!
  const held = spanOf(leads.coverage90, { digits: 4, between: 'and' })
  return `The 90 % interval held between ${held} of the truths at every lead, ${number(width90, 1)} ${unit} wide at +24 h; in the worst 30 days at +24 h it held ${number(worstCoverage90In30d.at(-1), 2)}.`
}

function headToHeadText({ models, published, belowPersistenceFromDay, windowsWon30d }: ReportedRun): string {
  if (!(REFERENCE in models)) return ''
  const since =
    belowPersistenceFromDay === null
      ? `did not stay below ${REFERENCE}`
      : `was below ${REFERENCE} for good from day ${belowPersistenceFromDay}`
  const won = windowsWon30d === null ? '' : ` and won ${percent(windowsWon30d)} of all 30-day windows`
  return `The ${published} ${since}${won}. `
}

function costText({ forecasts, wallSeconds, peakMemoryBytes }: ReportedRun, cores: number): string {
  return `${forecasts.toLocaleString('en-US')} forecasts took ${Math.round(wallSeconds)} s and ${Math.round(peakMemoryBytes / 1e6)} MB on ${cores === 1 ? 'one core' : `${cores} cores`}.`
}

function day(instant: string): string {
  return instant.slice(0, 10)
}
