import { Command } from 'commander'
import { dataOptions, networkOptions, pipelineOptions, spanOptions } from '../src/commands/options.ts'

const ignore = () => undefined

/** For runs of a backtest of which a bench tells something else. */
export const SILENT = {
  fact: ignore,
  line: ignore,
  above: (write: () => void) => write(),
  warn: ignore,
  status: ignore,
  close: ignore,
}

/** With the flags of a backtest. */
export function backtestCommand(name: string): Command {
  const command = new Command(name)
  for (const option of [dataOptions(), spanOptions(), pipelineOptions(), networkOptions()].flat())
    command.addOption(option)
  return command
}
