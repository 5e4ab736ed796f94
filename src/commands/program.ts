import { Command, CommanderError } from 'commander'
import { packageVersion } from '../app/version.ts'
import { TickcastError } from '../domain/errors.ts'
import { addForecastingCommands } from './forecasting-commands.ts'
import { addLabCommands } from './lab-commands.ts'
import { addOperatingCommands } from './operating-commands.ts'

/**
 * The command line. Each command's module is loaded only when it is asked for, so that `--help` and a wrong flag answer
 * at once. Whatever fails rejects its `parseAsync`, and `endingOf` says how that ends.
 */
export function openProgram(): Command {
  const program = new Command('tickcast')
    .description(
      'Sensor ticks in, verified 24-hour forecasts with uncertainty out, learning as the stream runs.',
    )
    .version(packageVersion())
    .configureOutput({ outputError: (error, write) => write(oneLine(error)) })
    .exitOverride()
  addForecastingCommands(program)
  addOperatingCommands(program)
  addLabCommands(program)
  return program
}

/** One line, whatever commander makes of it, and where to look further. An address may hold a password. */
function oneLine(error: string): string {
  const text = error
    .replace(/^error: /, '')
    .replace(/\s+/g, ' ')
    .replace(/\/\/[^@/\s]*@/g, '//***@')
    .trim()
  return `tickcast: ${text}${text.endsWith(')') ? '' : ' (--help lists what there is)'}\n`
}

/** The exit code after an error, and what is still to be said of it on standard error. */
export function endingOf(error: unknown): { readonly code: number; readonly text: string } {
  // commander has printed its message already
  if (error instanceof CommanderError) return { code: error.exitCode === 0 ? 0 : 2, text: '' }
  if (error instanceof TickcastError) return { code: 2, text: `tickcast: ${error.message}\n` }
  const told = error instanceof Error ? error.stack || error.message : String(error)
  return { code: 1, text: `tickcast: a defect of ours: ${told}\n` }
}
