import { expect, it } from 'vitest'
import { openStationHost, type StationHost } from '../../src/app/station-host.ts'
import { memoryBus } from '../../src/bus/memory.ts'
import { deferred } from '../../src/domain/deferred.ts'
import { HOUR } from '../../src/domain/instant.ts'
import { jena } from '../../src/ingest/jena.ts'
import { stationMessage } from '../../src/protocol/encode.ts'

const fail = (error: unknown): never => {
  throw error
}
/** A thread shows as the port that it is talked to through. */
const threads = (): number => process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length

it('station host - closed while it opens a station, it leaves no thread behind that keeps the process alive', async () => {
  const before = threads()
  const bus = memoryBus({ onError: fail })
  const closed = deferred<void>()
  const host: StationHost = await openStationHost({
    bus,
    flags: {
      network: false,
      experts: ['persistence', 'mlp'],
      engine: 'auto',
      cell: 'gru',
      units: [4],
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
    onStation() {
      expect(threads()).toBeGreaterThan(before)
      host.close().then(closed.resolve)
    },
    onUnfit: (_, error) => fail(error),
    onLive: () => undefined,
    onFailure: fail,
  })
  void bus.publish(jena.id, 'station', stationMessage(jena, { source: 'live' }))
  await closed.promise
  expect(threads()).toBe(before)
  await bus.close()
})
