import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { sampleTicks } from '../../bench/sample-ticks.ts'
import { openStationHost, type StationHost } from '../../src/app/station-host.ts'
import { memoryBus } from '../../src/bus/memory.ts'
import { deferred } from '../../src/domain/deferred.ts'
import { TickcastError } from '../../src/domain/errors.ts'
import { HOUR } from '../../src/domain/instant.ts'
import { jena } from '../../src/ingest/jena.ts'
import { openTrainerPool } from '../../src/networks/trainer-pool.ts'
import { stationMessage } from '../../src/protocol/encode.ts'

import type { StatusMessage } from '../../src/protocol/status.ts'
import { openKeep } from '../../src/store/keep.ts'
import { forecasting } from '../support/forecasting.ts'

import { until } from '../support/until.ts'

const fail = (error: unknown): never => {
  throw error
}
/** A thread shows as the port that it is talked to through. */
const threads = (): number => process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length

const FLAGS = {
  network: false,
  experts: ['persistence', 'mlp'],
  lookback: 24,
  stride: 6,
  trainEvery: 6 * HOUR,
  roundSteps: 1,
  batch: 4,
  issueEvery: HOUR,
  maxBridge: HOUR,
  lateness: 0,
  seed: 1,
}

it('station host - a server that goes away while a station is opened: it is opened once that is back', async () => {
  const bus = memoryBus({ onError: fail })
  const pool = await openTrainerPool({ threads: 1 })
  let away = 2
  const host = await openStationHost({
    bus: {
      ...bus,
      newest: (station, topic) =>
        away-- > 0
          ? Promise.reject(new TickcastError('bus_unreachable', 'NATS has gone away'))
          : bus.newest(station, topic),
    },
    ...{ pool, flags: FLAGS, from: 'retained', onStation: () => undefined },
    ...{ onUnsuitable: (_, error) => fail(error), onLive: () => undefined, onFailure: fail },
  })
  void bus.publish(jena.id, 'station', stationMessage(jena, { source: 'live' }))
  await until('the station is forecast', () => host.stations.has(jena.id))
  await host.close()
  await pool.close()
  await bus.close()
})

it('station host - closed while it opens a station, it leaves no pipeline behind, and no thread that keeps the process alive', async () => {
  const before = threads()
  const bus = memoryBus({ onError: fail })
  const pool = await openTrainerPool({ threads: 1 })
  expect(threads()).toBeGreaterThan(before)
  const closed = deferred<void>()
  const heard: string[] = []
  await bus.subscribe({ topic: 'reading' }, ({ station }) => void heard.push(station))
  const host: StationHost = await openStationHost({
    bus,
    pool,
    flags: FLAGS,
    from: 'retained',
    onStation: () => void host.close().then(closed.resolve),
    onUnsuitable: (_, error) => fail(error),
    onLive: () => undefined,
    onFailure: fail,
  })
  void bus.publish(jena.id, 'station', stationMessage(jena, { source: 'live' }))
  await closed.promise
  for (const tick of sampleTicks(3)) await bus.publish(jena.id, 'tick', tick)
  expect(heard).toEqual([])
  await pool.close()
  expect(threads()).toBe(before)
  await bus.close()
})

it('station host - a station that is brought back says so even where no tick follows', async () => {
  const path = await mkdtemp(join(tmpdir(), 'tickcast-host-'))
  const folder = await openKeep(path)
  const bus = memoryBus({ onError: fail })
  onTestFinished(async () => {
    await bus.close()
    await folder.close()
    await rm(path, { recursive: true, force: true })
  })
  const ticks = sampleTicks(4).map(({ replay, ...tick }) => tick)
  for (const tick of ticks) await folder.append(jena.id, tick)
  // So that the journal is worked off in one turn that is longer than from one status to the next, 500 ms.
  await bus.subscribe({ topic: 'reading' }, () => {
    const end = performance.now() + 200
    while (performance.now() < end);
  })
  const statuses: StatusMessage[] = []
  await bus.subscribe({ topic: 'status' }, ({ message }) => void statuses.push(message))
  await forecasting(bus, { states: folder, folder, warn: fail })
  void bus.publish(jena.id, 'station', stationMessage(jena, { source: 'live' }))
  await expect.poll(() => statuses.at(-1)).toMatchObject({ as_of: ticks.at(-1)!.event_time })
  await expect.poll(() => statuses.at(-1)?.catching_up).toBeUndefined()
})
