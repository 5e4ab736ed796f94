import { createLogUpdate } from 'log-update'
import pc from 'picocolors'
import { reasonOf } from './reason.ts'
import { screenOf } from './screen.ts'

/** What a command prints for the person who started it: facts line by line, then one line that is kept up to date. */
export interface Terminal {
  /** A fact with its label: `bus  in process`. */
  fact(label: string, text: string): void
  /** A line that stays. */
  line(text: string): void
  /** Something went wrong and work goes on. */
  warn(error: string | Error): void
  /** Whatever else writes to the same terminal does so here, so that the live line stays the last one. */
  above(write: () => void): void
  /** Replaces the live line; where it cannot be replaced, printed at most every ten seconds. */
  status(text: string): void
  close(): void
}

const PLAIN_STATUS_MS = 10_000

export function openTerminal(stream: NodeJS.WriteStream): Terminal {
  const screen = screenOf(stream)
  // Set explicitly, as the library colours files and pipes too wherever CI is set.
  const colours = pc.createColors(screen.colours)
  const live = screen.cursor ? createLogUpdate(stream) : undefined
  let current = ''
  let printedAt = Number.NEGATIVE_INFINITY

  const above = (write: () => void): void => {
    live?.clear()
    write()
    if (live && current) live(current)
  }
  const write = (text: string): void => above(() => stream.write(`${text}\n`))

  return {
    fact: (label, text) => write(`  ${colours.dim(label.padEnd(8))}${text}`),
    line: write,
    above,
    warn: (error) => write(`  ${colours.yellow('warning')} ${reasonOf(error)}`),
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
