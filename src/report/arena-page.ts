import type { ArenaTable } from '../verify/arena.ts'
import { type ArenaReport, arenaSentence, HOW, spanText } from './arena-report.ts'
import { apartDuels, headingOf, partTable, standingTable } from './arena-tables.ts'
import { leftOutText } from './arena-text.ts'
import { escaped, htmlPage, table } from './html.ts'
import { lineChart, type Series } from './line-chart.ts'

const LEAD_TICKS = [1, 3, 6, 9, 12, 15, 18, 21, 24]
/** Lines of the worst are left to the table where there are many: nobody can follow more. */
const MOST_LINES = 10

/** One page that needs nothing else: who was better, where, and whether it may be luck. */
export function arenaPage(report: ArenaReport): string {
  return pageOf(report, [...arenaSections(report)])
}

/** Its sections one by one, for whoever has others waiting; `pageOf` makes the page of them. */
export function* arenaSections(report: ArenaReport): Generator<string> {
  if (report.models.length < 2) return
  const apart = apartDuels(report)
  yield section('Side by side', table(standingTable(report)), apart ? table(apart) : '')
  for (const part of report.tables) {
    if (part.rows.length === 0) continue
    yield section(headingOf(part), ...charts(report, part), table(partTable(report, part)))
  }
}

export function pageOf(report: ArenaReport, sections: readonly string[]): string {
  const { models } = report
  const title = models.length === 2 ? `${models[0]} and ${models[1]}` : `Arena of ${models.length} models`
  return htmlPage(
    title,
    `<header>
<h1>${escaped(title)}</h1>
<p><strong>${escaped(arenaSentence(report))}</strong></p>
<p class="quiet">${escaped(spanText(report))}</p>
</header>
<main>
${sections.join('\n')}
<p class="quiet">${escaped([HOW, ...leftOutText(report)].join(' '))}</p>
</main>`,
  )
}

function section(title: string, ...parts: readonly string[]): string {
  return `<section>\n<h2>${escaped(title)}</h2>\n${parts.join('\n')}\n</section>`
}

function charts(report: ArenaReport, part: ArenaTable): string[] {
  if (part.by !== 'lead') return []
  const { reference, models } = report
  const shown = models.slice(0, MOST_LINES)
  const within = shown.includes(reference) ? shown : [...shown, reference]
  const unit = report.unit === undefined ? '' : `, ${report.unit}`
  const least = models.length > within.length ? `, of the ${within.length} with the least error` : ''
  const x = { label: 'lead, hours', kind: 'number', ticks: LEAD_TICKS } as const
  const errors = lineChart({
    title: `Mean absolute error by lead${unit}${least}`,
    x,
    y: { label: `MAE${unit}`, from: 0 },
    series: within.map((name, at) => ({
      name,
      look: lookOf(name, at, reference),
      points: part.rows.map((row) => [hoursOf(row.label), row.maes[models.indexOf(name)] ?? null] as const),
    })),
  })
  const [first, second] = models
  if (models.length === 2 && first !== undefined && second !== undefined)
    return [errors, bandChart(report, part, unit)]
  return [
    errors,
    lineChart({
      title: `How much more than ${reference} they miss by${unit}${least}; below the dotted line is better`,
      x,
      y: { label: `MAE above ${reference}${unit}` },
      rules: [0],
      series: within
        .map((name, at) => ({ name, look: lookOf(name, at, reference), points: differences(part, name) }))
        .filter(({ name }) => name !== reference),
    }),
  ]
}

/** Of two: their difference with what luck may make of it. */
function bandChart({ models, reference }: ArenaReport, part: ArenaTable, unit: string): string {
  const model = models.find((name) => name !== reference)!
  const bound = (of: 'low' | 'high') =>
    part.rows.map(({ label, duels }) => [hoursOf(label), known(duels[0]![of])] as const)
  return lineChart({
    title: `How much more ${model} misses by than ${reference}${unit}, between the bounds of 95 %; where both are on one side of the dotted line it is hardly luck`,
    x: { label: 'lead, hours', kind: 'number', ticks: LEAD_TICKS },
    y: { label: `difference${unit}` },
    rules: [0],
    series: [
      { name: 'upper bound', look: 1, points: bound('high') },
      { name: 'difference', look: 'published', points: differences(part, model) },
      { name: 'lower bound', look: 0, points: bound('low') },
    ],
  })
}

function differences({ rows }: ArenaTable, name: string): (readonly [number, number | null])[] {
  return rows.map(({ label, duels }) => {
    const duel = duels.find(({ model }) => model === name)
    return [hoursOf(label), duel ? known(duel.difference) : null] as const
  })
}

function lookOf(name: string, at: number, reference: string): Series['look'] {
  return name === reference ? 'published' : at
}

/** Of `+6 h`. */
function hoursOf(label: string): number {
  return Number.parseInt(label.slice(1), 10)
}

function known(value: number): number | null {
  return Number.isNaN(value) ? null : value
}
