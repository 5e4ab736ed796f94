import { describe, expect, it, onTestFinished } from 'vitest'
import type { Bus } from '../../src/bus/bus.ts'
import { memoryBus } from '../../src/bus/memory.ts'
import { fetchHistory, fetchStations, HttpProblem, postTicks, removeStation } from '../../src/client/http.ts'
import { formatInstant, HOUR } from '../../src/domain/instant.ts'
import { startGateway } from '../../src/gateway/gateway.ts'
import { pond, pondMessage } from '../gateway/messages.ts'
import { collectMessages } from '../support/collect-messages.ts'
import { busOn, forecasting } from '../support/forecasting.ts'
import { describeWithNats, startNatsServer } from '../support/nats-server.ts'
import { runTickcast } from '../support/process.ts'
import { until } from '../support/until.ts'

const start = Math.floor(Date.now() / pond.cadence) * pond.cadence - 6 * HOUR
const at = (row: number): string => formatInstant(start + row * pond.cadence)

/** What a removal must come to, whoever carries the messages; each call of `open` is another process's way to them. */
function removal(name: string, opened: () => Promise<() => Promise<Bus>>): void {
  it(`removal, ${name} - server, forecaster and clients forget a station, and it may come back as a new one`, async () => {
    const open = await opened()
    const bus = await open()
    const host = await forecasting(await open())
    const gateway = await startGateway({ bus: await open(), host: '127.0.0.1', port: 0 })
    onTestFinished(() => gateway.close())
    const { address: url } = gateway
    const known = async () => (await fetchStations({ url })).map(({ id }) => id)
    const post = (row: number) =>
      postTicks('pond', {
        ...{ url, type: 'application/json' },
        body: JSON.stringify({ event_time: at(row), values: { 'T (degC)': row, humidity: 50 } }),
      })

    await bus.publish('pond', 'station', pondMessage)
    await bus.publish('pool', 'station', { ...pondMessage, id: 'pool' })
    await until('both are known', async () => (await known()).length === 2)
    await until('both are forecast', () => host.stations.size === 2)
    const heard = await collectMessages(url, 'pond')
    for (const row of [0, 1, 2]) await post(row)
    await heard.reading(at(2))
    const newest = async (topic: string) => (await fetch(`${url}/v1/stations/pond/${topic}`)).status
    for (const topic of ['forecast', 'score', 'status'])
      await until(`a ${topic} is served`, async () => (await newest(topic)) === 200)

    const removed = await runTickcast(['remove', 'pond', '--yes', '--url', url])
    expect(removed).toMatchObject({ code: 0, stdout: 'pond: removed\n', stderr: '' })
    expect(await known()).toEqual(['pool'])
    await expect(post(3)).rejects.toMatchObject({ code: 'unknown_station' })
    await until('the forecaster forgets it', () => host.stations.size === 1)
    expect([...host.stations.keys()]).toEqual(['pool'])
    expect(await bus.newest('pond', 'station')).toBeUndefined()
    for (const topic of ['reading', 'forecast', 'status'] as const)
      await until(`no ${topic} of it is held`, async () => (await bus.newest('pond', topic)) === undefined)

    await bus.publish('pond', 'station', pondMessage)
    await until('it is known again', async () => (await known()).length === 2)
    await until('it is forecast again', () => host.stations.has('pond'))
    expect((await fetchHistory('pond', { url })).readings).toEqual([])
    expect(await Promise.all(['forecast', 'score', 'status'].map(newest))).toEqual([404, 404, 404])
    // Before all that it had measured: nothing is late that was forgotten.
    await post(-1)
    await until('who followed it hears of it again', () => heard.readings.length === 4)
    expect(heard.readings.map(({ event_time }) => event_time)).toEqual([at(0), at(1), at(2), at(-1)])
    expect(host.stations.get('pond')!.status().intake).toMatchObject({ rows: 1, readings: 1 })
  })
}

describe('removal in one process', () => {
  removal('in process', async () => {
    const bus = memoryBus({
      onError: (error) => {
        throw error
      },
    })
    onTestFinished(() => bus.close())
    return async () => bus
  })

  it('removal - it is confirmed by the id of the station, and refused while a tape of it is played', async () => {
    const bus = memoryBus({
      onError: (error) => {
        throw error
      },
    })
    onTestFinished(() => bus.close())
    await bus.publish('pond', 'station', pondMessage)
    const gateway = await startGateway({ bus, host: '127.0.0.1', port: 0 })
    onTestFinished(() => gateway.close())
    const asked = async (path: string) => {
      const response = await fetch(`${gateway.address}/v1/stations/${path}`, { method: 'DELETE' })
      const { code, detail } = await response.json()
      return [response.status, code, detail]
    }
    const rule = "the station's id, 'pond': all that is held of it goes, for good"
    expect(await asked('pond')).toEqual([400, 'bad_request', `confirm: nothing breaks the rule: ${rule}`])
    expect(await asked('pond?confirm=yes')).toEqual([
      400,
      'bad_request',
      `confirm: "yes" breaks the rule: ${rule}`,
    ])
    expect(await asked('pond?confirm=pond&confirm=pond')).toEqual([
      ...[400, 'bad_request'],
      'confirm: ["pond","pond"] breaks the rule: a string',
    ])
    expect(await asked('pool?confirm=pool')).toEqual([
      404,
      'unknown_station',
      "no station 'pool' (known: pond)",
    ])
    const tape = await bus.onControl('pond', async () => ({
      result: {
        ...{ session: 's1', speed: 60, paused: true, loop: false, ended: true },
        ...{ position: null, first: null, last: null, rows: 0 },
      },
    }))
    expect((await asked('pond?confirm=pond')).slice(0, 2)).toEqual([409, 'under_replay'])
    expect(await fetchStations({ url: gateway.address })).toHaveLength(1)
    await tape.close()
    await removeStation('pond', { url: gateway.address })
    const again = await removeStation('pond', { url: gateway.address }).catch((error: unknown) => error)
    expect(again).toBeInstanceOf(HttpProblem)
    expect(await fetchStations({ url: gateway.address })).toEqual([])
  })

  it('removal - the command asks for the wish to be said twice, and says what the server refused', async () => {
    expect(await runTickcast(['remove', 'pond'])).toMatchObject({
      code: 2,
      stderr: "tickcast: removing 'pond' drops all that is held of it, for good: add --yes\n",
    })
  })
})

describeWithNats('removal over NATS', () => {
  removal('over NATS', async () => {
    const server = await startNatsServer()
    onTestFinished(() => server.remove())
    return async () => (await busOn(server.url)).bus
  })

  it('removal - a message on its subject is enough: who was away forgets it when it is back', async () => {
    const server = await startNatsServer()
    onTestFinished(() => server.remove())
    const { bus } = await busOn(server.url)
    await bus.publish('pond', 'station', pondMessage)
    const tick = {
      event_time: at(0),
      ingest_time: at(0),
      id: 'run/1',
      values: { 'T (degC)': 1, humidity: 50 },
    }
    await bus.publish('pond', 'tick', tick)
    await bus.publish('pond', 'station', { ...pondMessage, removed: true })
    await bus.publish('pool', 'station', { ...pondMessage, id: 'pool' })
    await bus.flush()
    const host = await forecasting((await busOn(server.url)).bus)
    await until('the other one is forecast', () => host.stations.has('pool'))
    expect([...host.stations.keys()]).toEqual(['pool'])
    expect(await bus.newest('pond', 'tick')).toBeUndefined()
    const gateway = await startGateway({ bus, host: '127.0.0.1', port: 0 })
    onTestFinished(() => gateway.close())
    const known = () => fetchStations({ url: gateway.address })
    await until('the other one is known', async () => (await known()).length > 0)
    expect((await known()).map(({ id }) => id)).toEqual(['pool'])
  })
})
