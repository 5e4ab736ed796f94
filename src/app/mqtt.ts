import type { Bus } from '../bus/bus.ts'
import type { MqttBridge } from '../mqtt/bridge.ts'
import type { Terminal } from './terminal.ts'
import { packageVersion } from './version.ts'

/** The flags of whatever speaks MQTT. */
export interface MqttFlags {
  /** The broker's URL; undefined: there is none. */
  readonly mqtt?: string
  readonly mqttPrefix?: string
  /** False: Home Assistant is told of no station. */
  readonly discovery: boolean
  readonly discoveryPrefix: string
}

/** The bridge to a broker. The client is loaded only where it is asked for. */
export async function openMqtt(
  url: string,
  {
    flags,
    bus,
    terminal,
  }: { readonly flags: MqttFlags; readonly bus: Bus; readonly terminal: Pick<Terminal, 'fact' | 'warn'> },
): Promise<MqttBridge> {
  const { openMqttBridge } = await import('../mqtt/bridge.ts')
  const discoveryPrefix = flags.discovery ? flags.discoveryPrefix : undefined
  const bridge = await openMqttBridge({
    bus,
    url,
    prefix: flags.mqttPrefix,
    discoveryPrefix,
    version: packageVersion(),
    now: Date.now,
    onNotice: (text) => terminal.fact('mqtt', text),
    onRefused: (text) => terminal.warn(text),
  })
  const told = discoveryPrefix === undefined ? '' : `, for Home Assistant ${discoveryPrefix}/device/#`
  terminal.fact('mqtt', `${bridge.address}, topics ${bridge.prefix}/#${told}`)
  return bridge
}
