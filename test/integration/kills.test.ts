import { mkdtemp } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { seededRandom } from '../../src/domain/random.ts'
import { temporaryFolder } from '../support/files.ts'
import { killLive } from '../support/kills/live.ts'
import { killLiveOnNats } from '../support/kills/nats-live.ts'
import { killOnNats } from '../support/kills/nats-tape.ts'
import type { KillOutcome } from '../support/kills/outcome.ts'
import { killTape } from '../support/kills/tape.ts'
import { describeWithNats } from '../support/nats-server.ts'
import { describeWithData } from '../support/real-data.ts'

/** A few kills of each deployment; `npm run bench -- kills` has two hundred. */
const KILLS = 3
const files = temporaryFolder()

function expectWhole({ kills, forecasts, lost, doubled, unequal }: KillOutcome): void {
  expect({ lost, doubled, unequal }).toEqual({ lost: 0, doubled: 0, unequal: [] })
  expect(kills).toBeGreaterThanOrEqual(KILLS)
  expect(forecasts).toBeGreaterThan(200)
}

describeWithData('jena_2009_2016_hourly.csv', (data) => {
  const run = async () => ({
    data,
    folder: await mkdtemp(files.path('kills-')),
    kills: KILLS,
    random: seededRandom(Date.now() % 2 ** 31),
  })

  it('kills - a live station that is killed again and again publishes what one does that never stops', async () => {
    expectWhole(await killLive(await run()))
  })

  it('kills - a tape that is killed and played again by the same command ends up knowing the very same', async () => {
    expectWhole(await killTape({ ...(await run()), speed: 'max', rows: 24 * 40 }))
  })

  describeWithNats('over NATS', () => {
    it('kills - forecaster, replayer and server killed on NATS: every forecast is there once, and the same', async () => {
      expectWhole(await killOnNats(await run()))
    })

    it('kills - measurements over NATS, whoever is killed: what was acknowledged is forecast from, once', async () => {
      expectWhole(await killLiveOnNats(await run()))
    })
  })
})
