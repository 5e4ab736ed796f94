import { writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { basename } from 'node:path'
import { errorMessage, TickcastError } from '../domain/errors.ts'
import { figuresMarkdown } from '../report/markdown.ts'
import { reportPage } from '../report/report-page.ts'
import type { ReportedRun } from '../report/reported-run.ts'
import type { BacktestResultsState } from '../verify/backtest-results.ts'

/** Where a backtest writes what it found. */
export interface ReportFlags {
  readonly data?: readonly string[]
  /** A page with tables and plots. */
  readonly report?: string
  /** The tables of a README. */
  readonly markdown?: string
}

/** Checked before the work begins, not after it. */
export async function checkWritable({ report, markdown }: ReportFlags): Promise<void> {
  if (report !== undefined) await written('--report', report, { text: '', flag: 'a' })
  if (markdown !== undefined) await written('--markdown', markdown, { text: '', flag: 'a' })
}

/** The files written. */
export async function writeReports(
  flags: ReportFlags,
  { summary, results }: { readonly summary: ReportedRun; readonly results: BacktestResultsState },
): Promise<string[]> {
  const { report, markdown } = flags
  if (report !== undefined) await written('--report', report, { text: reportPage(summary, results) })
  if (markdown !== undefined) {
    const how = { command: typed(process.argv.slice(2), flags), cores: availableParallelism() }
    await written('--markdown', markdown, { text: figuresMarkdown(summary, how) })
  }
  return [report, markdown].filter((file) => file !== undefined)
}

/** The command as a reader would type it, in the folder of the file. */
function typed(args: readonly string[], { data = [] }: ReportFlags): string {
  const here = args.map((word) => data.reduce((text, path) => text.replace(path, basename(path)), word))
  return ['npx tickcast', ...here.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word}'`))].join(
    ' ',
  )
}

async function written(
  option: string,
  path: string,
  { text, flag = 'w' }: { readonly text: string; readonly flag?: 'a' | 'w' },
): Promise<void> {
  try {
    await writeFile(path, text, { flag })
  } catch (cause) {
    const why = errorMessage(cause)
    throw new TickcastError('usage', `${option} ${path}: cannot be written: ${why}`, { cause })
  }
}
