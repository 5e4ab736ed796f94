import { createLogUpdate } from 'log-update'
import pc from 'picocolors'
import { reasonOf } from './reason.ts'

/** What a command says to the person who started it: facts line by line, then one line that is kept up to date. */
export interface Terminal {
  /** A fact with its label: `bus  in process`. */
  fact(label: string, text: string): void
  /** A line that stays. */
  line(text: string): void
  /** Something went wrong and work goes on. */
  warn(trouble: string | Error): void
  /** Replaces the live line; where the output is no terminal, printed at most every ten seconds. */
  status(text: string): void
  close(): void
}

const PLAIN_STATUS_MS = 10_000

export function openTerminal(stream: NodeJS.WriteStream): Terminal {
  // By itself it would colour what goes into a file or a pipe wherever CI is set.
  const colours = pc.createColors(stream.isTTY === true)
  const live = stream.isTTY ? createLogUpdate(stream) : undefined
  let current = ''
  let printedAt = Number.NEGATIVE_INFINITY

  const write = (text: string): void => {
    live?.clear()
    stream.write(`${text}\n`)
    if (live && current) live(current)
  }

  return {
    fact: (label, text) => write(`  ${colours.dim(label.padEnd(8))}${text}`),
    line: write,
    warn: (trouble) => write(`  ${colours.yellow('warning')} ${reasonOf(trouble)}`),
    status(text) {
      if (live) {
        current = fitted(text, Math.max(20, (stream.columns || 120) - 1))
        live(current)
      } else if (performance.now() - printedAt >= PLAIN_STATUS_MS) {
        printedAt = performance.now()
        stream.write(`${text}\n`)
      }
    },
    close() {
      live?.done()
    },
  }
}

/** What does not fit is left out by whole parts, the last ones first. */
function fitted(text: string, width: number): string {
  if (text.length <= width) return text
  const end = text.lastIndexOf(' | ', width)
  return text.slice(0, end > 0 ? end : width)
}
