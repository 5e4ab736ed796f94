import type { Receipt } from '../protocol/receipt.ts'
import { escaped, htmlPage, table } from './html.ts'
import { lineChart, type Series } from './line-chart.ts'
import {
  basisFacts,
  expertTable,
  intervalTable,
  leadTable,
  outsideTable,
  receiptSentence,
} from './receipt-tables.ts'
import type { Table } from './tables.ts'
import { aligned } from './text.ts'

const LEAD_TICKS = [1, 3, 6, 9, 12, 15, 18, 21, 24]

/** For a terminal: why this forecast. */
export function receiptLines(receipt: Receipt): string[] {
  return [
    receipt.id,
    receiptSentence(receipt),
    '',
    ...basisFacts(receipt).map(([name, value]) => `${name}: ${value}`),
    ...tablesOf(receipt).flatMap((each) => ['', ...aligned(each)]),
  ]
}

/** The same as a page that needs nothing else. */
export function receiptPage(receipt: Receipt): string {
  const facts = basisFacts(receipt).map(
    ([name, value]) => `<div><dt>${escaped(name)}</dt><dd>${escaped(value)}</dd></div>`,
  )
  return htmlPage(
    `Why ${receipt.id}`,
    `<header>
<h1>Why this forecast</h1>
<p class="quiet">${escaped(receipt.id)}, ${escaped(receipt.target)}</p>
<p><strong>${escaped(receiptSentence(receipt))}</strong></p>
</header>
<main>
<dl>${facts.join('')}</dl>
${chart(receipt)}
${tablesOf(receipt)
  .map((each) => table(each))
  .join('\n')}
</main>`,
  )
}

function tablesOf(receipt: Receipt): Table[] {
  const [outside, intervals] = [outsideTable(receipt), intervalTable(receipt)]
  return [
    leadTable(receipt),
    expertTable(receipt),
    ...(outside ? [outside] : []),
    ...(intervals ? [intervals] : []),
  ]
}

function chart({ leads, unit }: Receipt): string {
  const series = (
    name: string,
    look: Series['look'],
    of: (lead: (typeof leads)[number]) => number | null,
  ) => ({
    ...{ name, look },
    points: leads.map((lead) => [lead.lead_hours, of(lead)] as const),
  })
  const came = leads.some(({ truth }) => truth !== null)
  return lineChart({
    title: `What it said, its interval of 90 %${came ? ', and what came' : ''}, in ${unit}`,
    x: { label: 'lead, hours', kind: 'number', ticks: LEAD_TICKS },
    y: { label: unit },
    series: [
      series('95 %', 1, ({ quantiles }) => quantiles['0.95'] ?? null),
      ...(came ? [series('what came', 'reference', ({ truth }) => truth)] : []),
      series('mean', 'published', ({ mean }) => mean),
      series('5 %', 0, ({ quantiles }) => quantiles['0.05'] ?? null),
    ],
  })
}
