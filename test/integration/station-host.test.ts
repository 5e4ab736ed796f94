import { expect, it } from 'vitest'
import { sampleTicks } from '../../bench/sample-ticks.ts'
import { openStationHost, type StationHost } from '../../src/app/station-host.ts'
import { memoryBus } from '../../src/bus/memory.ts'
import { deferred } from '../../src/domain/deferred.ts'
import { HOUR } from '../../src/domain/instant.ts'
import { jena } from '../../src/ingest/jena.ts'
import { openTrainerPool } from '../../src/networks/trainer-pool.ts'
import { stationMessage } from '../../src/protocol/encode.ts'

const fail = (error: unknown): never => {
  throw error
}
/** A thread shows as the port that it is talked to through. */
const threads = (): number => process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length

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
    flags: {
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
    },
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
