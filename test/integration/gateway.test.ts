import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { CLOSE_CODES } from '../../src/protocol/codes.ts'
import { forecastAt, readingAt } from '../gateway/messages.ts'
import { openLine, started } from '../gateway/started.ts'

const subscribe = (topics: readonly string[]) => ({ id: 1, subscribe: { station: 'pond', topics } })

/** Waits for something to come about in the gateway, which runs in this very process. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await nextTurn()
}

async function counted(address: string, name: string): Promise<number> {
  const metrics = await (await fetch(`${address}/metrics`)).text()
  const line = metrics.split('\n').find((each) => each.startsWith(`${name} `))
  return Number(line?.split(' ')[1])
}

describe('gateway', () => {
  it('gateway - a replay at full speed reaches clients as the newest readings, and every reading is accounted for', async () => {
    const { bus, gateway } = await started()
    const line = await openLine(gateway)
    line.send(subscribe(['reading']))
    await line.next()
    const readings = 100_000
    for (let n = 1; n <= readings; n++) {
      bus.publish('pond', 'reading', readingAt(n))
      if (n % 500 === 0) await nextTurn()
    }
    const offsets: number[] = []
    while (offsets.at(-1) !== readings) {
      const { offset, data } = (await line.next()) as { offset: number; data: ReturnType<typeof readingAt> }
      expect(data.values['T (degC)']).toBe(offset)
      offsets.push(offset)
    }
    expect(offsets).toEqual([...offsets].sort((a, b) => a - b))
    const conflated = await counted(gateway.address, 'tickcast_conflated_total{topic="reading"}')
    expect(offsets.length + conflated).toBe(readings)
    expect(conflated).toBeGreaterThan(readings / 2)
  })

  it('gateway - a client that stopped reading is conflated, then cut off with its own code; others notice nothing', async () => {
    const { bus, gateway } = await started({
      limits: { slowSeconds: 1, boundBytes: 32 * 1024, pushesPerSecond: 1e6, burst: 1e6 },
    })
    const [stalled, well] = [await openLine(gateway), await openLine(gateway)]
    for (const line of [stalled, well]) {
      line.send(subscribe(['forecast']))
      await line.next()
    }
    stalled.socket.pause()
    let published = 0
    await until(() => {
      bus.publish('pond', 'forecast', forecastAt(published))
      published += 1
      return gateway.clients() === 1
    })
    let newest = 0
    while (newest !== published) newest = Number((await well.next())['offset'])
    expect(await counted(gateway.address, 'tickcast_conflated_total{topic="forecast"}')).toBeGreaterThan(0)
    stalled.socket.resume()
    expect(await stalled.closed).toMatchObject({ code: CLOSE_CODES.slow })
  })

  it('gateway - a client that asks on and on without reading is cut off before it fills memory', async () => {
    const { gateway } = await started({ limits: { cutBytes: 512 * 1024 } })
    const [greedy, other] = [await openLine(gateway), await openLine(gateway)]
    greedy.socket.pause()
    const frame = { id: 1, ping: 'x'.repeat(50_000) }
    await until(() => {
      if (greedy.socket.bufferedAmount === 0) greedy.send(frame)
      return gateway.clients() === 1
    })
    other.send({ id: 2, ping: 1 })
    expect(await other.next()).toEqual({ id: 2, result: { pong: 1 } })
  })

  it('gateway - a hundred clients are sent the same bytes, whoever of them leaves in between', async () => {
    const { bus, gateway } = await started()
    const lines = await Promise.all(Array.from({ length: 100 }, () => openLine(gateway)))
    for (const line of lines) line.send(subscribe(['forecast', 'reading']))
    await Promise.all(lines.map((line) => line.next()))
    for (const line of lines.slice(0, 50)) line.socket.close()
    await Promise.all(lines.slice(0, 50).map((line) => line.closed))
    await until(() => gateway.clients() === 50)
    bus.publish('pond', 'forecast', forecastAt(7))
    const pushes = await Promise.all(lines.slice(50).map((line) => line.next()))
    expect(new Set(pushes.map((push) => JSON.stringify(push))).size).toBe(1)
    expect(await counted(gateway.address, 'tickcast_pushes_total{topic="forecast"}')).toBe(50)
  })
})
