import { type ArenaReport, arenaSentence, HOW, spanText } from './arena-report.ts'
import { apartDuels, headingOf, partTable, standingTable } from './arena-tables.ts'
import { markdownTable } from './markdown-table.ts'
import type { Table } from './tables.ts'
import { aligned } from './text.ts'

/** Leads that a terminal has room for. */
const SHOWN_LEADS = ['+1 h', '+3 h', '+6 h', '+12 h', '+18 h', '+24 h']

/** For a terminal: the answer first, then what it rests on. */
export function arenaLines(report: ArenaReport): string[] {
  const tables = tablesOf(report).flatMap(({ table }) => [...aligned(table), ''])
  return [arenaSentence(report), '', ...tables, spanText(report), ...leftOutText(report), HOW]
}

/** The same as Markdown. */
export function arenaMarkdown(report: ArenaReport): string {
  const tables = tablesOf(report).flatMap(({ title, table }) => [
    ...(title === undefined ? [] : [`## ${title}`, '']),
    `${table.caption}:`,
    '',
    markdownTable({ ...table, figures: true }),
    '',
  ])
  return [
    ...[arenaSentence(report), '', ...tables],
    ...[`${spanText(report)}.`, ...leftOutText(report), '', HOW, ''],
  ].join('\n')
}

export function leftOutText({ leftOut }: ArenaReport): string[] {
  return leftOut.length === 0 ? [] : [`Left out, for there are too many models: ${leftOut.join(', ')}.`]
}

function tablesOf(report: ArenaReport): { readonly title?: string; readonly table: Table }[] {
  const apart = apartDuels(report)
  return [
    { table: standingTable(report) },
    ...(apart ? [{ table: apart }] : []),
    ...report.tables
      .filter(({ rows }) => rows.length > 0)
      .map((part) => {
        const shown =
          part.by === 'lead' ? part.rows.filter(({ label }) => SHOWN_LEADS.includes(label)) : part.rows
        return { title: headingOf(part), table: partTable(report, { ...part, rows: shown }) }
      }),
  ]
}
