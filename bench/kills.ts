import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { seededRandom } from '../src/domain/random.ts'
import { killLive } from '../test/support/kills/live.ts'
import { killLiveOnNats } from '../test/support/kills/nats-live.ts'
import { killOnNats } from '../test/support/kills/nats-tape.ts'
import { isWhole, type KillOutcome, killTable } from '../test/support/kills/outcome.ts'
import type { KillRun } from '../test/support/kills/runs.ts'
import { killTape } from '../test/support/kills/tape.ts'
import { realData } from '../test/support/real-data.ts'

/*
 * Resume equals never stopped: deployments of the built program are killed with SIGKILL at random moments, started
 * again by the same commands, and laid beside ones that never stopped.
 */

/** Half a year at full speed; six weeks at 50 hours a second. */
const AT_ONCE = { speed: 'max', rows: 24 * 180 } as const
const PACED = { speed: 180_000, rows: 24 * 42 } as const

/** Each with its share of the kills. */
const SCENARIOS: Readonly<
  Record<string, { readonly share: number; run(of: KillRun): Promise<KillOutcome> }>
> = {
  live: { share: 0.2, run: killLive },
  tape: { share: 0.1, run: (of) => killTape({ ...of, ...AT_ONCE }) },
  paced: { share: 0.1, run: (of) => killTape({ ...of, ...PACED }) },
  wound: { share: 0.1, run: (of) => killTape({ ...of, ...PACED, woundBack: true }) },
  nats: { share: 0.25, run: killOnNats },
  'nats-wound': { share: 0.1, run: (of) => killOnNats({ ...of, windsBack: true }) },
  'nats-live': { share: 0.15, run: killLiveOnNats },
}

export interface KillFlags {
  readonly kills: number
  readonly data?: string
  readonly seed?: number
  /** Default: all. */
  readonly scenarios?: readonly string[]
}

export async function benchKills({
  kills,
  data,
  seed = Date.now() % 2 ** 31,
  scenarios,
}: KillFlags): Promise<void> {
  const file = data ?? realData('jena_2009_2016_hourly.csv')
  if (file === undefined) throw new Error('no data: --data <a file of hourly rows>')
  const chosen = Object.entries(SCENARIOS).filter(([name]) => scenarios?.includes(name) ?? true)
  const shares = chosen.reduce((sum, [, { share }]) => sum + share, 0)
  const outcomes: KillOutcome[] = []
  process.stdout.write(`moments are drawn from seed ${seed}\n`)
  for (const [name, { share, run }] of chosen) {
    const folder = await mkdtemp(join(tmpdir(), 'tickcast-kills-'))
    const began = performance.now()
    const ofThis = Math.max(1, Math.round((kills * share) / shares))
    process.stderr.write(`${name}: ${ofThis} kills\n`)
    try {
      const outcome = await run({ data: file, folder, kills: ofThis, random: seededRandom(seed) })
      outcomes.push(outcome)
      process.stderr.write(`${name}: ${((performance.now() - began) / 1000).toFixed(0)} s\n`)
      for (const difference of outcome.unequal) process.stderr.write(`  ${difference}\n`)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }
  process.stdout.write(`\n${killTable(outcomes)}\n`)
  if (!outcomes.every(isWhole)) process.exitCode = 1
}
