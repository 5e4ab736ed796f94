import type { Command } from 'commander'
import { labReportOptions, labRunOptions } from './lab-options.ts'
import { jsonOption } from './options.ts'
import { withOptions } from './with-options.ts'

/** Adds the commands of the lab. */
export function addLabCommands(program: Command): void {
  const lab = program.command('lab').description("the chapter's experiments on the product's own parts")
  lab
    .command('list')
    .description('name the experiments')
    .addOption(jsonOption())
    .action(async (options) => (await import('./lab.ts')).labList(options))
  withOptions(
    lab
      .command('run')
      .description('run experiments; interrupted ones go on where they were left')
      .argument('<name...>', 'as listed, or all'),
    labRunOptions(),
  ).action(async (names, options) => (await import('./lab.ts')).labRun(names, options))
  withOptions(
    lab.command('report').description('one page and one Markdown file of all results'),
    labReportOptions(),
  ).action(async (options) => (await import('./lab-report.ts')).labReport(options))
}
