import { readFileSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, expect, it, onTestFinished } from 'vitest'
import { memoryBus } from '../../src/bus/memory.ts'
import { formatInstant } from '../../src/domain/instant.ts'
import { parseStation } from '../../src/ingest/station-file.ts'
import { validator } from '../../src/ingest/validate.ts'
import { openMqttBridge } from '../../src/mqtt/bridge.ts'
import { stationMessage } from '../../src/protocol/encode.ts'
import { describeWithMosquitto, type Mosquitto, startMosquitto } from '../support/mosquitto.ts'
import { closeClients, mqttClient } from '../support/mqtt-client.ts'
import { until } from '../support/until.ts'

const DEVICES = ['tasmota', 'esphome', 'zigbee2mqtt', 'rtl_433', 'shelly'] as const
const fileOf = (name: string) => readFileSync(new URL(`../mqtt/devices/${name}`, import.meta.url), 'utf8')

interface Expected {
  readonly event_time?: string
  readonly values?: Readonly<Record<string, number | null>>
  readonly refused?: object
}

describeWithMosquitto('mqtt devices', () => {
  let broker: Mosquitto
  beforeAll(async () => {
    broker = await startMosquitto()
  })
  afterEach(closeClients)
  afterAll(() => broker?.remove())

  it.each(DEVICES)(
    'mqtt devices - what a device of %s says is read as its station file has it',
    async (device) => {
      const station = parseStation(fileOf(`${device}.yaml`), `${device}.yaml`)
      const expected: readonly Expected[] = JSON.parse(fileOf(`${device}.json`))
      const began = Date.now()
      const bus = memoryBus({ onError: (error) => expect.fail(error.message) })
      const validate = validator(station)
      const came: Expected[] = []
      await bus.subscribe({ topic: 'tick' }, ({ message }) => {
        const verdict = validate(message)
        if (!verdict.ok) {
          const { field, value, rule } = verdict.rejection
          came.push({ refused: { field, value, rule } })
          return
        }
        const { eventTime, values } = verdict.reading
        const named = station.channels.map(({ name }, index) => [
          name,
          Number.isNaN(values[index]) ? null : values[index]!,
        ])
        const isOfNow = eventTime >= began && eventTime <= Date.now()
        came.push({
          ...(!isOfNow && { event_time: formatInstant(eventTime) }),
          values: Object.fromEntries(named),
        })
      })
      await bus.publish(station.id, 'station', stationMessage(station, { source: 'live' }))
      const bridge = await openMqttBridge({
        bus,
        url: broker.url,
        discoveryPrefix: undefined,
        version: '0',
        now: Date.now,
        onNotice: () => undefined,
        onRefused: () => undefined,
      })
      onTestFinished(() => bridge.close())
      await until('it listens', () => bridge.healthError() === undefined)
      const client = await mqttClient(broker.url, [])
      const lines = fileOf(`${device}.txt`).trim().split('\n')
      for (const line of lines) {
        const at = line.indexOf(' ')
        await client.publish(line.slice(0, at), line.slice(at + 1))
      }
      await until('all of it came', () => came.length >= expected.length)
      expect(came).toEqual(expected)
    },
  )
})
