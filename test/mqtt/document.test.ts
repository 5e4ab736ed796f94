import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { parseStation } from '../../src/ingest/station-file.ts'
import { deviceConfig } from '../../src/mqtt/discovery.ts'
import { mqttTopics } from '../../src/mqtt/topics.ts'

const root = new URL('../..', import.meta.url)
const document = readFileSync(new URL('docs/home-assistant.md', root), 'utf8')
const blocks = [...document.matchAll(/^```yaml(?: device=(\w+))?\n([\s\S]*?)^```$/gm)]

it('home assistant document - the station files to copy are those that are tested', () => {
  const devices = blocks.filter(([, device]) => device !== undefined)
  expect(devices.map(([, device]) => device)).toEqual([
    'tasmota',
    'esphome',
    'zigbee2mqtt',
    'rtl_433',
    'shelly',
  ])
  for (const [, device, text] of devices)
    expect(text).toBe(readFileSync(new URL(`test/mqtt/devices/${device}.yaml`, root), 'utf8'))
})

it('home assistant document - templates and cards are YAML and ask for entities that there are', () => {
  const cards = blocks.filter(([, device]) => device === undefined).map(([, , text]) => text!)
  expect(cards).toHaveLength(3)
  const greenhouse = readFileSync(new URL('test/mqtt/devices/zigbee2mqtt.yaml', root), 'utf8')
  const { components } = deviceConfig(parseStation(greenhouse, 'greenhouse.yaml'), {
    topics: mqttTopics('tickcast'),
    version: '0',
  })
  const entities = Object.values(components).map(({ default_entity_id }) => default_entity_id)
  for (const card of cards) {
    expect(parse(card)).toBeTypeOf('object')
    const named = [...card.matchAll(/sensor\.tickcast_\w+/g)].map(([name]) => name)
    expect(named.length).toBeGreaterThan(0)
    expect(named.filter((name) => !entities.includes(name))).toEqual([])
  }
})
