import pc from 'picocolors'
import { type Logger, type LoggerOptions, pino } from 'pino'
import { TickcastError } from '../domain/errors.ts'
import { reasonOf } from './reason.ts'
import { screenOf } from './screen.ts'
import type { Terminal } from './terminal.ts'

/** From everything to nothing. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

/** The flag of whatever runs until interrupted. */
export interface LogFlags {
  readonly logLevel: LogLevel
}

export interface LogOutput {
  readonly terminal: Pick<Terminal, 'above'>
  /** Default: standard error; standard output belongs to facts and to `--json`. */
  readonly stream?: NodeJS.WriteStream
  readonly env?: NodeJS.ProcessEnv
}

/** The log: a readable line an event in a terminal, JSON lines for machines. */
export function openLog(
  { logLevel }: LogFlags,
  { terminal, stream = process.stderr, env = process.env }: LogOutput,
): Logger {
  const { terminal: readable, colours } = screenOf(stream, env)
  const options: LoggerOptions = {
    level: logLevel,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
  }
  return pino(options, {
    write(line: string) {
      terminal.above(() => stream.write(readable ? readableLine(JSON.parse(line), colours) : line))
    },
  })
}

/** For an error that nobody foresaw: what happened in one line, the stack in the record. */
export function logError(log: Logger): (error: Error) => void {
  return (error) => log.error({ err: error }, reasonOf(error))
}

/**
 * Reports an error that does not end the process: a defect to the log with its stack, one that a person can mend (a
 * flag, a file, a server that is away) to the terminal.
 */
export function errorTeller({ terminal, log }: { readonly terminal: Terminal; readonly log: Logger }) {
  return (error: Error): void => {
    if (error.cause === undefined || error.cause instanceof TickcastError) terminal.warn(error)
    else logError(log)(error)
  }
}

interface LogRecord {
  readonly level: string
  readonly time: string
  readonly msg?: string
  readonly err?: { readonly stack?: string }
  readonly [field: string]: unknown
}

/** `14:05:09 error  no channel 'T (degC)' (request_id=01J…)`, and under it the stack where there is one. */
function readableLine({ level, time, msg = '', err, ...fields }: LogRecord, colours: boolean): string {
  const { dim, red, yellow } = pc.createColors(colours)
  const paint = level === 'error' || level === 'fatal' ? red : level === 'warn' ? yellow : dim
  const rest = Object.entries(fields).map(
    ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  )
  const line = [
    dim(time.slice(11, 19)),
    paint(level.padEnd(5)),
    msg.replace(/\s+/g, ' '),
    rest.length > 0 ? dim(`(${rest.join(' ')})`) : '',
  ]
  const stack = err?.stack ? `${dim(err.stack.replace(/^/gm, '    '))}\n` : ''
  return `${line.join(' ').trimEnd()}\n${stack}`
}
