import { onTestFinished } from 'vitest'
import type { StationsKept } from '../../src/app/hosted-station.ts'
import { openStationHost, type StationHost } from '../../src/app/station-host.ts'
import type { Bus } from '../../src/bus/bus.ts'
import { natsBus } from '../../src/bus/nats.ts'
import { describeInvalid } from '../../src/bus/wire.ts'
import { HOUR } from '../../src/domain/instant.ts'

const fail = (error: unknown): never => {
  throw error
}

/** A connection of its own to the server, and what it was told is no message. */
export async function busOn(
  url: string,
): Promise<{ readonly bus: Bus; readonly invalid: readonly string[] }> {
  const invalid: string[] = []
  const bus = await natsBus({
    url,
    onError: fail,
    onInvalid: (each) => invalid.push(`${each.station} ${describeInvalid(each)}`),
  })
  onTestFinished(() => bus.close())
  return { bus, invalid }
}

/** Forecasts whatever is announced on the bus by persistence, and whatever its file names, from what the bus retains on. */
export async function forecasting(bus: Bus, keep?: StationsKept): Promise<StationHost> {
  const host = await openStationHost({
    bus,
    pool: { trainer: () => fail(new Error('persistence is never trained')) },
    flags: {
      ...{
        network: false,
        experts: ['persistence', 'outside', 'neighbours'],
        trainEvery: 6 * HOUR,
        roundSteps: 1,
        batch: 4,
      },
      ...{ issueEvery: HOUR, maxBridge: HOUR, lateness: 0, seed: 1 },
    },
    from: 'retained',
    onStation: () => undefined,
    onUnsuitable: (_, error) => fail(error),
    onLive: () => undefined,
    onFailure: fail,
    keep,
  })
  onTestFinished(() => host.close())
  return host
}
