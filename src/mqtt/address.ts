import { TickcastError } from '../domain/errors.ts'

/** Where a broker is, and who we are to it. */
export interface MqttAddress {
  /** Without credentials: may be printed. */
  readonly address: string
  readonly host: string
  readonly port: number
  readonly isTls: boolean
  readonly username: string | undefined
  readonly password: string | undefined
}

export const MQTT_PROTOCOLS = ['mqtt:', 'mqtts:'] as const
const PORTS: Readonly<Record<string, number>> = { 'mqtt:': 1883, 'mqtts:': 8883 }

/** Credentials stand in the URL or, which no list of processes shows, in the environment. Rejects (`usage`) by name. */
export function mqttAddress(url: string, env: NodeJS.ProcessEnv = process.env): MqttAddress {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  const fail = (problem: string) =>
    new TickcastError('usage', `--mqtt ${url.replace(/\/\/.*@/, '//***@')}: ${problem}`)
  const port = PORTS[parsed?.protocol ?? '']
  if (!parsed?.hostname || port === undefined)
    throw fail('expected the address of a broker such as mqtt://127.0.0.1:1883 or mqtts://host:8883')
  if (!/^\/?$/.test(parsed.pathname) || parsed.search || parsed.hash)
    throw fail('expected nothing behind the port: topics are given by --mqtt-prefix and in station files')
  const username = decoded(parsed.username) || env['TICKCAST_MQTT_USER'] || undefined
  const password = decoded(parsed.password) || env['TICKCAST_MQTT_PASSWORD'] || undefined
  if (password !== undefined && username === undefined)
    throw fail('a password wants a user: mqtt://user:password@host, or TICKCAST_MQTT_USER beside it')
  return {
    address: `${parsed.protocol}//${parsed.hostname}:${parsed.port || port}`,
    host: parsed.hostname.replace(/^\[|\]$/g, ''),
    port: parsed.port === '' ? port : Number(parsed.port),
    isTls: parsed.protocol === 'mqtts:',
    username,
    password,
  }
}

/** A password with a bare % in it is taken as it stands. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
