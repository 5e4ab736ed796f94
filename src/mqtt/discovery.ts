import { formatSpan, HOUR, SECOND, type Span } from '../domain/instant.ts'
import { type Station, targetChannel } from '../domain/station.ts'
import { differenceUnit } from '../domain/unit.ts'
import type { Outlook } from './outlook.ts'
import { quantityOf } from './quantity.ts'
import type { MqttTopics } from './topics.ts'

/** One sensor as Home Assistant's MQTT discovery takes it. */
interface SensorConfig {
  readonly platform: 'sensor'
  readonly unique_id: string
  readonly default_entity_id: string
  readonly name: string
  readonly value_template: string
  readonly device_class?: string
  readonly unit_of_measurement?: string
  readonly state_class?: 'measurement'
  readonly entity_category?: 'diagnostic'
  readonly icon?: string
  readonly expire_after?: number
  readonly json_attributes_topic?: string
}

/** A station as a device with its sensors, in one retained message. */
export interface DeviceConfig {
  readonly device: Readonly<Record<string, string | readonly string[]>>
  readonly origin: { readonly name: string; readonly sw_version: string }
  readonly availability: readonly { readonly topic: string }[]
  readonly state_topic: string
  readonly components: Readonly<Record<string, SensorConfig>>
}

export interface DiscoveryOptions {
  readonly topics: MqttTopics
  readonly version: string
}

export function discoveryTopic(prefix: string, station: string): string {
  return `${prefix}/device/tickcast_${station}/config`
}

/** Whatever has not been renewed for so long is not shown as if it were of now. */
const SHORTEST_EXPIRY: Span = 2 * HOUR

/** Home Assistant's discovery of a station: https://www.home-assistant.io/integrations/mqtt/#device-discovery-payload. */
export function deviceConfig(station: Station, { topics, version }: DiscoveryOptions): DeviceConfig {
  const { id, title, cadence, hold = 0 } = station
  const target = targetChannel(station)
  const quantity = quantityOf(target)
  const expiry = Math.max(SHORTEST_EXPIRY, 3 * cadence, hold + cadence)
  const shared = (key: keyof Outlook, name: string) => ({
    platform: 'sensor' as const,
    unique_id: `tickcast_${id}_${key}`,
    default_entity_id: `sensor.tickcast_${id}_${key}`.replaceAll('-', '_'),
    name,
    value_template: `{{ value_json.${key} }}`,
  })
  const sensor = (key: keyof Outlook, name: string): SensorConfig => ({
    ...shared(key, name),
    ...(quantity.deviceClass !== undefined && { device_class: quantity.deviceClass }),
    ...(quantity.unit !== undefined && { unit_of_measurement: quantity.unit }),
    ...(quantity.stateClass !== undefined && { state_class: quantity.stateClass }),
    expire_after: Math.ceil(expiry / SECOND),
  })
  // No device class: a difference of temperatures would be converted as if it were a temperature.
  const error = quantityOf({ name: '', unit: differenceUnit(target.unit) }).unit
  const diagnostic = (key: keyof Outlook, name: string, unit: string | undefined): SensorConfig => ({
    ...shared(key, name),
    ...(unit !== undefined && { unit_of_measurement: unit }),
    state_class: 'measurement',
    entity_category: 'diagnostic',
    icon: 'mdi:target',
  })
  return {
    device: {
      identifiers: [`tickcast_${id}`],
      name: title,
      manufacturer: 'Tickcast',
      model: `forecast of ${target.name}, a reading every ${formatSpan(cadence)}`,
      sw_version: version,
    },
    origin: { name: 'tickcast', sw_version: version },
    availability: [{ topic: topics.availability }],
    state_topic: topics.state(id),
    components: {
      now: sensor('now', 'Now'),
      in1h: sensor('in1h', 'In 1 h'),
      in3h: sensor('in3h', 'In 3 h'),
      in6h: sensor('in6h', 'In 6 h'),
      in12h: sensor('in12h', 'In 12 h'),
      in24h: { ...sensor('in24h', 'In 24 h'), json_attributes_topic: topics.attributes(id) },
      tomorrow_low: sensor('tomorrow_low', "Tomorrow's low"),
      tomorrow_high: sensor('tomorrow_high', "Tomorrow's high"),
      mae24h: diagnostic('mae24h', 'Mean error at 24 h', error),
      coverage90: diagnostic('coverage90', 'Coverage of the 90 % interval', '%'),
      issued_at: {
        ...shared('issued_at', 'Forecast made'),
        device_class: 'timestamp',
        entity_category: 'diagnostic',
      },
    },
  }
}
