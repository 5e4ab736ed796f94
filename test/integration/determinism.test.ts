import { beforeAll, describe, expect, it } from 'vitest'
import { openTape } from '../../replay/open-tape.ts'
import { createReplayController, type ReplayController } from '../../replay/replay-controller.ts'
import type { PipelineFlags } from '../../src/app/assemble-model.ts'
import { openStationHost } from '../../src/app/station-host.ts'
import { memoryBus } from '../../src/bus/memory.ts'
import { systemClock } from '../../src/domain/clock.ts'
import { HOUR } from '../../src/domain/instant.ts'
import { EXPERTS } from '../../src/experts/registry.ts'
import { jena } from '../../src/ingest/jena.ts'
import { openTrainerPool } from '../../src/networks/trainer-pool.ts'
import type { ForecastMessage } from '../../src/protocol/forecast.ts'
import { OPTIONS, SILENT_AT_FIRST } from '../experts/created.ts'
import { temporaryFolder } from '../support/files.ts'
import { jenaFile } from '../support/jena-file.ts'
import { until } from '../support/until.ts'

const files = temporaryFolder()
const DAYS = 8

/** Networks over short windows that begin to learn on the third day and are given new weights four times a day. */
const FLAGS: PipelineFlags = {
  network: true,
  lookback: 24,
  stride: 6,
  trainEvery: 6 * HOUR,
  roundSteps: 2,
  batch: 16,
  issueEvery: HOUR,
  maxBridge: 3 * HOUR,
  lateness: 0,
  seed: 1,
}

interface Play {
  readonly speed: number
  readonly seed?: number
  /** Told while the tape plays. */
  readonly meanwhile?: (controller: ReplayController) => Promise<void>
}

/** Plays the file through the parts that `tickcast start` joins, training thread and all, and hears every forecast. */
async function forecastsOf(path: string, { speed, seed = 1, meanwhile }: Play) {
  const fail = (error: unknown): never => {
    throw error
  }
  const bus = memoryBus({ onError: fail })
  const forecasts: ForecastMessage[] = []
  await bus.subscribe({ topic: 'forecast' }, ({ message }) => void forecasts.push(message))
  const pool = await openTrainerPool()
  const host = await openStationHost({
    bus,
    pool,
    flags: { ...FLAGS, seed },
    from: 'new',
    onStation: () => undefined,
    onUnsuitable: (_, error) => fail(error),
    onLive: () => undefined,
    onFailure: fail,
  })
  const tape = await openTape({ data: path })
  const controller = createReplayController({ tape, bus, clock: systemClock, options: { speed } })
  await controller.announce()
  void controller.play()
  await meanwhile?.(controller)
  const { rows, session } = await controller.finished
  await until('every row is worked off', () => host.stations.get('jena')?.ticks(session) === rows)
  await controller.close()
  await host.close()
  await pool.close()
  await bus.close()
  return forecasts.map(({ replay: _, ...forecast }) => forecast)
}

describe('determinism', () => {
  let path: string
  let atOnce: Awaited<ReturnType<typeof forecastsOf>>

  beforeAll(async () => {
    path = await files.write('week.csv', jenaFile({ days: DAYS }))
    atOnce = await forecastsOf(path, { speed: Number.POSITIVE_INFINITY })
  })

  it('determinism - the run that is compared with is one that learns', () => {
    expect(atOnce).toHaveLength(DAYS * 24)
    const predicted = Object.keys(atOnce.at(-1)?.models ?? {})
    for (const { name, create } of EXPERTS) {
      // Those that are to learn for two months first have no forecast after a week, nor have those that are silent at first.
      const minRounds = create(jena, OPTIONS).training?.minRounds ?? 0
      expect([name, predicted.includes(name)]).toEqual([name, minRounds <= 1 && !SILENT_AT_FIRST.has(name)])
    }
    const versions = new Set(atOnce.map(({ weights_version }) => weights_version))
    expect(versions.size).toBeGreaterThan(5)
  })

  it('determinism - one seed gives the very same forecasts as fast as possible and in step with a clock', async () => {
    expect(await forecastsOf(path, { speed: 150_000 })).toEqual(atOnce)
  })

  it('determinism - nor does it matter that the tape is paused, stepped and told another speed', async () => {
    const operated = await forecastsOf(path, {
      speed: 400_000,
      async meanwhile(controller) {
        const played = (days: number) =>
          until(`${days} days are played`, () => controller.state().rows > days * 144)
        await played(4)
        await controller.control({ pause: true })
        await controller.control({ step: 9 })
        await controller.control({ resume: true, speed: 600_000 })
        await played(6)
        await controller.control({ speed: 'max' })
      },
    })
    expect(operated).toEqual(atOnce)
  })

  it('determinism - another seed gives others', async () => {
    const other = await forecastsOf(path, { speed: Number.POSITIVE_INFINITY, seed: 2 })
    expect(other.map(({ issued_at }) => issued_at)).toEqual(atOnce.map(({ issued_at }) => issued_at))
    const differing = other.filter(
      (forecast, index) => forecast.leads[0]?.mean !== atOnce[index]?.leads[0]?.mean,
    )
    expect(differing.length).toBeGreaterThan(DAYS)
  })
})
