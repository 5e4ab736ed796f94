import { afterAll, afterEach, beforeAll, expect, it, onTestFinished } from 'vitest'
import { discoveryFaults } from '../mqtt/home-assistant.ts'
import { temporaryFolder } from '../support/files.ts'
import { closeClients, mqttClient, type TestClient } from '../support/mqtt-client.ts'
import { describeWithNats, type NatsServer, startNatsServer } from '../support/nats-server.ts'
import { freePort, type Running, startTickcast } from '../support/process.ts'
import { until } from '../support/until.ts'

const files = temporaryFolder()
const PLUG = `id: plug
title: Washing machine
topic: tele/plug/SENSOR
time: { column: Time, utc_offset: "+00:00" }
cadence: 1m
target: power
channels:
  - { name: power, column: ENERGY.Power, unit: W, min: 0, max: 3680 }
`
/** As Tasmota says it, a minute apart and up to now. */
const sensor = (minutesAgo: number, power: number): string =>
  JSON.stringify({
    Time: new Date(Date.now() - minutesAgo * 60_000).toISOString().slice(0, 19),
    ENERGY: { Power: power, Voltage: 230 },
  })

const json = (client: TestClient, topic: string) => JSON.parse(client.newest(topic) ?? 'null')
const count = (client: TestClient, of: string): number =>
  client.seen.filter(({ topic }) => topic === of).length

describeWithNats('mqtt over NATS', () => {
  let nats: NatsServer
  let listener: string
  beforeAll(async () => {
    const port = await freePort()
    listener = `mqtt://127.0.0.1:${port}`
    nats = await startNatsServer({
      config: `server_name: one\nmqtt { host: "127.0.0.1", port: ${port} }\n`,
    })
  })
  afterEach(closeClients)
  afterAll(() => nats?.remove())

  async function start(...args: string[]): Promise<Running> {
    const server = startTickcast([...args, '--nats', nats.url])
    onTestFinished(async () => void (await server.stop()))
    return server
  }

  it('mqtt over NATS - its listener takes what a device says and gives forecasts back, without a bridge', async () => {
    const file = await files.write('plug.yaml', PLUG.replace('id: plug', 'id: bare'))
    const server = await start('start', '--live', '--station', file, '--port', '0', '--no-network')
    const url = await server.address()
    const client = await mqttClient(listener, ['tickcast/v1/bare/+'])
    await until('it is ready', async () => (await fetch(`${url}/readyz`)).ok)
    await client.publish('tickcast/v1/bare/tick', sensor(2, 417))
    await client.publish('tickcast/v1/bare/tick', sensor(1, 402))
    await until('a reading of each', () => count(client, 'tickcast/v1/bare/reading') === 2)
    expect(json(client, 'tickcast/v1/bare/reading')).toMatchObject({ values: { power: 402 }, source: 'live' })
    await until('a forecast', () => count(client, 'tickcast/v1/bare/forecast') === 1)
  })

  it('mqtt over NATS - a bridge beside serve feeds the bus from that listener and tells Home Assistant, and hears nothing of its own', async () => {
    const file = await files.write('plug.yaml', PLUG)
    const forecaster = await start('forecast', '--station', file, '--no-network')
    await forecaster.prints(/station\s+plug/)
    const server = await start('serve', '--port', '0', '--mqtt', listener)
    const url = await server.address()
    await server.prints(/listens to .*tele\/plug\/SENSOR/)
    await until('it is ready', async () => (await fetch(`${url}/readyz`)).ok)
    const client = await mqttClient(listener, ['#'])
    await client.publish('tele/plug/SENSOR', sensor(2, 417))
    await client.publish('tele/plug/SENSOR', sensor(1, 402))
    await until(
      'what Home Assistant shows',
      () => json(client, 'tickcast/mqtt/v1/plug/state')?.in24h !== undefined,
    )
    await until('the newest reading', () => json(client, 'tickcast/mqtt/v1/plug/state')?.now === 402)
    const topic = 'homeassistant/device/tickcast_plug/config'
    expect(discoveryFaults(topic, client.newest(topic) ?? '')).toEqual([])
    expect(json(client, topic)).toMatchObject({ state_topic: 'tickcast/mqtt/v1/plug/state' })
    expect(client.newest('tickcast/mqtt/status')).toBe('online')
    // Whoever comes later finds them: the bridge is a client of MQTT, which can retain.
    const later = await mqttClient(listener, ['tickcast/mqtt/#', 'homeassistant/#'])
    await until(
      'all that is retained',
      () => later.newest(topic) && later.newest('tickcast/mqtt/v1/plug/forecast'),
    )
    // One of each on the bus, and two ticks: nothing has come round.
    const status = await (await fetch(`${url}/v1/stations/plug/status`)).json()
    expect(status.intake).toMatchObject({ rows: 2, readings: 2, rejected: 0 })
    expect(count(client, 'tickcast/v1/plug/tick')).toBe(2)
    expect(count(client, 'tickcast/v1/plug/forecast')).toBe(1)
  })

  it('mqtt over NATS - the prefix of the bus itself is refused', async () => {
    const server = startTickcast([
      'serve',
      '--nats',
      nats.url,
      '--port',
      '0',
      '--mqtt',
      listener,
      '--mqtt-prefix',
      'tickcast',
    ])
    expect(await server.ended).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(
        'with --nats that is where the bus is; expected another, such as tickcast/mqtt',
      ),
    })
  })
})
