import { afterAll, afterEach, beforeAll, expect, it, onTestFinished } from 'vitest'
import { discoveryFaults, shownKeys } from '../mqtt/home-assistant.ts'
import { collectMessages } from '../support/collect-messages.ts'
import { temporaryFolder } from '../support/files.ts'
import { describeWithMosquitto, type Mosquitto, startMosquitto } from '../support/mosquitto.ts'
import { closeClients, mqttClient, type TestClient } from '../support/mqtt-client.ts'
import { freePort, type Running, startTickcast } from '../support/process.ts'
import { until } from '../support/until.ts'

const files = temporaryFolder()
const ROOF = `id: roof
title: Roof
topic: roof/sensor
time: { column: at, utc_offset: "+00:00" }
cadence: 1s
target: temp
channels:
  - { name: temp, column: air.t, unit: degC, min: -40, max: 60 }
  - { name: hum, column: air.h, unit: "%", min: 0, max: 100 }
`
const CONFIG = 'homeassistant/device/tickcast_roof/config'
const payload = (t: unknown, h: unknown = 80): string => JSON.stringify({ air: { t, h }, rssi: -60 })

async function startRoof(
  url: string,
  { flags = [], keep = false, station = ROOF, env = {} }: StartOptions = {},
): Promise<Running> {
  const file = await files.write('roof.yaml', station)
  const server = startTickcast(
    [
      'start',
      '--live',
      '--station',
      file,
      '--port',
      '0',
      '--no-network',
      '--mqtt',
      url,
      ...(keep ? [] : ['--no-keep']),
      ...flags,
    ],
    env,
  )
  onTestFinished(async () => void (await server.stop('SIGKILL')))
  return server
}

interface StartOptions {
  readonly flags?: readonly string[]
  readonly keep?: boolean
  readonly station?: string
  readonly env?: NodeJS.ProcessEnv
}

const reasons = async (
  url: string,
): Promise<{ readonly status: number; readonly reasons: readonly string[] }> => {
  const response = await fetch(`${url}/readyz`)
  const { reasons = [] } = await response.json()
  return { status: response.status, reasons }
}

/** It is there, and hears. */
async function listening(server: Running): Promise<string> {
  const url = await server.address()
  await server.prints(/listens to .*roof\/sensor/)
  await until('it is ready', async () => (await reasons(url)).status === 200)
  return url
}

const json = (client: TestClient, topic: string) => JSON.parse(client.newest(topic) ?? 'null')

async function reads(client: TestClient, temp: number): Promise<void> {
  await client.publish('roof/sensor', payload(temp))
  await until(`a reading of ${temp}`, () => json(client, 'tickcast/v1/roof/state')?.now === temp)
}

describeWithMosquitto('mqtt', () => {
  let broker: Mosquitto
  beforeAll(async () => {
    broker = await startMosquitto()
  })
  afterEach(closeClients)
  afterAll(() => broker?.remove())

  it('mqtt - a message becomes a reading, and forecast, score, status and what Home Assistant shows stand retained', async () => {
    const server = await startRoof(broker.url)
    await listening(server)
    const client = await mqttClient(broker.url)
    await reads(client, 5.25)
    await server.prints(/keys the station does not know are ignored: rssi \(roof\)/)
    // Whoever comes later finds them.
    const later = await mqttClient(broker.url)
    await until(
      'all of it',
      () => later.newest('tickcast/v1/roof/attributes') && later.newest('tickcast/v1/roof/status'),
    )
    const config = later.newest(CONFIG) ?? ''
    expect(discoveryFaults(CONFIG, config)).toEqual([])
    await until(
      'the state is that of the forecast',
      () => json(later, 'tickcast/v1/roof/state')?.in24h !== null,
    )
    const state = json(later, 'tickcast/v1/roof/state')
    expect(shownKeys(config).filter((key) => !(key in state))).toEqual([])
    const forecast = json(later, 'tickcast/v1/roof/forecast')
    expect(forecast).toMatchObject({ target: 'temp', source: 'live' })
    expect(state).toMatchObject({ now: 5.25, issued_at: forecast.issued_at, in24h: forecast.leads[23].mean })
    expect(json(later, 'tickcast/v1/roof/attributes').forecast).toHaveLength(24)
    expect(json(later, 'tickcast/v1/roof/score')).toMatchObject({ unit: 'K' })
    expect(later.newest('tickcast/status')).toBe('online')
    const ours = later.seen.filter(({ topic }) => topic.startsWith('tickcast/') || topic === CONFIG)
    expect(ours.length).toBeGreaterThan(6)
    expect(ours.find(({ topic }) => topic === CONFIG)?.retained).toBe(true)

    const before = later.seen.filter(({ topic }) => topic === CONFIG).length
    await client.publish('homeassistant/status', 'online')
    await until('it is told again', () => later.seen.filter(({ topic }) => topic === CONFIG).length > before)
    await server.stop()
    await until('it has said that it leaves', () => later.newest('tickcast/status') === 'offline')
  })

  it('mqtt - one that is killed leaves its last will, and one that starts again says that it is there', async () => {
    const server = await startRoof(broker.url)
    await listening(server)
    const client = await mqttClient(broker.url)
    await until('it is there', () => client.newest('tickcast/status') === 'online')
    await server.stop('SIGKILL')
    await until('its will', () => client.newest('tickcast/status') === 'offline')
    await listening(await startRoof(broker.url))
    await until('it is back', () => client.newest('tickcast/status') === 'online')
  })

  it('mqtt - one that starts again with what it kept shows the forecast of before, before any reading', async () => {
    const blank = await startMosquitto()
    onTestFinished(() => blank.remove())
    const flags = ['--keep', files.path('kept')]
    const server = await startRoof(blank.url, { keep: true, flags })
    await listening(server)
    const client = await mqttClient(blank.url)
    await reads(client, 8.5)
    const issued = await until(
      'a forecast',
      () => json(client, 'tickcast/v1/roof/state')?.issued_at ?? undefined,
    )
    await server.stop()
    // Nothing of it is left on the broker.
    await blank.stop()
    await blank.start()
    await listening(await startRoof(blank.url, { keep: true, flags }))
    const after = await mqttClient(blank.url)
    await until('the state of before', () => json(after, 'tickcast/v1/roof/state')?.issued_at === issued)
    expect(json(after, 'tickcast/v1/roof/state')).toMatchObject({ now: 8.5, in24h: expect.any(Number) })
    expect(json(after, 'tickcast/v1/roof/forecast')).toMatchObject({ issued_at: issued })
  })

  it('mqtt - a broker that is not there yet is said to be, keeps the process from being ready, and is found once it is', async () => {
    const late = await startMosquitto()
    onTestFinished(() => late.remove())
    await late.stop()
    const server = await startRoof(late.url)
    await server.prints(
      /MQTT at mqtt:\/\/127\.0\.0\.1:\d+ cannot be reached \(connection refused\); trying again/,
    )
    const url = await server.address()
    const { status, reasons: why } = await reasons(url)
    expect(status).toBe(503)
    expect(why.join()).toContain('connection refused')
    await late.start()
    await server.prints(/MQTT at .* is there/)
    await until('it is ready', async () => (await reasons(url)).status === 200)
    await reads(await mqttClient(late.url), 7.5)
    expect(server.stderr).toBe('')
  })

  it('mqtt - a broker that is killed and comes back with nothing is told everything again, and readings go on', async () => {
    const fragile = await startMosquitto()
    onTestFinished(() => fragile.remove())
    const server = await startRoof(fragile.url)
    const url = await listening(server)
    await reads(await mqttClient(fragile.url), 4.5)
    await fragile.stop('SIGKILL')
    await server.prints(/disconnected from MQTT at .*; trying again|cannot be reached/)
    expect((await reasons(url)).status).toBe(503)
    await fragile.start()
    await server.prints(/is back/)
    const client = await mqttClient(fragile.url)
    await until('all of it stands there again', () =>
      [
        'tickcast/status',
        CONFIG,
        'tickcast/v1/roof/forecast',
        'tickcast/v1/roof/state',
        'tickcast/v1/roof/attributes',
      ].every((topic) => client.newest(topic) !== undefined),
    )
    expect(json(client, 'tickcast/v1/roof/state')).toMatchObject({ now: 4.5 })
    await reads(client, 4.75)
  })

  it('mqtt - what is no reading is refused with topic, field, value and rule, and counted; the next one is taken', async () => {
    const server = await startRoof(broker.url)
    const url = await listening(server)
    const client = await mqttClient(broker.url)
    await reads(client, 1.5)
    const received = await collectMessages(url, 'roof')
    await until('a status', () => received.statuses.length > 0)
    const before = received.statuses.at(-1)!.intake
    const garbage: readonly (string | Buffer)[] = [
      '{"air":',
      '21.5',
      '[]',
      Buffer.from([0xff, 0xfe, 0x00]),
      'x'.repeat(100_000),
      payload('warm'),
      payload(99),
      '{"at":"yesterday","air":{"t":1}}',
      '{"other":1}',
      `${'['.repeat(20_000)}`,
    ]
    for (const one of garbage) await client.publish('roof/sensor', one)
    // An empty message lets go of a retained one; the list is empty, too.
    await client.publish('roof/sensor', '')
    await reads(client, 1.75)
    const after = await until('a status that counts them', () =>
      received.statuses
        .map(({ intake }) => intake)
        .findLast(({ rejected }) => rejected >= before.rejected + 10),
    )
    expect(after.rejected_by_reason).toMatchObject({ malformed: expect.any(Number), out_of_limits: 1 })
    await server.prints(/roof\/sensor: "\{\\"air\\":" breaks the rule: JSON/)
    await server.prints(/roof\/sensor: temp: 99 breaks the rule: -40\.\.60 degC/)
    // Larger than what a broker may send us: it never comes, and nothing else is held up.
    await client.publish('roof/sensor', Buffer.alloc(5_000_000, 'x'))
    await reads(client, 2.25)
  })

  it('mqtt - what was retained before and names no time is no reading of now; with its time it is one of then', async () => {
    const quiet = await startMosquitto()
    onTestFinished(() => quiet.remove())
    const client = await mqttClient(quiet.url)
    await client.publish('roof/sensor', payload(11.5), { retain: true })
    const server = await startRoof(quiet.url)
    const url = await listening(server)
    await server.prints(
      /what was retained on roof\/sensor names no time, so it is no reading of now: it is passed over/,
    )
    const received = await collectMessages(url, 'roof')
    await reads(client, 12.5)
    expect(received.readings.map(({ values }) => values['temp'])).not.toContain(11.5)
    await server.stop()
    const at = new Date(Date.now() - 60_000).toISOString()
    await client.publish('roof/sensor', JSON.stringify({ at, air: { t: 13.5 } }), { retain: true })
    const again = await startRoof(quiet.url)
    await listening(again)
    await until('the reading of then', () => json(client, 'tickcast/v1/roof/state')?.now === 13.5)
  })

  it('mqtt - a burst of messages holds up nobody else, and none of it is lost', async () => {
    // By itself it drops what is more than a thousand ahead of whoever listens.
    const patient = await startMosquitto('allow_anonymous true\nmax_queued_messages 10000')
    onTestFinished(() => patient.remove())
    const server = await startRoof(patient.url, { station: ROOF.replace('cadence: 1s', 'cadence: 1m') })
    const url = await listening(server)
    const client = await mqttClient(patient.url, [])
    const received = await collectMessages(url, 'roof')
    const messages = 3_000
    const first = Date.now() - messages * 60_000
    const burst = Array.from({ length: messages }, (_, index) =>
      client.publish(
        'roof/sensor',
        JSON.stringify({ at: new Date(first + index * 60_000).toISOString(), air: { t: 20, h: 50 } }),
      ),
    )
    const rows = () => received.statuses.at(-1)?.intake.rows ?? 0
    let answers = 0
    while (rows() < messages) {
      expect((await fetch(`${url}/livez`)).status).toBe(200)
      answers++
    }
    await Promise.all(burst)
    expect(received.statuses.at(-1)?.intake).toMatchObject({
      rows: messages,
      readings: messages,
      rejected: 0,
    })
    // One that held the event loop would have answered once or twice.
    expect(answers).toBeGreaterThan(10)
  })

  it('mqtt - a broker that wants a password is given it from the environment, and one that refuses it is named', async () => {
    const guarded = await startMosquitto('allow_anonymous false\npassword_file FOLDER/passwords', {
      passwords: 'ann:secret',
    })
    onTestFinished(() => guarded.remove())
    const wrong = await startRoof(guarded.url)
    await wrong.prints(
      /refuses the credentials: mqtt:\/\/user:password@host, or TICKCAST_MQTT_USER and TICKCAST_MQTT_PASSWORD; trying again/,
    )
    await wrong.stop()
    const env = { TICKCAST_MQTT_USER: 'ann', TICKCAST_MQTT_PASSWORD: 'secret' }
    const server = await startRoof(guarded.url, { env })
    await listening(server)
    const there = await mqttClient(guarded.url, ['#'], { username: 'ann', password: 'secret' })
    await reads(there, 3.5)
    expect(`${server.stdout}${server.stderr}`).not.toContain('secret')
  })

  it('mqtt - a station that is removed is taken from the broker and from Home Assistant', async () => {
    const server = await startRoof(broker.url)
    const url = await listening(server)
    const client = await mqttClient(broker.url)
    await reads(client, 6.5)
    await until('it is known', () => client.newest(CONFIG))
    await fetch(`${url}/v1/stations/roof?confirm=roof`, { method: 'DELETE' })
    await until('it is gone', () =>
      [CONFIG, 'tickcast/v1/roof/state', 'tickcast/v1/roof/forecast'].every(
        (topic) => client.newest(topic) === '',
      ),
    )
  })

  it('mqtt - forecasts of a tape go out as such, and Home Assistant hears nothing of it', async () => {
    const port = await freePort()
    const server = startTickcast(
      [
        ...[
          'start',
          '--port',
          String(port),
          '--no-network',
          '--no-keep',
          '--speed',
          'max',
          '--mqtt',
          broker.url,
        ],
        ...['--mqtt-prefix', 'played'],
      ],
      { TICKCAST_OFFLINE: '1' },
    )
    onTestFinished(async () => void (await server.stop('SIGKILL')))
    const client = await mqttClient(broker.url, ['played/#', 'homeassistant/device/#'])
    const topic = await until(
      'a forecast',
      () => client.seen.find(({ topic: of }) => /^played\/v1\/\w+\/forecast$/.test(of))?.topic,
    )
    expect(json(client, topic).replay).toMatchObject({ session: expect.any(String) })
    const id = topic.split('/')[2]
    expect(client.seen.map(({ topic: of }) => of)).not.toContain(`homeassistant/device/tickcast_${id}/config`)
    expect(client.newest(`played/v1/${id}/state`)).toBeUndefined()
  })

  it.each([
    [['--mqtt', 'http://x'], /Expected an address such as mqtt:/],
    [
      ['--mqtt', 'mqtt://ann:secret@x/roof'],
      /--mqtt mqtt:\/\/\*\*\*@x\/roof: expected nothing behind the port/,
    ],
    [['--mqtt', 'mqtt://:secret@x'], /a password wants a user/],
    [['--mqtt', 'mqtt://x', '--mqtt-prefix', 'a/#'], /--mqtt-prefix a\/#: expected levels of a topic/],
  ])('mqtt - %s is refused by name', async (flags, error) => {
    const server = startTickcast(['start', '--live', '--port', '0', '--no-network', '--no-keep', ...flags])
    const { code, stderr } = await server.ended
    expect(code).toBe(2)
    expect(stderr).toMatch(error)
    expect(stderr).not.toContain('secret')
  })
})
