import { simulatedTape } from '../../replay/simulated-station.ts'
import type { Terminal } from '../../src/app/terminal.ts'
import type { BacktestFlags } from '../../src/commands/backtest.ts'
import { DAY, HOUR } from '../../src/domain/instant.ts'

/* A backtest of 45 days that takes seconds. */

export const ignored: Terminal = {
  fact: () => undefined,
  line: () => undefined,
  above: (write) => write(),
  warn: () => undefined,
  status: () => undefined,
  close: () => undefined,
}

export const tape = simulatedTape({ seed: 3 })

export const FLAGS: BacktestFlags = {
  network: false,
  engine: 'auto',
  cell: 'gru',
  units: [8],
  trainEvery: 12 * HOUR,
  roundSteps: 1,
  batch: 8,
  issueEvery: HOUR,
  maxBridge: 3 * HOUR,
  lateness: 0,
  seed: 3,
  until: tape.first + 45 * DAY,
}
